# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# How long to wait before something that has died is started again. No function here starts a process.

longest_pause_ms=60000
healthy_seconds=600

# pause_after FAILURES: sets pause_ms: nothing after none, then restart_pause_ms, doubled with each further
# failure up to a minute, and a fifth more or less by chance, so that what died together doesn't come back together.
pause_after() {
  local doubled
  pause_ms=0
  [ "$1" -gt 0 ] || return 0
  pause_ms=$restart_pause_ms
  doubled=1
  while [ "$doubled" -lt "$1" ] && [ "$pause_ms" -lt "$longest_pause_ms" ]; do
    pause_ms=$((pause_ms * 2))
    doubled=$((doubled + 1))
  done
  [ "$pause_ms" -le "$longest_pause_ms" ] || pause_ms=$longest_pause_ms
  chance_below $((pause_ms * 2 / 5 + 1))
  pause_ms=$((pause_ms * 4 / 5 + chance))
  [ "$pause_ms" -le "$longest_pause_ms" ] || pause_ms=$longest_pause_ms
}

# chance_below N: sets chance to a number from 0 to N-1; N up to 65536.
chance_below() {
  local random
  # Without it (/proc of a jail) the middle.
  random=8000
  read -r random 2>/dev/null </proc/sys/kernel/random/uuid || random=8000
  random=${random%"${random#????}"}
  chance=$((0x$random * $1 / 65536))
}

# uptime_now: sets uptime_s, seconds since the machine started: no change of its clock moves them.
uptime_now() {
  local whole
  uptime_s=0
  read -r whole _ </proc/uptime && uptime_s=${whole%%.*}
}

# failures_kept FAILURES SINCE: sets failures to those that still count once something has died that had FAILURES
# behind it and was ready since SINCE (uptime_s; 0 = never): ten healthy minutes forget what was before.
failures_kept() {
  failures=$1
  [ "$2" -gt 0 ] || return 0
  uptime_now
  if [ $((uptime_s - $2)) -ge "$healthy_seconds" ]; then failures=0; fi
}
