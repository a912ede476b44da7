# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share the variables of install.sh, which reads them
# One line in the account's crontab, the one thing outside the prefix. Each minute it looks whether the supervisor is
# there, and starts ARQ if it isn't and nobody has stopped it: after a reboot, and when the supervisor was killed.
# The line ends with a mark, by which it is known again; every other line stays as it is, to the byte.

crontab_mark() { printf ' # ARQ %s' "$prefix"; }

# What stands behind the five stars. While all is well: a shell, a lock that is asked for, a few milliseconds.
crontab_command() {
  printf "cd '%s' && { [ -e run/stopped ] || ! flock -sn run/supervisor.lock true || ARQ_UNLESS_STOPPED=yes flock -no run/crontab.lock current/bin/arq-supervisor start; } >/dev/null 2>&1" "$prefix"
}

# cron takes a % for the end of the line.
crontab_line() { printf '* * * * * %s%s\n' "$(crontab_command)" "$(crontab_mark)" | sed 's/%/\\%/g'; }

crontab_call() {
  if [ -n "$as_root" ]; then set -- -u "$user" "$@"; fi
  LC_ALL=C crontab "$@"
}

# crontab_read FILE: what there is, nothing where there is none. Fails where that can't be told, lest it be overwritten.
crontab_read() {
  crontab_call -l >"$1" 2>"$1.errors" && return 0
  : >"$1"
  grep -qiE 'no crontab|no such file' "$1.errors"
}

# crontab_change FILTER: puts what FILTER makes of it (standard input to standard output) in its place.
crontab_change() {
  local folder status
  folder=$(mktemp -d) || return 1
  status=1
  if crontab_read "$folder/before" && "$1" <"$folder/before" >"$folder/after"; then
    if cmp -s -- "$folder/before" "$folder/after"; then
      status=0
    elif [ -s "$folder/after" ]; then
      crontab_call - <"$folder/after" && status=0
    else
      crontab_call -r && status=0
    fi
  fi
  [ "$status" = 0 ] || cat "$folder/before.errors" >&2
  rm -rf -- "$folder"
  return "$status"
}

# Ours comes first, so that no line above it that sets something for those below changes what it does. (sed leaves an
# end without a newline as it is.)
crontab_with() {
  crontab_line
  crontab_without
}
crontab_without() {
  sed "/$(crontab_mark | sed 's/%/\\%/g; s/[][\\/.*^$]/\\&/g')\$/d"
}

add_crontab() {
  [ -z "$no_crontab" ] || return 0
  if command -v crontab >/dev/null 2>&1; then
    crontab_change crontab_with && return 0
    warn "the crontab of $user could not be changed (see above)."
  else
    warn "this machine has no crontab."
  fi
  say "So nothing starts ARQ after a reboot, or when its supervisor was killed. Have whatever the machine has for that
(the host's panel, a timer) run this each minute as $user:
  $(crontab_command)"
}

remove_crontab() {
  command -v crontab >/dev/null 2>&1 || return 0
  crontab_change crontab_without || warn "the crontab of $user could not be read or changed; if a line of it ends with$(crontab_mark), take it out: crontab -e"
}
