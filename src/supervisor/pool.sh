# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# `run`: the process that stays. It sleeps in `read` until a keeper (keeper.sh) or a command
# (commands.sh) writes a line into run/control. rows.sh holds what it knows of each worker process.
# Files for whoever looks on (arqctl, status), written here alone: run/supervisor.pid and, for each
# worker, run/worker-N.pid (while it is ready), .started (unix seconds), .restarts, .slots.

command_run() {
  refuse_root
  ensure mkdir -p run log
  [ -n "${ARQ_SLOT_FDS:-}" ] || err "run needs the sockets that arq-listen hands down (ARQ_SLOT_FDS). Use: arq-supervisor start"
  exec 9>>run/supervisor.lock || err "$prefix/run can't be written."
  # A moment of patience: somebody may be asking whether the lock is held.
  flock --wait 2 9 || err "a supervisor runs already (run/supervisor.lock is held)."
  pool_settings || exit 1
  rows=
  generation=0
  batch=1
  stopping=
  roll_answer=
  startup_answer=${ARQ_START_ANSWER:-}
  startup=yes
  rm -f run/worker-* run/supervisor.stopping run/control
  ensure mkfifo run/control
  # Open for reading and writing: opening never waits for the other side, and no end of file comes.
  exec 3<>run/control
  trap 'stopping=yes' TERM INT
  # Somebody may kill a keeper; only for that does this look at its children.
  trap 'child_ended=yes' CHLD
  child_ended=
  # What an earlier supervisor left behind when it was killed: it served until our sockets took the
  # place of its own, finishes what it holds, and is told to end once the new workers serve.
  find_ours
  orphans=$ours
  [ -z "$orphans" ] || log "taking over from processes of an earlier supervisor:$orphans"
  echo $$ >run/supervisor.pid
  trap run_broken EXIT
  log "supervisor $$ starts $workers workers"
  pool_start_all
  watch_begin
  pool_loop
  rm -f run/worker-* run/supervisor.pid run/supervisor.stopping run/control run/slot*.sock
  log "supervisor $$ ends"
  trap - EXIT
}

# A shell ends when it can't start a process. (So this starts none.)
run_broken() {
  say "the supervisor (pid $$) ends without having been told to: most likely the account's limit of processes (ulimit -u) is reached. Workers that are there serve on, but nobody watches them. Make room, then run: arq-supervisor start"
}

pool_settings() {
  workers=$(setting pool.workers) &&
    start_seconds=$(setting pool.start_seconds) &&
    drain_seconds=$(setting pool.drain_seconds) &&
    restart_pause_ms=$(setting pool.restart_pause_ms)
}

pool_start_all() {
  local index
  index=1
  while [ "$index" -le "$workers" ]; do
    echo 0 >"run/worker-$index.restarts"
    worker_start "$index" "$(slots_of "$index" "$workers")" 0 "$batch"
    index=$((index + 1))
  done
}

pool_loop() {
  local event one two
  while [ -z "$stopping" ]; do
    [ -z "$child_ended" ] || keepers_check
    # read comes back with nothing when a signal arrives.
    read -r event one two <&3 || continue
    pool_event "$event" "$one" "$two"
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
    restart) roll_begin "$2" ;;
    hung | large | served | disk | minute) event_watch "$@" ;;
    stop) stopping=yes ;;
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
  roll_failed "the supervisor was stopped"
  rows_leave all
  # shellcheck disable=SC2086 # a list of pids
  end_ours "$((drain_seconds + 5))" $orphans
  while [ -n "$rows" ]; do
    [ -z "$child_ended" ] || keepers_check
    read -r event one two <&3 || continue
    case $event in
      up | started | exit | lost) pool_event "$event" "$one" "$two" ;;
      restart) answer "$one" 1 "the supervisor is stopping" ;;
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
  row_failures=0
  row_save
  facts_of_row
  log "worker $row_index (pid $row_pid) serves slots $(slot_names "$row_slots")"
  startup_progress
  roll_progress "$1"
}

# A worker that takes too long is ended; its end then counts as a failed start.
event_late() {
  row_find "$1" || return 0
  [ "$row_phase" = starting ] || return 0
  log "worker $row_index (pid $row_pid) was not ready after $start_seconds s; ending it"
  if roll_lost "$1" "was not ready after $start_seconds s (pool.start_seconds)"; then return 0; fi
  kill -TERM "$row_keeper" 2>/dev/null
  startup_failed "worker $row_index was not ready after $start_seconds s (pool.start_seconds)"
}

event_exit() {
  local how
  row_find "$1" || return 0
  row_drop
  wait "$row_keeper" 2>/dev/null
  how=$(ending_of "$2")
  facts_of_death
  case $row_phase in
    leaving)
      log "worker $row_index (pid $row_pid) has ended as told"
      return 0
      ;;
    ready)
      log "worker $row_index (pid $row_pid) $how; starting another at once"
      count_restart "$row_index"
      worker_start "$row_index" "$row_slots" 0 "$row_batch"
      return 0
      ;;
  esac
  log "worker $row_index (pid $row_pid) $how before it was ready"
  if roll_lost "$1" "$how before it was ready"; then return 0; fi
  # A status is the worker's own verdict that it can't start; a signal may have been an accident.
  if [ "$2" -lt 128 ]; then startup_failed "worker $row_index $how before it was ready"; fi
  count_restart "$row_index"
  worker_start "$row_index" "$row_slots" "$((row_failures + 1))" "$row_batch"
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
  event_exit "$1" 137
}

# --- the first start -----------------------------------------------------------------------------

startup_progress() {
  [ -n "$startup" ] || return 0
  rows_all_ready || return 0
  startup=
  [ -z "$startup_answer" ] || answer "$startup_answer" 0 "all $workers workers serve"
  if [ -n "$orphans" ]; then orphans_end & fi
  orphans=
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

# worker_start INDEX SLOTS FAILURES BATCH: growing pauses for those that never become ready, so that a
# program that can't start doesn't spin.
worker_start() {
  local pause_ms doubled
  pause_ms=0
  if [ "$3" -gt 0 ]; then
    pause_ms=$restart_pause_ms
    doubled=1
    while [ "$doubled" -lt "$3" ] && [ "$pause_ms" -lt "$longest_pause_ms" ]; do
      pause_ms=$((pause_ms * 2))
      doubled=$((doubled + 1))
    done
    [ "$pause_ms" -le "$longest_pause_ms" ] || pause_ms=$longest_pause_ms
    log "worker $1: next try in $pause_ms ms"
  fi
  generation=$((generation + 1))
  keep "$generation" "$1" "$2" "$pause_ms" &
  rows="$rows $generation:$1:$4:new:0:$!:$3:$2"
}

# slots_of INDEX WORKERS: its share of the ten slots, as a list of descriptors. More workers than
# slots share them.
slots_of() {
  local first slot list
  first=${ARQ_SLOT_FDS%%-*}
  list=
  slot=0
  while [ "$slot" -lt 10 ]; do
    if [ $((slot % $2)) = $((($1 - 1) % 10)) ]; then
      list=$list${list:+,}$((first + slot))
    fi
    slot=$((slot + 1))
  done
  echo "$list"
}

slot_names() {
  local first descriptor list
  first=${ARQ_SLOT_FDS%%-*}
  list=
  for descriptor in $(echo "$1" | tr , ' '); do
    list=$list${list:+,}$((descriptor - first))
  done
  echo "$list"
}

ending_of() {
  if [ "$1" -gt 128 ]; then
    echo "died of signal $(($1 - 128))"
  else
    echo "ended with status $1"
  fi
}

# --- facts for others to read --------------------------------------------------------------------

facts_of_row() {
  date +%s >"run/worker-$row_index.started"
  slot_names "$row_slots" >"run/worker-$row_index.slots"
  mv -f "run/worker-$row_index.pid.$row_generation" "run/worker-$row_index.pid" 2>/dev/null
}

# Takes the dead worker's pid away, unless a newer one has put its own there.
facts_of_death() {
  local pid
  pid=
  if [ -e "run/worker-$row_index.pid" ]; then read -r pid <"run/worker-$row_index.pid"; fi
  if [ "$pid" = "$row_pid" ]; then rm -f "run/worker-$row_index.pid"; fi
}

count_restart() {
  local count
  count=0
  if [ -e "run/worker-$1.restarts" ]; then read -r count <"run/worker-$1.restarts"; fi
  echo $((count + 1)) >"run/worker-$1.restarts"
}

# answer FILE STATUS TEXT: somebody waits for FILE; it appears complete.
answer() {
  log "$3"
  printf '%s %s\n' "$2" "$3" >"$1.new" && mv -f "$1.new" "$1"
}
