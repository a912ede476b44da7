# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# The rolling restart, a part of `run`: new workers of what the links point to by now, in the place of all old ones
# or of one. They are started one after the other, so that a small account has to hold one worker more than usual,
# and an old one is told to end as soon as new ones serve all of its slots: no slot stands unserved in between.
# If a new worker doesn't become ready, its predecessor stays and the restart ends there; so it does where somebody
# goes back or stops meanwhile.
#   rolling          all, or the name of the one worker that is replaced; empty = nothing under way
#   roll_answer      the file somebody waits for; may be empty
#   roll_left        what of the plan has yet to be started
#   roll_generation  the process that is awaited
#   roll_wanted      the file of somebody who asked for another restart meanwhile
#   roll_moved       an old worker has left, so there is no way back

# event_restart ANSWER [now]: now = whoever asks waits for nothing that is under way, nor for a trial of production.
event_restart() {
  local file
  file=$1
  if [ "$2" = now ]; then
    event_abandon startup
    if [ "$serving" = legacy ]; then
      answer "$file" 0 "the legacy build goes on serving; production is tried beside it, and takes over when it has proved healthy"
      file=
    fi
  fi
  run_renew "$file"
  roll_begin "$file"
}

# event_abandon [startup]: what is under way fails at once. At the first start, too, workers that are not ready yet make
# room for others, from where the links lead by now.
event_abandon() {
  local row
  [ -z "$roll_wanted" ] || answer "$roll_wanted" "$not_tried" "it was given up: something else was asked for"
  roll_wanted=
  [ -z "$trial_answer" ] || answer "$trial_answer" "$not_tried" "it was given up: something else was asked for"
  trial_answer=
  roll_failed "it was given up: something else was asked for" "$not_tried"
  [ "$1" = startup ] && [ -n "$startup" ] || return 0
  for row in $rows; do
    row_split "$row"
    if [ "$row_phase" != starting ] || [ "$row_variant" = legacy ] || [ "$row_pid" = 0 ]; then continue; fi
    row_failures=0
    row_save
    signal_ours KILL "$row_pid"
  done
}

# roll_begin ANSWER
roll_begin() {
  if [ -n "$startup" ] || [ "$rolling" = all ]; then
    [ -z "$roll_wanted" ] || answer "$roll_wanted" "$not_tried" "a later restart was asked for"
    roll_wanted=$1
    return 0
  fi
  roll_failed "a restart of all is asked for"
  roll_before=$workers
  if ! pool_settings; then
    answer "$1" "$not_tried" "the settings of the pool can't be read (see log/supervisor.log)"
    return 0
  fi
  if [ "$serving" = legacy ]; then
    trial_now "$1"
    return 0
  fi
  roll_all "$1"
}

# roll_all ANSWER: to the plan as it is by now.
roll_all() {
  plan_make
  log "rolling restart: $(plan_words)"
  rolling=all
  roll_generation=
  roll_answer=$1
  roll_left=$plan
  roll_moved=
  roll_waiting=
  roll_standby=
  batch=$((batch + 1))
  roll_next
}

plan_words() {
  local word list
  list=
  for word in $plan; do list="$list${list:+, }${word%%=*} on $(slot_names "${word#*=}")"; done
  echo "$list"
}

# replace_worker NAME REASON: one worker makes room for a new one of its kind. Asked for in the middle of a restart it
# is not done: whoever watches asks again.
replace_worker() {
  local row
  [ -z "$rolling" ] && [ -z "$startup" ] && [ "$1" != trial ] || return 0
  for row in $rows; do
    row_split "$row"
    if [ "$row_index" = "$1" ] && [ "$row_phase" = ready ]; then
      log "worker $1 (pid $row_pid) is replaced: $2"
      rolling=$1
      roll_generation=
      roll_answer=
      roll_left=$1=$row_slots
      roll_moved=
      roll_waiting=
      roll_standby=
      roll_before=$workers
      batch=$((batch + 1))
      roll_start
      return 0
    fi
  done
}

roll_start() {
  local word name
  # shellcheck disable=SC2086 # a list of words
  set -- $roll_left
  word=$1
  shift
  name=${word%%=*}
  [ -e "run/worker-$name.restarts" ] || echo 0 >"run/worker-$name.restarts"
  worker_start "$name" "${word#*=}" 0 "$batch"
  # Only now: what could not be started is still to be.
  roll_left=$*
  roll_generation=$generation
}

# roll_progress GENERATION: that worker is ready.
roll_progress() {
  [ -n "$rolling" ] && [ "$1" = "$roll_generation" ] || return 0
  rows_leave_covered
  roll_next
}

roll_next() {
  if [ -n "$roll_left" ]; then
    if [ -n "$tight" ] && rows_any_leave; then
      roll_waiting=yes
      return 0
    fi
    roll_start
    return 0
  fi
  roll_generation=
  if [ "$rolling" != all ]; then
    log "worker $rolling is new and serves"
    rolling=
    roll_wanted_begin
    return 0
  fi
  rows_leave older
  facts_forget
  config_is_good
  watch_renew
  rolling=
  recovery_done
  answer "$roll_answer" 0 "all $workers workers are new and serve"
  roll_wanted_begin
}

# Of a restart that was asked for in the middle of another.
roll_wanted_begin() {
  [ -n "$roll_wanted" ] || return 0
  echo "restart $roll_wanted" >&3
  roll_wanted=
}

# roll_go_on: an old worker has gone.
roll_go_on() {
  [ -n "$rolling" ] && [ -n "${roll_waiting:-}" ] || return 0
  roll_waiting=
  roll_next
}

# roll_lost GENERATION WHY: that worker won't become ready. Returns 1 if it isn't the restart's.
roll_lost() {
  [ -n "$rolling" ] && [ "$1" = "$roll_generation" ] || return 1
  if [ "$row_index" = standby ]; then
    log "the new standby $2; the one before it stays"
    if row_find "$1"; then row_give_up; fi
    roll_standby=stays
    roll_next
    return 0
  fi
  roll_failed "the new worker $row_index $2"
}

# roll_failed WHY [STATUS]
roll_failed() {
  [ -n "$rolling" ] || return 0
  if row_find "$roll_generation"; then row_give_up; fi
  roll_generation=
  rolling=
  if [ -z "$roll_moved" ]; then
    rows_leave newest
    workers=$roll_before
  fi
  answer "$roll_answer" "${2:-1}" "$1; the worker before it goes on serving"
  recovery_failed "$1"
  roll_wanted_begin
}
