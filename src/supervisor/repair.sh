# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# What `run` does where the account has no room for another process. dash ends where it can't start one, unless that
# happens behind `command eval`; then the rest of what it was doing is left undone. So each event is handled there, and
# what may be missing after one that was broken off is made up for. A worker's row is written when its process is there
# (worker_start), so that the table is right at any time.
#   repairs   how often in a row it was tried in vain

repairs=0
longest_repair=20

# guarded COMMAND...
guarded() {
  guarded_done=
  command eval '"$@"; guarded_done=yes'
  if [ -n "$guarded_done" ]; then
    if [ "$repairs" -gt "$longest_repair" ] && [ "${2:-}" != repair ]; then
      repairs=1
      echo repair >&3
    fi
    return 0
  fi
  echo "$* was broken off (see above): most likely the account's limit of processes (ulimit -u) is reached; it is made up for" >>log/supervisor.log
  # Whoever waits for its answer gets one.
  if [ "$1 ${2:-}" = "pool_event restart" ] && [ -z "$rolling" ]; then roll_wanted=${3:-}; fi
  repairs=$((repairs + 1))
  # Whatever event is handled after that many tries it again, arq-watch's of the next minute at the latest.
  [ "$repairs" -le "$longest_repair" ] || return 0
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
  local row
  [ -z "$stopping" ] || return 0
  watch_check
  for row in $rows; do
    row_split "$row"
    if [ "$row_phase" = ready ] && [ ! -e "run/worker-$row_index.pid" ]; then facts_of_row; fi
  done
  [ -z "$rolling" ] || repair_roll
  [ -n "$rolling" ] || repair_plan
  unserved=$((unserved + 1))
  production_check
  startup_progress
  startup_check
  repairs=0
  [ -n "$rolling" ] || roll_wanted_begin
}

# The worker that it waits for may be ready by now, or could not be started.
repair_roll() {
  if [ -z "$roll_generation" ]; then
    roll_next
  elif row_find "$roll_generation"; then
    [ "$row_phase" != ready ] || roll_progress "$roll_generation"
  else
    roll_failed "the new worker could not be watched" "$not_tried"
  fi
}

repair_plan() {
  local word
  plan_make
  legacy_left=
  for word in $plan; do
    in_rows "${word%%=*}" || worker_start "${word%%=*}" "${word#*=}" 0 "$batch"
  done
  if [ "$serving" = legacy ] && [ "$trial_awaited" != "$batch" ] && [ -z "$trial_generation" ]; then trial_later; fi
}
