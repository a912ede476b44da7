#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `kill -9` under a load that checks every answer and counts at its end that all that was acknowledged is there
# once, with its reply.
#
# killed                                 what clients see         what is true then
# one worker after the other             no failure               each is started again at once
# all workers at once                    no failure               the same
# a worker's keeper                      no failure               its worker is replaced by one that is watched
# the supervisor (which holds the        no failure               its workers serve on; start takes over
#   sockets: arq-listen becomes it)
# the supervisor, then a worker          503 no_worker, if any    the worker's keeper starts another supervisor
# the supervisor and all workers         503 no_worker, if any    the same
# everything but nginx                   503 no_worker            start brings it back
# workers replaced (nobody is killed)    no failure               nginx isn't touched

bats_load_library bats-support
bats_load_library bats-assert
load support/stack

setup_file() {
  [ "$(id -u)" != 0 ] || skip "run by tests/system/run, as an ordinary user"
  prefix=$BATS_FILE_TMPDIR/arq
  export prefix
  url=$(stack up "$ARQ_RELEASE" "$prefix")
  export url
}

teardown() {
  [ -n "$BATS_TEST_COMPLETED" ] || tail -n 60 "$prefix/log/supervisor.log" | sed 's/^/# /' >&3
}

teardown_file() {
  stack down "$prefix"
}

pid_of() { cat "$prefix/run/$1.pid"; }
keeper_of() { sed -n 's/^PPid:\t//p' "/proc/$(pid_of "worker-$1")/status"; }
restarts() { echo $(($(cat "$prefix/run/worker-1.restarts") + $(cat "$prefix/run/worker-2.restarts"))); }

# Every process of this prefix but nginx: its supervisor, keepers, workers.
pool_processes() {
  local folder
  for folder in /proc/[0-9]*; do
    if tr '\0' ' ' 2>/dev/null <"$folder/cmdline" | grep -qE -- "(arq-worker|arq-legacy|arq-supervisor) --prefix $prefix (run|--index)"; then
      echo "${folder#/proc/}"
    fi
  done
}

# under_load SECONDS DEEDS LOAD-ARGUMENT...: the function DEEDS runs beside the load; sets loaded, the load's line of
# JSON. Fails if the load does.
under_load() {
  local deeds
  "$2" 3>&- >"$BATS_TEST_TMPDIR/deeds" 2>&1 &
  deeds=$!
  load_for "$1" "${@:3}"
  assert_success
  loaded=$output
  wait $deeds || fail "$(cat "$BATS_TEST_TMPDIR/deeds")"
}

serves() {
  eventually supervisor status >/dev/null
  say_as somebody "Are you there?"
  assert_equal "$status" 200
}

eventually() {
  local rounds
  for ((rounds = 0; rounds < 200; rounds++)); do
    if "$@"; then return 0; fi
    sleep 0.1
  done
  echo "never came true: $*" >&2
  return 1
}

ten_workers() {
  local number
  for number in {1..10}; do
    sleep 0.45
    kill -KILL "$(pid_of "worker-$((number % 2 + 1))")"
  done
}

@test "ten workers, one after the other: nothing fails, nothing is lost, nothing is done twice" {
  local before
  before=$(restarts)
  under_load 6 ten_workers
  serves
  assert_equal "$(($(restarts) - before))" 10
}

all_workers_five_times() {
  local number
  for number in {1..5}; do
    sleep 0.9
    kill -KILL "$(pid_of worker-1)" "$(pid_of worker-2)"
  done
}

@test "all workers at once, five times: nothing fails" {
  local before
  before=$(restarts)
  under_load 6 all_workers_five_times
  serves
  assert_equal "$(($(restarts) - before))" 10
}

a_keeper() {
  sleep 1
  kill -KILL "$(keeper_of 1)"
}

@test "a worker's keeper: nothing fails, and its worker is replaced" {
  local before
  before=$(pid_of worker-1)
  under_load 3 a_keeper
  serves
  [ "$(pid_of worker-1)" != "$before" ]
}

the_supervisor() {
  sleep 1
  kill -KILL "$(pid_of supervisor)"
  sleep 1
  supervisor start
}

@test "the supervisor, which holds the sockets: its workers serve on, and start takes over without a failure" {
  # arq-listen bound them and became the supervisor: there is no other process to kill for them.
  assert_equal "$(pgrep -f "arq-listen --directory run .* --prefix $prefix " || true)" ""
  [ "$(find "/proc/$(pid_of supervisor)/fd" -lname 'socket:*' | wc -l)" -ge 10 ]
  under_load 5 the_supervisor
  serves
}

the_supervisor_and_then_a_worker() {
  sleep 1
  kill -KILL "$(pid_of supervisor)"
  sleep 1
  kill -KILL "$(pid_of worker-1)"
}

@test "the supervisor, then a worker: it comes back by itself: the worker's keeper starts another supervisor" {
  local before
  before=$(pid_of supervisor)
  under_load 5 the_supervisor_and_then_a_worker --allow "503 no_worker"
  serves
  [ "$(pid_of supervisor)" != "$before" ]
}

the_supervisor_and_all_workers() {
  sleep 1
  kill -KILL "$(pid_of supervisor)" "$(pid_of worker-1)" "$(pid_of worker-2)"
}

@test "the supervisor and all workers at once: it comes back by itself" {
  under_load 5 the_supervisor_and_all_workers --allow "503 no_worker"
  serves
}

everything_but_nginx() {
  sleep 1
  # shellcheck disable=SC2046 # a list of pids
  kill -KILL $(pool_processes)
  sleep 1
  supervisor start
}

@test "everything but nginx: 503 no_worker until start, and nothing acknowledged is lost" {
  under_load 5 everything_but_nginx --allow "503 no_worker"
  grep -q '"refused":{"503 no_worker":[1-9]' <<<"$loaded"
  serves
}

four_restarts() {
  local number
  for number in 1 2 3 4; do
    sleep 0.5
    supervisor restart || return 1
  done
}

@test "workers replaced under load: nothing fails, and nginx is not touched" {
  local before
  before=$(sha256sum "$prefix/run/nginx.pid")
  under_load 5 four_restarts
  refute grep "new configuration" "$BATS_TEST_TMPDIR/deeds"
  assert_equal "$(sha256sum "$prefix/run/nginx.pid")" "$before"
}

@test "after all of it every file is whole and stop leaves no process" {
  all_files_are_whole
  assert_equal "$(pool_processes)" ""
  supervisor start
}
