# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# The rolling restart, a part of `run`: a new worker is started from `current`, and only when it
# serves is the old one told to end. One at a time, so that a small account has to hold one worker
# more than usual. Where the number of workers has changed, each slot belongs to another worker
# than before: then all new ones are started first, lest a slot stand unserved in between.
# If a new worker doesn't become ready, its predecessor stays and the restart ends there.
#   roll_answer      the file somebody waits for; empty = no restart under way
#   roll_index       the worker whose turn it is
#   roll_generation  its new process
#   roll_together    yes = all new ones first

# roll_begin ANSWER
roll_begin() {
  local before
  if [ -n "$roll_answer" ]; then
    answer "$1" 1 "another restart is under way"
    return 0
  fi
  if [ -n "$startup" ]; then
    answer "$1" 1 "the workers are still being started"
    return 0
  fi
  before=$workers
  if ! pool_settings; then
    answer "$1" 1 "the settings of the pool can't be read (see log/supervisor.log)"
    return 0
  fi
  log "rolling restart of $workers workers"
  roll_before=$before
  roll_together=
  [ "$before" = "$workers" ] || roll_together=yes
  roll_answer=$1
  batch=$((batch + 1))
  roll_index=1
  roll_start
}

roll_start() {
  [ -e "run/worker-$roll_index.restarts" ] || echo 0 >"run/worker-$roll_index.restarts"
  worker_start "$roll_index" "$(slots_of "$roll_index" "$workers")" 0 "$batch"
  roll_generation=$generation
}

# roll_progress GENERATION: that worker is ready.
roll_progress() {
  [ -n "$roll_answer" ] && [ "$1" = "$roll_generation" ] || return 0
  [ -n "$roll_together" ] || rows_leave older-of "$roll_index"
  roll_index=$((roll_index + 1))
  if [ "$roll_index" -le "$workers" ]; then
    roll_start
    return 0
  fi
  rows_leave older
  watch_renew
  while [ -e "run/worker-$roll_index.restarts" ]; do
    rm -f "run/worker-$roll_index".*
    roll_index=$((roll_index + 1))
  done
  answer "$roll_answer" 0 "all $workers workers are new and serve"
  roll_answer=
}

# roll_lost GENERATION WHY: that worker won't become ready. Returns 1 if it isn't the restart's.
roll_lost() {
  [ -n "$roll_answer" ] && [ "$1" = "$roll_generation" ] || return 1
  roll_failed "the new worker $roll_index $2"
}

roll_failed() {
  [ -n "$roll_answer" ] || return 0
  if row_find "$roll_generation"; then row_leave; fi
  if [ -n "$roll_together" ]; then
    rows_leave newest
    workers=$roll_before
  fi
  answer "$roll_answer" 1 "$1; the worker before it goes on serving"
  roll_answer=
}
