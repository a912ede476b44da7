# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# What `run` does where the account has no room for another process. dash ends where it can't start one, unless that
# happens behind `command eval`; then the rest of what it was doing is left undone. So each event is handled there, and
# what may be missing after one that was broken off is made up for. A worker's row is written when its process is there
# (worker_start), so that the table is right at any time.
#   repairs   how often in a row it was tried in vain

repairs=0

# guarded COMMAND...
guarded() {
  guarded_done=
  command eval '"$@"; guarded_done=yes'
  [ -z "$guarded_done" ] || return 0
  echo "$* was broken off (see above): most likely the account's limit of processes (ulimit -u) is reached; it is made up for" >>log/supervisor.log
  repairs=$((repairs + 1))
  # Later events try it again, arq-watch's of each minute at the latest.
  [ "$repairs" -le 20 ] || return 0
  repair_pause
  echo repair >&3
}

# A fifth of a second. (sleep would be a process.)
repair_pause() {
  local now end
  read -r now _ </proc/uptime || return 0
  end=$((${now%.*}${now#*.} + 20))
  while [ "${now%.*}${now#*.}" -lt "$end" ]; do
    read -r now _ </proc/uptime || return 0
  done
}

repair() {
  local word row
  [ -z "$stopping" ] || return 0
  watch_check
  for row in $rows; do
    row_split "$row"
    if [ "$row_phase" = ready ] && [ ! -e "run/worker-$row_index.pid" ]; then facts_of_row; fi
  done
  roll_failed "no process could be started" "$not_tried"
  plan_make
  legacy_left=
  for word in $plan; do
    in_rows "${word%%=*}" || worker_start "${word%%=*}" "${word#*=}" 0 "$batch"
  done
  if [ "$serving" = legacy ] && [ "$trial_awaited" != "$batch" ] && [ -z "$trial_generation" ]; then trial_later; fi
  unserved=$((unserved + 1))
  production_check
  startup_progress
  startup_check
  repairs=0
  log "what could not be started is there by now"
}
