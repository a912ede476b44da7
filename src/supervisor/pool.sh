# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# `run`: the process that stays. It sleeps in `read` until a keeper (keeper.sh) or a command
# (commands.sh) writes a line into run/control. rows.sh holds what it knows of each worker process.
# Files for whoever looks on (arqctl, status), written here alone: run/supervisor.pid, run/variant (what serves,
# fallback.sh), and those of each worker (facts.sh).

command_run() {
  refuse_root
  ensure mkdir -p run log
  [ -n "${ARQ_SLOT_FDS:-}" ] || err "run needs the sockets that arq-listen hands down (ARQ_SLOT_FDS). Use: arq-supervisor start"
  run_release=$(readlink current)
  trap 'stopping=yes' TERM INT
  # Somebody may kill a keeper; only for that does this look at its children.
  trap 'child_ended=yes' CHLD
  child_ended=
  stopping=
  if [ -n "${ARQ_RUN_generation:-}" ]; then run_go_on; else run_begin; fi
  watch_begin
  pool_loop
  rm -f run/worker-* run/variant run/supervisor.pid run/supervisor.stopping run/control run/*.sock
  log "supervisor $$ ends"
  trap - EXIT
}

run_begin() {
  exec 9>>run/supervisor.lock || err "$prefix/run can't be written."
  # A moment of patience: somebody may be asking whether the lock is held.
  flock --wait 2 9 || err "a supervisor runs already (run/supervisor.lock is held)."
  pool_settings || exit 1
  rows=
  generation=0
  batch=1
  rolling=
  roll_wanted=
  roll_standby=
  startup_answer=${ARQ_START_ANSWER:-}
  startup=yes
  startup_trouble=
  rm -f run/worker-* run/supervisor.stopping run/control
  ensure mkfifo run/control
  # Open for reading and writing: opening never waits for the other side, and no end of file comes.
  exec 3<>run/control
  # What an earlier supervisor left behind when it was killed: it served until our sockets took the
  # place of its own, finishes what it holds, and is told to end once the new workers serve.
  find_ours
  orphans=$ours
  [ -z "$orphans" ] || log "taking over from processes of an earlier supervisor:$orphans"
  echo $$ >run/supervisor.pid
  fallback_begin
  canary_restore
  trap run_broken EXIT
  log "supervisor $$ starts $workers workers"
  pool_start_all
}

# A shell ends when it can't start a process. (So this starts none.)
run_broken() {
  say "the supervisor (pid $$) ends without having been told to: most likely the account's limit of processes (ulimit -u) is reached. Workers that are there serve on, but nobody watches them. Make room, then run: arq-supervisor start"
}

pool_settings() {
  local fit limit
  # Where the account holds few processes, one thing is done after the other.
  limit=$(ulimit -p)
  tight=
  if [ "$limit" != unlimited ] && [ "$limit" -lt 100 ]; then tight=yes; fi
  fit=$(current/bin/arqctl --prefix "$prefix" fit) &&
    start_seconds=$(setting pool.start_seconds) &&
    drain_seconds=$(setting pool.drain_seconds) &&
    restart_pause_ms=$(setting pool.restart_pause_ms) &&
    fallback_deaths=$(setting pool.fallback_deaths) &&
    fallback_seconds=$(setting pool.fallback_seconds) &&
    unserved_seconds=$(setting pool.unserved_seconds) &&
    trial_pause_seconds=$(setting pool.trial_pause_seconds) &&
    trial_seconds=$(setting pool.trial_seconds) &&
    workers=$fit
}

pool_start_all() {
  local word
  plan_make
  for word in $plan; do
    echo 0 >"run/worker-${word%%=*}.restarts"
    worker_start "${word%%=*}" "${word#*=}" 0 "$batch"
  done
}

pool_loop() {
  local event one two
  while [ -z "$stopping" ]; do
    [ -z "$child_ended" ] || guarded keepers_check
    # read comes back with nothing when a signal arrives.
    read -r event one two <&3 || continue
    guarded pool_event "$event" "$one" "$two"
  done
  pool_end
}

pool_event() {
  case $1 in
    up) event_up "$2" ;;
    started) row_find "$2" && row_pid=$3 && row_save ;;
    ready) event_ready "$2" ;;
    late) event_late "$2" ;;
    exit) event_exit "$2" "$3" ;;
    lost) event_lost "$2" ;;
    unserved) event_unserved "$2" ;;
    trial) event_trial "$2" ;;
    cover) event_cover ;;
    proved) event_proved "$2" "$3" ;;
    hung | large | served | disk | nginx | minute) event_watch "$@" ;;
    restart) event_restart "$2" "$3" ;;
    abandon) event_abandon "$2" ;;
    repair) repair ;;
    stop) stopping=yes ;;
    notify) notify "$2" "$3" ;;
    *) log "not understood: $1" ;;
  esac
}

# Every worker is told to end and its end is awaited; the keepers see to it that it comes.
pool_end() {
  local event one two
  : >run/supervisor.stopping
  log "stopping"
  watch_stop
  startup_failed "the supervisor was stopped"
  roll_failed "the supervisor was stopped" "$not_tried"
  timers_end
  roll_standby=
  rows_give_up
  rows_leave all
  # shellcheck disable=SC2086 # a list of pids
  end_ours "$((drain_seconds + 5))" $orphans
  while [ -n "$rows" ]; do
    [ -z "$child_ended" ] || guarded keepers_check
    read -r event one two <&3 || continue
    case $event in
      up | started | exit | lost) guarded pool_event "$event" "$one" "$two" ;;
      restart) answer "$one" "$not_tried" "the supervisor is stopping" ;;
    esac
  done
}

# --- events --------------------------------------------------------------------------------------

event_up() {
  row_find "$1" || return 0
  case $row_phase in
    leaving) kill -TERM "$row_keeper" 2>/dev/null ;;
    *) row_phase=starting; row_save ;;
  esac
}

event_ready() {
  row_find "$1" || return 0
  [ "$row_phase" = starting ] || return 0
  row_phase=ready
  row_save
  facts_of_row
  log "worker $row_index (pid $row_pid) serves slots $(slot_names "$row_slots")"
  case $row_index in
    trial) trial_ready; return 0 ;;
    l*) legacy_ready ;;
  esac
  [ "$row_variant" = legacy ] || cover_end
  production_check
  startup_progress
  startup_check
  roll_progress "$1"
}

# A worker that takes too long is ended; its end then counts as a failed start.
event_late() {
  row_find "$1" || return 0
  [ "$row_phase" = starting ] || return 0
  log "worker $row_index (pid $row_pid) was not ready after $start_seconds s; ending it"
  if roll_lost "$1" "was not ready after $start_seconds s (pool.start_seconds)"; then return 0; fi
  # That it never came to serve is as good as its own word that it can't.
  row_failures=$((row_failures + 1))
  row_save
  # (It may hang, and then hears no other signal.)
  signal_ours KILL "$row_pid"
  startup_trouble=${startup_trouble:-"worker $row_index was not ready after $start_seconds s (pool.start_seconds)"}
}

event_exit() {
  local how failures at_once
  row_find "$1" || return 0
  row_drop
  wait "$row_keeper" 2>/dev/null
  how=$(ending_of "$2")
  facts_of_death
  failures=$row_failures
  at_once=
  case $row_phase in
    leaving)
      log "worker $row_index (pid $row_pid) has ended as told"
      roll_go_on
      [ -z "$legacy_waiting" ] || legacy_next
      return 0
      ;;
    ready)
      # What served for a while is forgiven what was before.
      [ "$(served_for)" -le "$healthy_seconds" ] || failures=0
      if row_died_by_itself "$2"; then failures=$((failures + 1)); fi
      # Who served and was killed comes back at once.
      if [ "$failures" -gt 1 ] && row_died_by_itself "$2"; then
        log "worker $row_index (pid $row_pid) $how"
      else
        at_once=yes
        log "worker $row_index (pid $row_pid) $how; starting another at once"
      fi
      ;;
    *)
      log "worker $row_index (pid $row_pid) $how before it was ready"
      if roll_lost "$1" "$how before it was ready"; then return 0; fi
      # A status is the worker's own verdict that it can't start; a signal may have been an accident.
      [ "$2" -ge 128 ] || [ "$failures" -gt 0 ] || failures=1
      failures=$((failures + 1))
      [ "$failures" -le 1 ] || [ "$row_variant" != canary ] || canary_give_up "its worker $row_index can't be started"
      [ "$failures" -le 1 ] || startup_trouble=${startup_trouble:-"worker $row_index $how before it was ready"}
      ;;
  esac
  if [ "$row_index" = trial ]; then
    [ "$row_generation" != "$trial_generation" ] || trial_failed "$how"
    return 0
  fi
  count_restart "$row_index"
  if [ -n "$tight" ] && [ "$row_variant" = canary ] && [ "$canary_given_up" = "$batch" ]; then
    # It is being taken back, which needs the room.
    cover_start
    production_check
    startup_check
    return 0
  fi
  worker_start "$row_index" "$row_slots" "$failures" "$row_batch" "$at_once"
  if [ "$row_variant" = legacy ]; then
    [ "$row_index" = standby ] || [ "$failures" -le 1 ] || legacy_lost
    return 0
  fi
  row_failures=$failures
  if [ -z "$at_once" ]; then
    [ "$failures" -le 1 ] || cover_start
  elif row_died_by_itself "$2"; then
    cover_later
  fi
  if [ "$row_phase" = ready ] && row_died_by_itself "$2"; then count_death; fi
  production_check
  startup_check
}

# row_died_by_itself STATUS: one that goes without having been told to must not be started in a circle.
row_died_by_itself() {
  died_by_itself "$1" || { [ "$1" = 0 ] && [ "$(served_for)" -lt 2 ]; }
}

# How long the worker of row_… has served, in seconds.
served_for() {
  local since
  since=0
  if [ -e "run/worker-$row_index.started" ]; then read -r since <"run/worker-$row_index.started"; fi
  echo $(($(date +%s) - since))
}

# A keeper that has ended by itself has written its `exit` line before; so when the line written here
# is read and the row still stands, the keeper was killed.
keepers_check() {
  local row
  child_ended=
  watch_check
  for row in $rows; do
    row_split "$row"
    arguments_of "$row_keeper" || echo "lost $row_generation" >&3
  done
}

# Nobody would hear of its worker's death, so that worker makes room for one that is watched.
event_lost() {
  row_find "$1" || return 0
  log "the process that watched worker $row_index (pid $row_pid) is gone; the worker is replaced"
  [ "$row_pid" = 0 ] || signal_ours TERM "$row_pid"
  if [ -n "$rolling" ] && [ "$1" = "$roll_generation" ] && [ "$row_phase" != ready ]; then
    roll_failed "the process that watched the new worker $row_index is gone" "$not_tried"
  fi
  event_exit "$1" 137
}

# --- the first start -----------------------------------------------------------------------------

startup_progress() {
  [ -n "$startup" ] || return 0
  rows_all_ready || return 0
  startup=
  config_is_good
  [ -z "$startup_answer" ] || answer "$startup_answer" 0 "all $workers workers serve"
  startup_over
}

startup_over() {
  if [ -n "$orphans" ]; then orphans_end & fi
  orphans=
  roll_wanted_begin
}

# startup_check: where each worker serves or has been tried in vain. Some may: the legacy build covers the others.
startup_check() {
  local row
  [ -n "$startup" ] && [ -n "$startup_trouble" ] && [ "$serving" = production ] || return 0
  for row in $rows; do
    row_split "$row"
    case $row_phase in
      new | starting) [ "$row_failures" -gt 1 ] || [ "$row_index" = standby ] || [ "$row_variant" = canary ] || return 0 ;;
    esac
  done
  production_state
  if [ "$state" != ready ] || ! has_legacy; then
    startup_failed "$startup_trouble"
    return 0
  fi
  startup=
  [ -z "$startup_answer" ] || answer "$startup_answer" 0 "$startup_trouble; the legacy build serves in its place, and it is tried again"
  startup_over
}

# What stands by is started with these settings where those of etc/arq.json have become wrong.
config_is_good() {
  cp etc/arq.json run/config.good.new 2>/dev/null && mv -f run/config.good.new run/config.good
}

# A subshell's body: nobody has to wait for them.
orphans_end() {
  exec 9>&-
  trap - TERM INT
  # shellcheck disable=SC2086 # a list of pids
  end_ours "$((drain_seconds + 5))" $orphans
}

startup_failed() {
  [ -n "$startup" ] && [ -n "$startup_answer" ] || return 0
  answer "$startup_answer" 1 "$1"
  startup_answer=
  stopping=yes
}

# --- workers -------------------------------------------------------------------------------------

# worker_start INDEX SLOTS FAILURES BATCH [AT-ONCE]: the first restart at once, then growing pauses, so that a program that can't
# start or crashes doesn't spin.
worker_start() {
  local pause_ms
  pause_ms=0
  if [ "$3" -gt 1 ] && [ -z "${5:-}" ]; then
    pause_after "$(($3 - 1))"
    log "worker $1: next try in $pause_ms ms"
    [ "$3" != 4 ] || notify crash_loop "worker $1 dies again and again: $3 times in a row"
  fi
  generation=$((generation + 1))
  keep "$generation" "$1" "$2" "$pause_ms" &
  rows="$rows $generation:$1:$4:new:0:$!:$3:$2"
}

ending_of() {
  if [ "$1" -gt 128 ]; then
    echo "died of signal $(($1 - 128))"
  else
    echo "ended with status $1"
  fi
}
