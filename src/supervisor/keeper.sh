# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# A keeper is a subshell of `run` that starts one worker, waits for it, and reports through
# run/control (descriptor 3). One event is one line, written at once, so lines never mix:
#   up G           the keeper of the worker number G can be signalled from now on
#   started G PID  its worker runs under this process id
#   ready G        the worker serves: its ready file holds its process id
#   late G         it doesn't, though pool.start_seconds have passed
#   exit G STATUS  it has ended (above 128: by signal STATUS-128); the keeper ends too
# SIGTERM to a keeper means: end your worker, in peace if it can be done in time.

# keep GENERATION INDEX SLOTS PAUSE_MS: body of the subshell.
keep() {
  local status program
  # The lock must be free when the supervisor is gone. (A redirection at the call of a function would
  # keep a copy of the descriptor, to restore it.)
  exec 9>&-
  keeper_index=$2
  keeper_stopped=
  worker=
  trap 'keeper_stopped=yes; [ -z "$worker" ] || kill -TERM "$worker" 2>/dev/null' TERM
  trap - INT
  echo "up $1" >&3
  [ "$4" = 0 ] || keeper_pause "$4"
  if [ -n "$keeper_stopped" ]; then
    echo "exit $1 0" >&3
    exit 0
  fi
  [ ! -e "run/worker-$2.pid.$1" ] || rm -f "run/worker-$2.pid.$1"
  # The supervisor's own descriptors stay here; the slots' sockets (20 to 29) can't be closed by a
  # POSIX shell, so the worker is handed all of them and closes those that aren't its own.
  variant_of "$2"
  program_of "$variant"
  # glibc's caches of each thread's own hold pages of other threads' heaps: without, a pool that has served many
  # users is a fifth smaller (docs/performance.md).
  export GLIBC_TUNABLES="${GLIBC_TUNABLES:-glibc.malloc.tcache_count=0}"
  until command eval '"$prefix/$program" --prefix "$prefix" --index "$2" --slots "$3" --variant "$variant" \
    --ready-file "run/worker-$2.pid.$1" </dev/null >>log/worker.log 2>&1 3>&- &' 2>/dev/null; do keeper_no_room "$1"; done
  worker=$!
  echo "started $1 $worker" >&3
  # It may have taken the account's last room for its threads.
  until command eval 'keeper_watch "$1" "run/worker-$2.pid.$1" "$worker" &' 2>/dev/null; do
    [ -z "$keeper_stopped" ] || break
    repair_pause
  done
  # A signal may have come between the check above and the start.
  [ -z "$keeper_stopped" ] || kill -TERM "$worker" 2>/dev/null
  status=0
  wait "$worker" 2>/dev/null || status=$?
  # wait also returns when the keeper itself is signalled; the worker then lives on for a while.
  if kill -0 "$worker" 2>/dev/null; then
    keeper_drain
    status=0
    wait "$worker" 2>/dev/null || status=$?
  fi
  [ ! -e "run/worker-$2.pid.$1" ] || command eval 'rm -f "run/worker-$2.pid.$1"' 2>/dev/null
  echo "exit $1 $status" >&3
  [ "$status" -lt 128 ] || keeper_alone
  exit 0
}

# A worker was killed. Where the supervisor was too, nobody heard of it, and its slots would stand unserved: then
# another supervisor is started, which takes over from what is left. (Who stops ARQ ends the keepers as well.)
keeper_alone() {
  supervisor_runs && return 0
  [ -z "$keeper_stopped" ] || return 0
  log "worker $keeper_index (pid $worker) was killed, and there is no supervisor; starting one"
  ARQ_UNLESS_STOPPED=yes exec "$prefix/current/bin/arq-supervisor" --prefix "$prefix" start </dev/null 3>&-
}

# There is no room for a process (repair.sh): a moment later there may be.
keeper_no_room() {
  repair_pause
  [ -n "$keeper_stopped" ] || return 0
  echo "exit $1 0" >&3
  exit 0
}

keeper_pause() {
  local thousandths
  thousandths=00$(($1 % 1000))
  thousandths=${thousandths#"${thousandths%???}"}
  command eval 'sleep "$(($1 / 1000)).$thousandths" 3>&- &' 2>/dev/null || { repair_pause; return; }
  wait $! || kill $! 2>/dev/null
}

# Waits as long as the worker may take to finish what is in flight. The sleep, a child that ends,
# makes dash collect the worker too, so kill -0 tells the truth.
keeper_drain() {
  local tenths
  tenths=$(((drain_seconds + 5) * 10))
  while kill -0 "$worker" 2>/dev/null; do
    if [ "$tenths" -le 0 ]; then
      log "worker $keeper_index (pid $worker) had not finished $((drain_seconds + 5)) s after SIGTERM; killed"
      kill -KILL "$worker" 2>/dev/null
      return
    fi
    command eval 'sleep 0.1 3>&-' 2>/dev/null || repair_pause
    tenths=$((tenths - 1))
  done
}

# Looks for the ready file 20 times a second, only while a worker starts.
keeper_watch() {
  local rounds pid
  trap - TERM
  # Also where it is killed.
  trap 'echo "late $1" >&3' EXIT
  rounds=$((start_seconds * 20))
  while [ "$rounds" -gt 0 ]; do
    pid=
    if [ -e "$2" ] && read -r pid <"$2" && [ "$pid" = "$3" ]; then
      trap - EXIT
      echo "ready $1" >&3
      exit 0
    fi
    if ! kill -0 "$3" 2>/dev/null; then
      trap - EXIT
      exit 0
    fi
    command eval 'sleep 0.05 3>&-' 2>/dev/null || repair_pause
    rounds=$((rounds - 1))
  done
}
