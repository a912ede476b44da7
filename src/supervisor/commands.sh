# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# What an operator calls: start, stop, restart, status; and nginx, which `run` has called. Each works under the command lock, asks
# `run` through run/control and waits for its answer in a file of its own.

# ARQ_UNLESS_STOPPED in the environment is what tells the line in the crontab, and whatever else of ours starts by
# itself, from an operator. (An option would be refused by an older release's script.)
command_start() {
  local by_itself
  by_itself=${ARQ_UNLESS_STOPPED:-}
  unset ARQ_UNLESS_STOPPED
  refuse_root
  take_command_lock
  # Somebody may have stopped it while this waited.
  if [ -n "$by_itself" ] && [ -e run/stopped ]; then
    say "it was stopped, so nothing is started."
    return 0
  fi
  settings_check || exit 1
  rm -f run/stopped
  nginx_settings
  drain_seconds=$(setting pool.drain_seconds) || exit 1
  if supervisor_runs && [ -e run/supervisor.stopping ]; then
    say "the supervisor is just stopping; waiting for its end."
    flock --wait "$((drain_seconds + 15))" run/supervisor.lock true ||
      err "it has not stopped. Look at $prefix/log/supervisor.log."
  fi
  if supervisor_runs; then
    say "the workers run already."
  else
    pool_launch
  fi
  if [ "$nginx_wanted" = true ] && ! nginx_running; then
    if nginx_start; then
      say "nginx listens on port $(setting web.port)."
    else
      [ -z "${launched:-}" ] || pool_halt
      exit 1
    fi
  fi
}

# Starts arq-listen, which becomes `run`, and waits until all workers serve.
pool_launch() {
  local mode start_seconds log_before answer_file child
  mode=$(setting pool.socket_mode) || exit 1
  start_seconds=$(setting pool.start_seconds) || exit 1
  launched=yes
  answer_file=run/answer.start
  rm -f "$answer_file"
  : >>log/worker.log
  log_before=$(stat -c %s log/worker.log)
  # A session of its own, and none of our caller's descriptors: it must outlive the terminal or the
  # cron job that started it.
  ARQ_START_ANSWER=$answer_file setsid current/bin/arq-listen --directory run --also legacy --also trial --mode "$mode" -- \
    "$prefix/current/bin/arq-supervisor" --prefix "$prefix" run \
    </dev/null >>log/supervisor.log 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
  child=$!
  if wait_for_answer "$answer_file" "$((start_seconds + 10))" start_goes_on "$child"; then
    say "$answer_text."
    return 0
  fi
  if [ -e run/stopped ]; then
    say "it was stopped while it started."
    ignore kill -TERM "$child" 2>/dev/null
    pool_halt
    exit 1
  fi
  say "the workers could not be started: $answer_text."
  say "the last lines of $prefix/log/supervisor.log:"
  tail -n 4 log/supervisor.log | sed 's/^/    /' >&2
  if [ "$(stat -c %s log/worker.log)" -gt "$log_before" ]; then
    say "the last lines of $prefix/log/worker.log:"
    tail -c "+$((log_before + 1))" log/worker.log | tail -n 10 | sed 's/^/    /' >&2
  fi
  say "everything that was started is stopped again. More in $prefix/log/supervisor.log."
  pool_halt
  exit 1
}

# start_goes_on PID: it is there, and nobody has called stop.
start_goes_on() { kill -0 "$1" 2>/dev/null && [ ! -e run/stopped ]; }

# wait_for_answer FILE SECONDS CHECK...: takes the answer into answer_text and returns its status;
# gives up when the time is over or CHECK says that nobody is left to answer.
wait_for_answer() {
  local file tenths status
  file=$1
  tenths=$(($2 * 10))
  shift 2
  answer_text=
  while [ ! -e "$file" ]; do
    if ! "$@"; then
      # It may have answered as its last deed.
      [ ! -e "$file" ] || break
      answer_text="the supervisor has ended"
      return "$not_tried"
    fi
    if [ "$tenths" -le 0 ]; then
      answer_text="there was no answer in time"
      return 1
    fi
    sleep 0.1
    tenths=$((tenths - 1))
  done
  read -r status answer_text <"$file"
  rm -f "$file"
  return "$status"
}

# The nginx of our own, where it died. Whoever has stopped ARQ meanwhile has the last word.
command_nginx() {
  refuse_root
  take_command_lock
  [ ! -e run/stopped ] && supervisor_runs || return 0
  nginx_settings
  [ "$nginx_wanted" = true ] || return 0
  nginx_running || nginx_start
}

command_stop() {
  local drained
  refuse_root
  # Before anything is waited for: by this a start under way ends, and one that waits for its turn does nothing.
  ignore mkdir -p run
  ignore touch run/stopped 2>/dev/null
  take_command_lock_now
  # An operator's start may have taken it away meanwhile.
  touch run/stopped || say "this could not be noted, so a line in the crontab will start ARQ again."
  nginx_program=$(current/bin/arqctl --prefix "$prefix" config get web.nginx_program 2>/dev/null) || nginx_program=nginx
  # Whatever the configuration looks like by now, stopping must work.
  drain_seconds=$(current/bin/arqctl --prefix "$prefix" config get pool.drain_seconds 2>/dev/null) || drain_seconds=30
  drained=
  if nginx_running; then
    nginx_stop "$drain_seconds" || exit 1
    drained="nginx and "
  elif nginx_orphans QUIT; then
    drained="nginx and "
  fi
  find_ours
  if ! supervisor_runs && [ -z "$ours" ] && [ -z "$drained" ]; then
    say "nothing runs."
    return 0
  fi
  pool_halt
  say "${drained}the workers have stopped."
}

# Ends the supervisor and its workers, and what an earlier one may have left.
pool_halt() {
  if supervisor_runs; then
    tell stop || ignore kill -TERM "$(cat run/supervisor.pid)"
    flock --wait "$((drain_seconds + 15))" run/supervisor.lock true ||
      say "the supervisor did not stop in time and is ended by force."
  fi
  find_ours
  [ -z "$ours" ] && return 0
  # shellcheck disable=SC2086 # a list of pids
  end_ours "$((drain_seconds + 5))" $ours
}

command_restart() {
  local start_seconds limit answer_file status
  refuse_root
  if [ -n "$now" ]; then take_command_lock_now startup; else take_command_lock; fi
  (settings_check) || exit "$not_tried"
  supervisor_runs || {
    say "nothing runs, so nothing can be restarted. Use: arq-supervisor start"
    exit "$not_tried"
  }
  nginx_settings
  start_seconds=$(setting pool.start_seconds) || exit 1
  limit=$(setting pool.workers) || exit 1
  limit=$(((limit + 1) * (start_seconds + 10)))
  answer_file=run/answer.$$
  rm -f "$answer_file"
  tell restart "$answer_file" "$now" || {
    say "the supervisor can't be reached: $prefix/run/control is missing. Stop it and start it again."
    exit "$not_tried"
  }
  status=0
  wait_for_answer "$answer_file" "$limit" supervisor_runs || status=$?
  if [ "$status" != 0 ]; then
    say "not restarted: $answer_text."
    [ "$status" = "$not_tried" ] || say "what the worker said: $prefix/log/worker.log"
    exit "$status"
  fi
  say "$answer_text."
  if [ "$nginx_wanted" = true ]; then
    if nginx_running; then nginx_refresh || exit 1; else nginx_start || exit 1; fi
  fi
}

command_status() {
  local now name count bad pid
  bad=0
  now=$(date +%s)
  count=$(setting pool.workers) || exit 1
  nginx_settings
  pid=
  if [ -e run/supervisor.pid ]; then read -r pid <run/supervisor.pid; fi
  if supervisor_runs; then
    printf 'supervisor  pid %-8s running\n' "${pid:--}"
  else
    printf 'supervisor  pid %-8s not running\n' -
    bad=1
  fi
  if [ -e run/variant ] && [ "$(cat run/variant)" = legacy ]; then
    printf 'pool        production fails: the legacy build serves (log/supervisor.log says why)\n'
    bad=1
  fi
  for name in $(worker_names "$count"); do status_of_worker "$name" || bad=1; done
  if [ "$nginx_wanted" = true ]; then
    if nginx_running; then
      printf 'nginx       pid %-8s running    port %s\n' "$nginx_pid" "$(setting web.port)"
    else
      printf 'nginx       pid %-8s not running\n' -
      bad=1
    fi
  else
    printf 'nginx       somebody else'\''s (web.own_nginx is false)\n'
  fi
  exit "$bad"
}

# worker_names COUNT: of all workers that there are or are to be.
worker_names() {
  local file name
  {
    if [ ! -e run/variant ]; then seq "$1"; fi
    for file in run/worker-*.restarts; do
      name=${file#run/worker-}
      [ ! -e "$file" ] || echo "${name%.restarts}"
    done
  } | sort -Vu
}

status_of_worker() {
  local pid started slots restarts
  pid=
  started=$now
  slots=-
  restarts=0
  if [ -e "run/worker-$1.pid" ]; then read -r pid <"run/worker-$1.pid"; fi
  if [ -e "run/worker-$1.started" ]; then read -r started <"run/worker-$1.started"; fi
  if [ -e "run/worker-$1.slots" ]; then read -r slots <"run/worker-$1.slots"; fi
  if [ -e "run/worker-$1.restarts" ]; then read -r restarts <"run/worker-$1.restarts"; fi
  if [ -n "$pid" ] && is_ours "$pid"; then
    printf 'worker %-7s pid %-8s ready      up %s s  slots %s  restarts %s\n' \
      "$1" "$pid" "$((now - started))" "$slots" "$restarts"
  else
    printf 'worker %-7s pid %-8s not ready  restarts %s\n' "$1" - "$restarts"
    return 1
  fi
}
