# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# arq-watch and what it tells. It is started by a waiting subshell of `run`, as workers are (keeper.sh), and writes
# into run/control:
#   hung INDEX PID WORDS…    two probes in a row without a sign of life; WORDS: what /proc says of it
#   large INDEX PID KIB      more memory of its own than pool.worker_memory_mib
#   served INDEX PID COUNT   pool.worker_requests answered
#   disk nearly_full | ok    less room than monitor.disk_free_mib; enough again
#   nginx gone | silent      our own nginx has ended, or nobody listens at its address; it doesn't answer. (again, well:
#                            of what is done about it, see event_nginx)
#   minute UNIXTIME          the numbers of this minute are kept
# The first three are said of a process once a minute, until it is gone, and may come late: it must still be that row's.

hung_seconds=3

# watcher: the process id of that subshell. It stays where a new release's script takes over in the same process.

watch_begin() {
  notify_settings
  logs_settings
  [ -n "${watcher:-}" ] || watch_start
}

watch_start() {
  watch_keep &
  watcher=$!
}

# With every rolling restart: other settings, another program.
watch_renew() {
  watch_stop
  watch_begin
}

watch_stop() {
  [ -n "${watcher:-}" ] || return 0
  kill -TERM "$watcher" 2>/dev/null
  # A child's end that is not its own ends wait as well.
  while arguments_of "$watcher"; do wait "$watcher" 2>/dev/null; done
  watcher=
}

# Called when some child has ended: somebody may have killed the waiting subshell, and arq-watch ends with it.
watch_check() {
  [ -n "${watcher:-}" ] && ! arguments_of "$watcher" || return 0
  log "the process that watched arq-watch is gone; starting another"
  watch_start
}

# Body of the subshell. (In it $$ is still the supervisor.)
watch_keep() {
  local failures status since
  exec 9>&-
  watch_ended=
  watch_pid=
  # (It has nothing to finish, and one that somebody stopped hears no other signal: the supervisor waits for its end.)
  trap 'watch_ended=yes; [ -z "$watch_pid" ] || kill -KILL "$watch_pid" 2>/dev/null' TERM
  trap - INT CHLD EXIT
  failures=0
  while [ -z "$watch_ended" ] && supervisor_is "$$"; do
    uptime_now
    since=$uptime_s
    "$prefix/current/bin/arq-watch" --prefix "$prefix" --supervisor $$ </dev/null >>log/supervisor.log 2>&1 3>&- &
    watch_pid=$!
    # A signal may have come before its number was known.
    [ -z "$watch_ended" ] || kill -KILL "$watch_pid" 2>/dev/null
    status=0
    wait "$watch_pid" 2>/dev/null || status=$?
    if [ -n "$watch_ended" ]; then
      # The signal has ended the first wait.
      wait "$watch_pid" 2>/dev/null
      exit 0
    fi
    supervisor_is "$$" || exit 0
    failures_kept "$failures" "$since"
    pause_after "$failures"
    failures=$((failures + 1))
    log "arq-watch (pid $watch_pid) $(ending_of "$status"); starting another in $pause_ms ms"
    watch_pid=
    [ "$pause_ms" = 0 ] || keeper_pause "$pause_ms"
  done
  exit 0
}

# supervisor_is PID: that process is a supervisor's `run` of this prefix still.
supervisor_is() {
  arguments_of "$1" || return 1
  case $arguments in *"arq-supervisor--prefix${prefix}run") return 0 ;; esac
  return 1
}

# --- what it tells -------------------------------------------------------------------------------

# event_watch EVENT ARGUMENTS…: the last one may hold several words.
event_watch() {
  local event
  event=$1
  shift
  set -f
  # shellcheck disable=SC2048,SC2086 # split at blanks
  set -- $*
  set +f
  case $event in
    hung | large | served) [ $# -ge 2 ] || return 0 ;;
    *) [ $# -ge 1 ] || return 0 ;;
  esac
  "event_$event" "$@"
}

# row_of_process INDEX PID: sets row_… of that worker, if it serves and the process is still its.
row_of_process() {
  local row
  for row in $rows; do
    row_split "$row"
    if [ "$row_index" = "$1" ] && [ "$row_pid" = "$2" ] && [ "$row_phase" = ready ]; then return 0; fi
  done
  return 1
}

# Its end is a death like any other: its keeper tells of it, and another is started. SIGTERM first, since it may
# have come to itself by now and can finish what it holds.
event_hung() {
  local index pid
  index=$1
  pid=$2
  row_of_process "$index" "$pid" || return 0
  shift 2
  # What hangs has failed by its own doing, whatever signal ends it.
  [ "$row_variant" = legacy ] || [ "$index" = trial ] || count_death
  log "worker $index (pid $pid) hangs: two probes in a row without a sign of life; ending it: $*"
  signal_ours TERM "$pid"
  hung_end "$pid" &
  notify worker_hung "worker $index (pid $pid) hung and was ended: $*"
}

# Body of a subshell.
hung_end() {
  trap - TERM INT CHLD EXIT
  exec 3>&- 9>&-
  sleep "$hung_seconds"
  is_ours "$1" || exit 0
  log "pid $1 had not ended $hung_seconds s after SIGTERM; killed"
  signal_ours KILL "$1"
  exit 0
}

event_large() {
  row_of_process "$1" "$2" || return 0
  replace_worker "$1" "it (pid $2) has ${3:-?} KiB of memory of its own (pool.worker_memory_mib)"
}

event_served() {
  row_of_process "$1" "$2" || return 0
  replace_worker "$1" "it (pid $2) has answered ${3:-?} requests (pool.worker_requests)"
}

event_disk() {
  case $1 in
    nearly_full)
      log "the disk is nearly full (monitor.disk_free_mib)"
      notify disk_nearly_full "there is little room left on the file system of $prefix/data"
      ;;
    ok) log "the disk has enough room again" ;;
  esac
}

event_minute() {
  logs_rotate
  canary_tick
}

# Our own nginx has no keeper: it forks away from whoever starts it. The first time at once, then after growing pauses.
event_nginx() {
  case $1 in
    gone)
      # While somebody is at it, it is known.
      [ -z "${nginx_reviver:-}" ] || ! arguments_of "$nginx_reviver" || return 0
      nginx_revive_later
      ;;
    again)
      [ -z "${nginx_reviver:-}" ] || wait "$nginx_reviver" 2>/dev/null
      nginx_revive_later
      ;;
    well) nginx_failures=$((${nginx_failures:-1} - 1)) ;;
    silent)
      log "nginx runs and does not answer, although all slots do"
      notify nginx_down "nginx runs and has not answered two probes in a row, although all slots do"
      ;;
  esac
}

nginx_revive_later() {
  failures_kept "${nginx_failures:-0}" "${nginx_tried:-0}"
  pause_after "$failures"
  nginx_failures=$((failures + 1))
  uptime_now
  nginx_tried=$((uptime_s + pause_ms / 1000))
  [ "$pause_ms" = 0 ] || log "nginx: next try in $pause_ms ms"
  nginx_revive "$pause_ms" &
  nginx_reviver=$!
}

# Body of a subshell, which reports "nginx again" where it could not, "nginx well" where there was nothing to do. Who
# starts or stops ARQ just now is waited for: it may be that.
nginx_revive() {
  trap - TERM INT CHLD EXIT
  exec 9>&-
  [ "$1" = 0 ] || sleep "$(($1 / 1000)).$(printf '%03d' $(($1 % 1000)))" 3>&-
  flock --wait 300 run/command.lock true 3>&-
  nginx_settings
  if [ "$nginx_wanted" != true ] || [ -e run/stopped ] || [ -e run/supervisor.stopping ] || nginx_running; then
    echo "nginx well" >&3
    exit 0
  fi
  log "nginx is gone; starting it"
  notify nginx_down "nginx had ended; it is started again"
  # (arqctl lets go of the sockets.)
  if ! current/bin/arqctl --prefix "$prefix" nginx start </dev/null >>log/supervisor.log 2>&1 3>&-; then
    log "nginx could not be started; it is tried again"
    echo "nginx again" >&3
  fi
  exit 0
}
