# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# When production as a whole fails, the legacy build is put on all slots, and production is tried beside it, on a
# socket of its own, until it has proved healthy. Production fails when
#   - too many of its workers have died by their own doing (pool.fallback_deaths in pool.fallback_seconds),
#   - none has been ready for pool.unserved_seconds, or
#   - none is ready and each has been tried in vain.
# A worker that somebody killed (SIGKILL, SIGTERM) says nothing of the build.
#   serving       production or legacy; also in run/variant
#   deaths        when production's workers died, in seconds since 1970
#   unserved      counts the times that no worker was ready, so that an old timer is known as such
#   trial_answer  the file somebody waits for, who asked for a restart meanwhile
#   recovering    production has been proved and is being put back
#   timers        pids of the subshells that wait

longest_trial_pause=600

fallback_begin() {
  serving=production
  echo production >run/variant
  deaths=
  unserved=0
  recovering=
  recovered_at=0
  trial_answer=
  trial_generation=
  trial_wait=
  unserved_timer=
  canary_given_up=
  cover_awaited=
  legacy_left=
  legacy_waiting=
  trial_awaited=
  timers=
}

# died_by_itself STATUS
died_by_itself() {
  case $1 in
    0 | 137 | 143 | 129 | 130) return 1 ;;
  esac
  return 0
}

# A worker of production or a canary has died by its own doing; row_… tells which.
count_death() {
  local now death kept count
  now=$(date +%s)
  kept=
  count=1
  for death in $deaths; do
    [ "${death%:*}" -gt $((now - fallback_seconds)) ] || continue
    kept="$kept $death"
    [ "${death#*:}" != "$row_variant" ] || count=$((count + 1))
  done
  deaths="$kept $now:$row_variant"
  [ "$count" -ge "$fallback_deaths" ] || return 0
  case $row_variant in
    canary) canary_give_up "$count workers of it died within $fallback_seconds s" ;;
    production) fallback "$count workers died within $fallback_seconds s" ;;
  esac
}

# canary_give_up REASON: once until the next restart, which is what comes of it.
canary_give_up() {
  [ "$canary_given_up" != "$batch" ] || return 0
  canary_given_up=$batch
  canary_trouble=$1
  canary_lost "$1"
}

# production_check: called when a worker of production or a canary has gone or is ready.
production_check() {
  [ "$serving" = production ] || return 0
  production_state
  case $state in
    ready) unserved=$((unserved + 1)) ;;
    hoped)
      if [ -z "$startup" ] && [ "$unserved_timer" != "$unserved" ]; then
        unserved_timer=$unserved
        timer "$unserved_seconds" "unserved $unserved"
      fi
      ;;
    failed) production_lost "no worker can be started" ;;
  esac
}

event_unserved() {
  [ "$1" = "$unserved" ] && [ "$serving" = production ] || return 0
  production_state
  [ "$state" = ready ] || production_lost "no worker has been ready for $unserved_seconds s"
}

# A canary that holds all slots is given up before the build that served before it.
production_lost() {
  if [ "$(canary_share)" = 10 ]; then canary_give_up "$1"; else fallback "$1"; fi
}

# --- one worker ----------------------------------------------------------------------------------
# While one worker waits to be started again, a legacy one of its number serves its slots: requests would wait there
# else, although others are ready.

cover_start() {
  [ "$serving" = production ] && has_legacy || return 0
  case "$rows" in
    *":l$row_index:"*) return 0 ;;
  esac
  worker_start "l$row_index" "$row_slots" 0 "$row_batch"
}

# What was started again at once should be ready then. One timer for all of them: each is two processes.
cover_later() {
  [ -z "$cover_awaited" ] || return 0
  timer "$unserved_seconds" cover
  cover_awaited=yes
}

event_cover() {
  local row
  cover_awaited=
  for row in $rows; do
    row_split "$row"
    case $row_variant:$row_phase in
      legacy:*) ;;
      *:new | *:starting) [ "$row_index" = trial ] || [ "$row_failures" = 0 ] || cover_start ;;
    esac
  done
}

# The worker of row_… serves again.
cover_end() {
  local row index
  [ "$serving" = production ] || return 0
  index=$row_index
  for row in $rows; do
    row_split "$row"
    [ "$row_index" != "l$index" ] || row_leave
  done
}

# --- the whole pool ------------------------------------------------------------------------------

has_legacy() { [ -x legacy/bin/arq-legacy ]; }

# fallback REASON
fallback() {
  local word row
  [ "$serving" = production ] && [ -z "$stopping" ] || return 0
  has_legacy || return 0
  serving=legacy
  echo legacy >run/variant
  deaths=
  unserved=$((unserved + 1))
  log "production fails: $1; the legacy build takes over"
  fallback_reason=$1
  recovering=
  roll_failed "the legacy build has taken over"
  batch=$((batch + 1))
  # They are of production's workers.
  timers_end
  cover_awaited=
  [ -z "$tight" ] || production_makes_room
  plan_make
  legacy_left=$plan
  legacy_next
  notify fallback "production fails: $1; the legacy build serves"
  if [ $(($(date +%s) - recovered_at)) -gt "$healthy_seconds" ]; then trial_wait=; fi
  trial_later
}

# Those that don't serve just now.
production_makes_room() {
  local row
  for row in $rows; do
    row_split "$row"
    if [ "$row_variant" = legacy ] || [ "$row_phase" = ready ]; then continue; fi
    row_give_up
  done
}

# Starts those of the plan that are not started yet; in a tight account the next one when the one before it serves
# and somebody whom it relieves has gone.
legacy_next() {
  local word
  legacy_waiting=
  while [ -n "$legacy_left" ]; do
    word=${legacy_left%% *}
    case $legacy_left in
      *' '*) legacy_left=${legacy_left#* } ;;
      *) legacy_left= ;;
    esac
    case $word in '' | standby=*) continue ;; esac
    worker_start "${word%%=*}" "${word#*=}" 0 "$batch"
    [ -z "$tight" ] || return 0
  done
}

# A worker of the legacy build serves. Until then those of production go on, or try to.
legacy_ready() {
  [ "$serving" = legacy ] && [ "$row_batch" = "$batch" ] || return 0
  rows_leave production
  rows_leave covers
  facts_forget
  if [ -n "$tight" ] && rows_any_leave; then legacy_waiting=yes; else legacy_next; fi
  [ -n "$startup" ] || return 0
  startup=
  answer "$startup_answer" 0 "production can't be started ($fallback_reason), so the legacy build serves; production is tried again"
}

# The legacy build can't be started either: at the first start that is the end, else it is tried on.
legacy_lost() {
  [ "$serving" = legacy ] || return 0
  startup_failed "${startup_trouble:-$fallback_reason}, and the legacy build can't be started either"
}

# --- production again ----------------------------------------------------------------------------

# Growing pauses between one trial and the next.
trial_later() {
  if [ -z "$trial_wait" ]; then
    trial_wait=$trial_pause_seconds
  else
    trial_wait=$((trial_wait * 2))
    [ "$trial_wait" -le "$longest_trial_pause" ] || trial_wait=$longest_trial_pause
  fi
  log "production is tried again in $trial_wait s"
  trial_awaited=
  timer "$trial_wait" "trial $batch"
  trial_awaited=$batch
}

# event_trial BATCH
event_trial() {
  if [ "$1" = "$batch" ] && [ "$serving" = legacy ]; then trial_start; fi
}

# trial_now ANSWER: somebody has changed something and asks for a restart.
trial_now() {
  trial_answer=$1
  trial_wait=
  trial_start
}

# One that is under way may be of another release, or hang.
trial_start() {
  trial_awaited=
  trial_end
  log "trying production beside the legacy build"
  worker_start trial "$trial_fd" 0 "$batch"
  trial_generation=$generation
}

trial_end() {
  local row
  for row in $rows; do
    row_split "$row"
    [ "$row_index" != trial ] || row_leave
  done
  trial_generation=
}

# It has to stay well for a while, and to say so once a second.
trial_ready() {
  (
    exec 9>&-
    trap - TERM INT
    if current/bin/arqctl --prefix "$prefix" probe --seconds "$trial_seconds" --socket run/trial.sock >/dev/null; then
      echo "proved $row_generation yes" >&3
    else
      echo "proved $row_generation no" >&3
    fi
  ) &
}

# event_proved GENERATION yes|no
event_proved() {
  [ "$1" = "$trial_generation" ] && row_find "$1" || return 0
  if [ "$2" = no ]; then
    trial_failed "did not answer well for $trial_seconds s"
    return 0
  fi
  # It has done its part, and a tight account needs its room.
  trial_end
  serving=production
  recovering=yes
  roll_before=$workers
  log "production is healthy again; it takes over from the legacy build"
  roll_all "$trial_answer"
  trial_answer=
}

# trial_failed WHY
trial_failed() {
  log "the trial of production $1"
  trial_end
  [ -z "$trial_answer" ] || answer "$trial_answer" 1 "production $1; the legacy build goes on serving"
  trial_answer=
  trial_later
}

# Called at the end of each restart.
recovery_done() {
  [ -n "$recovering" ] || return 0
  recovering=
  recovered_at=$(date +%s)
  echo production >run/variant
  deaths=
  notify recovery "production serves again"
}

recovery_failed() {
  [ -n "$recovering" ] || return 0
  recovering=
  serving=legacy
  trial_end
  if [ -n "$roll_moved" ]; then
    # Some of legacy's workers have left already.
    serving=production
    fallback "$1"
  else
    trial_later
  fi
}

# --- timers --------------------------------------------------------------------------------------

# timer SECONDS LINE: writes the line into run/control then.
timer() {
  (
    exec 9>&-
    trap 'kill "$sleeping" 2>/dev/null; exit 0' TERM
    trap - INT
    until command eval 'sleep "$1" 3>&- &' 2>/dev/null; do repair_pause; done
    sleeping=$!
    wait "$sleeping" && echo "$2" >&3
  ) &
  timers_prune
  timers="$timers $!"
}

timers_prune() {
  local pid left
  left=
  for pid in $timers; do
    if kill -0 "$pid" 2>/dev/null; then left="$left $pid"; fi
  done
  timers=$left
}

timers_end() {
  # shellcheck disable=SC2086 # a list of pids
  [ -z "$timers" ] || signal_ours TERM $timers
  timers=
}
