#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A pool that is started under the account's limits (ulimit), lower and lower, each time under a load that checks every
# answer: it serves, with what fits; or start says which limit to raise, and ends. Nothing acknowledged is lost.
#
# limit                            at its edge                          below it
# open files (RLIMIT_NOFILE)       fewer threads and open files, as     start names `ulimit -n` and what is needed
#                                  the log says; no failure
# memory (RLIMIT_AS)               the same; 500 internal, if any       start names `ulimit -v` and what is needed
# processes (RLIMIT_NPROC)         fewer threads, then fewer workers,   start says so
#                                  as the log says; a killed worker
#                                  comes back, restart works
# a file's size (RLIMIT_FSIZE)     507 storage_full to whoever's file   -
#                                  has reached it, others are served
# memory taken away while it runs  500 internal or a worker's death (503 no_worker to who sees two of them); given
#                                  back, it serves as before

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

setup() {
  supervisor stop
  : >"$prefix/log/worker.log"
}

teardown() {
  [ -n "$BATS_TEST_COMPLETED" ] || tail -n 15 "$prefix/log/supervisor.log" "$prefix/log/worker.log" | cut -c 1-250 | sed 's/^/# /' >&3
  supervisor stop
  supervisor start
}

teardown_file() {
  stack down "$prefix"
}

# start_pool COMMAND...: the pool under a limit, nginx without.
start_pool() {
  sed -i 's/"own_nginx": true/"own_nginx": false/' "$prefix/etc/arq.json"
  run "$@" "$prefix/current/bin/arq-supervisor" --prefix "$prefix" start
  sed -i 's/"own_nginx": false/"own_nginx": true/' "$prefix/etc/arq.json"
  [ "$status" != 0 ] || supervisor start
}

no_worker_died() { assert_equal "$(cat "$prefix"/run/worker-?.restarts | tr '\n' ' ')" "0 0 "; }
log_of_workers() { cat "$prefix/log/worker.log"; }

# edge OPTION VALUES LOAD-ARGUMENT...: serves with each of the values.
edge() {
  local value
  for value in $2; do
    start_pool prlimit "--$1=$value:$value"
    assert_success
    load_for 2 "${@:3}"
    assert_success
    no_worker_died
    supervisor stop
  done
}

# too_low OPTION VALUE TEXT...: doesn't start, and says so.
too_low() {
  local text
  start_pool prlimit "--$1=$2:$2"
  assert_failure
  for text in "${@:3}"; do assert_output --partial "$text"; done
  run supervisor status
  assert_failure
}

@test "open files: with fewer and fewer it serves, and the log says how many" {
  edge nofile "209 160 96 64 42"
  run log_of_workers
  assert_output --partial "only 42 files may be open at once (\`ulimit -n\`), so this worker runs 1 threads (pool.threads: 8) and keeps 1 files open (store.open_files: 16); all would need 209"
  refute_output --partial "only 209"
}

@test "open files: with too few start says how many are needed" {
  too_low nofile 36 "only 36 files may be open at once, and a worker needs" "ulimit -n"
  too_low nofile 30 "ulimit -n"
}

@test "memory: with less and less it serves, and the log says how" {
  local mib=$((1024 * 1024))
  edge as "$((100 * mib)) $((50 * mib)) $((32 * mib))" --allow "500 internal"
  run log_of_workers
  assert_output --partial "only 32 MiB of memory may be used (\`ulimit -v\`), so this worker runs"
  refute_output --partial "only 100 MiB"
}

@test "memory: with too little start says how much is needed" {
  too_low as $((15 * 1024 * 1024)) "only 15 MiB of memory may be used, and a worker needs" "ulimit -v"
}

@test "memory taken away under load: nothing is lost, and given back it serves as before" {
  local pid
  supervisor start
  (
    exec 3>&-
    sleep 1
    for pid in $(cat "$prefix"/run/worker-?.pid); do
      prlimit --pid "$pid" --as=$(($(awk '{print $1}' "/proc/$pid/statm") * 4096 + 65536)):
    done
    sleep 2
    for pid in $(cat "$prefix"/run/worker-?.pid); do prlimit --pid "$pid" --as=unlimited: || true; done
  ) &
  load_for 5 --allow "500 internal" --allow "503 no_worker" --allow "503 storage_busy"
  wait $!
  assert_success
  assert_equal "$(grep -o '"lost":0,"doubled":0' <<<"$output")" '"lost":0,"doubled":0'
  echo "# workers that died meanwhile: $(cat "$prefix"/run/worker-?.restarts | tr '\n' ' ')" >&3
  supervisor status
  load_for 1
  assert_success
}

# Processes are counted for the whole account, so this pool gets a count of its own.
alone() {
  unshare --user --map-current-user true 2>/dev/null || skip "this machine allows no user namespaces, and the count of processes is the account's"
}

@test "processes: with fewer and fewer it serves, the log says how, a killed worker comes back, workers are replaced" {
  alone
  local limit old
  for limit in 40 22 20; do
    start_pool unshare --user --map-current-user prlimit "--nproc=$limit"
    assert_success
    load_for 1
    assert_success
    old=$(cat "$prefix/run/worker-1.pid")
    (sleep 0.5 && kill -KILL "$old") 3>&- &
    load_for 2
    assert_success
    supervisor status
    [ "$(cat "$prefix/run/worker-1.pid")" != "$old" ]
    # Which needs some processes more for a while.
    supervisor restart
    supervisor stop
  done
  run log_of_workers
  assert_output --regexp "only 40 processes and threads may run \(.ulimit -u.\), .* room for 2 workers of 8 threads|only 2. .* room for . workers of . threads"
}

# in_account COMMAND...: as a process of the account that the pool runs in.
in_account() {
  nsenter --user --preserve-credentials --target "$(cat "$prefix/run/supervisor.pid")" -- prlimit "${tight[@]}" -- "$@"
}
threads_of_workers() {
  local pid
  for pid in "$prefix"/run/worker-[12].pid; do ls "/proc/$(cat "$pid")/task" | wc -l; done | tr '\n' ' '
}
# Three that handle requests, and the one that tidies.
all_threads_are_there() { [ "$(threads_of_workers)" = "4 4 " ]; }
stands_by() { [ -s "$prefix/run/worker-standby.pid" ] && kill -0 "$(cat "$prefix/run/worker-standby.pid")"; }

@test "a tight account, 25 processes and threads in all, 256 MB: 2 workers of 3 threads, supervisor, standby and nginx serve" {
  alone
  local old
  tight=(--nproc=25:25 "--as=$((256 * 1024 * 1024)):$((256 * 1024 * 1024))")
  run unshare --user --map-current-user prlimit "${tight[@]}" "$prefix/current/bin/arq-supervisor" --prefix "$prefix" start
  assert_success
  run log_of_workers
  assert_output --partial "room for 2 workers of 3 threads"
  for _ in {1..100}; do if all_threads_are_there && stands_by; then break; fi; sleep 0.2; done
  assert_equal "$(threads_of_workers)" "4 4 "
  stands_by
  run in_account "$prefix/current/bin/arq-supervisor" --prefix "$prefix" status
  assert_success
  load_for 3
  assert_success

  old=$(cat "$prefix/run/worker-1.pid")
  (sleep 0.5 && kill -KILL "$old") 3>&- &
  load_for 3
  assert_success
  [ "$(cat "$prefix/run/worker-1.pid")" != "$old" ]

  (sleep 0.5 && in_account "$prefix/current/bin/arq-supervisor" --prefix "$prefix" restart) 3>&- &
  load_for 4
  assert_success
  wait $!
  # A new worker began with fewer where the old one was there still.
  for _ in {1..100}; do if all_threads_are_there && stands_by; then break; fi; sleep 0.2; done
  assert_equal "$(threads_of_workers)" "4 4 "
  stands_by
  run pgrep -f "arq-watch --prefix $prefix "
  assert_success
}

log_has() { grep -qF -- "$1" "$prefix/log/supervisor.log"; }
variant_is() { say_as anybody "who answers?" && [ "$status" = 200 ] && [ "$(json it.reply.variant)" = "$1" ]; }
# until_so COMMAND...: 60 s at most.
until_so() {
  local round
  for ((round = 0; round < 300; round++)); do
    if "$@"; then return 0; fi
    sleep 0.2
  done
  fail "never came true: $*"
}
crash_production() {
  local pid
  for pid in "$prefix"/run/worker-[12].pid; do kill -SEGV "$(cat "$pid")" || true; done 2>/dev/null
  log_has "the legacy build takes over"
}

it_was_the_only_supervisor() {
  assert_equal "$(cat "$prefix/run/supervisor.pid")" "$1"
  refute log_has "ends without having been told to"
  refute log_has "was not ready after"
  echo "# processes that could not be started meanwhile: $(grep -ci 'cannot fork' "$prefix/log/supervisor.log")" >&3
}

@test "a tight account: production that crashes in a loop, by itself or in a restart: legacy serves, and hands back" {
  alone
  local supervisor
  sed -i 's/"pool": {/&"trial_pause_seconds": 1, "trial_seconds": 1, /' "$prefix/etc/arq.json"
  export ARQ_FAULTS=$BATS_TEST_TMPDIR LD_PRELOAD=$ARQ_FAILING_WORKER
  tight=(--nproc=25:25 "--as=$((256 * 1024 * 1024)):$((256 * 1024 * 1024))")
  : >"$prefix/log/supervisor.log"
  run unshare --user --map-current-user prlimit "${tight[@]}" "$prefix/current/bin/arq-supervisor" --prefix "$prefix" start
  assert_success
  supervisor=$(cat "$prefix/run/supervisor.pid")
  until_so stands_by
  touch "$ARQ_FAULTS/crash_at_start"
  run in_account "$prefix/current/bin/arq-supervisor" --prefix "$prefix" restart
  assert_failure 1
  variant_is production
  rm "$ARQ_FAULTS/crash_at_start"
  until_so crash_production
  touch "$ARQ_FAULTS/crash_at_start"
  until_so variant_is legacy
  load_for 2 --allow "503 not_in_legacy"
  assert_success
  until_so log_has "the trial of production died of signal 6"
  rm "$ARQ_FAULTS/crash_at_start"
  until_so variant_is production
  until_so all_threads_are_there
  it_was_the_only_supervisor "$supervisor"
  supervisor stop
  sed -i 's/"trial_pause_seconds": 1, "trial_seconds": 1, //' "$prefix/etc/arq.json"
}

@test "a tight account: a canary is refused with what to do, and a deploy for all at once serves" {
  alone
  cp -a "$ARQ_RELEASE" "$BATS_TEST_TMPDIR/2.0"
  echo 2.0 >"$BATS_TEST_TMPDIR/2.0/VERSION"
  tight=(--nproc=25:25 "--as=$((256 * 1024 * 1024)):$((256 * 1024 * 1024))")
  : >"$prefix/log/supervisor.log"
  run unshare --user --map-current-user prlimit "${tight[@]}" "$prefix/current/bin/arq-supervisor" --prefix "$prefix" start
  assert_success
  until_so stands_by
  run in_account "$prefix/current/bin/arqctl" --prefix "$prefix" deploy "$BATS_TEST_TMPDIR/2.0"
  assert_failure 1
  assert_output --partial "arqctl deploy --now"
  assert [ ! -e "$prefix/releases/2.0" ]
  run in_account "$prefix/current/bin/arqctl" --prefix "$prefix" deploy --now "$BATS_TEST_TMPDIR/2.0"
  assert_success
  assert_equal "$(readlink "$prefix/current")" releases/2.0
  load_for 2
  assert_success
}

@test "processes: with too few start says so, and what it began is ended by stop" {
  alone
  start_pool unshare --user --map-current-user prlimit --nproc=6
  assert_failure
  # The shell's own words, where it could not even say more.
  assert_output --regexp "ulimit -u|Cannot fork"
  supervisor stop
  run pgrep -f -- "--prefix $prefix (run|--index)"
  assert_output ""
}

@test "a file's size: 507 storage_full to who has reached it, and others are served" {
  local number
  start_pool prlimit --fsize=200000:200000
  assert_success
  for number in {1..40}; do
    say_as talker "$(printf 'word%s ' {1..2000})"
    [ "$status" = 200 ] || break
  done
  error_is 507 storage_error storage_full
  get_as talker /api/sessions
  assert_equal "$(json 'it.sessions[0].message_count')" $(((number - 1) * 2))
  say_as another "Hello"
  assert_equal "$status" 200
  no_worker_died
  supervisor stop
  supervisor start
  say_as talker "And now?"
  assert_equal "$status" 200
}

@test "after all of it every file is whole" {
  all_files_are_whole
}
