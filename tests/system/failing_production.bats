#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Production that fails as a whole, in each of the ways that a build can: the legacy build takes over, loses nothing,
# and hands back. The whole stack; a preloaded library (support/failing_worker.cpp) makes arq-worker fail.
#
# production                     what is seen
# crashes at start               start says so; legacy serves all slots, and production once it can start again
# crashes on a certain request   the request is tried at two workers, and by the standby only where none is ready; sent
#                                again and again it brings production down and legacy up
# hangs                          the probes miss it, it is ended and replaced; the standby answers who waits; the same of
#                                a legacy worker in its place
# leaks                          it is drained and replaced
# lacks a library                as one that crashes at start
# has a wrong configuration      running workers serve on; killed, legacy takes over with the configuration that served
#                                last

bats_load_library bats-support
bats_load_library bats-assert
load support/stack

setup_file() {
  [ "$(id -u)" != 0 ] || skip "run by tests/system/run, as an ordinary user"
  export ARQ_FAULTS=$BATS_FILE_TMPDIR LD_PRELOAD=$ARQ_FAILING_WORKER
  prefix=$BATS_FILE_TMPDIR/arq
  export prefix
  url=$(stack up "$ARQ_RELEASE" "$prefix")
  export url
  # An earlier release stands by.
  cp -R "$prefix/releases/tested" "$prefix/releases/before"
  ln -sfn releases/before "$prefix/legacy"
  sed -i 's/"pool": {/&"trial_pause_seconds": 1, "trial_seconds": 1, "unserved_seconds": 2, /; $s/}$/, "monitor": {"probe_seconds": 1, "probe_timeout_seconds": 1}}/' "$prefix/etc/arq.json"
  "$prefix/current/bin/arqctl" --prefix "$prefix" config check
  supervisor restart
}

setup() { : >"$prefix/log/supervisor.log"; }

teardown() {
  [ -n "$BATS_TEST_COMPLETED" ] || tail -n 25 "$prefix/log/supervisor.log" "$prefix/log/worker.log" | cut -c 1-200 | sed 's/^/# /' >&3
  rm -f "$BATS_FILE_TMPDIR/crash_at_start" "$prefix/current/lib/libfcgi.so.0"
  [ ! -e "$prefix/good.json" ] || mv "$prefix/good.json" "$prefix/etc/arq.json"
}

teardown_file() { stack down "$prefix"; }

# until_so COMMAND...: 20 s at most.
until_so() {
  local round
  for ((round = 0; round < 200; round++)); do
    if "$@"; then return 0; fi
    sleep 0.1
  done
  fail "never came true: $*"
}
log_has() { grep -qF -- "$1" "$prefix/log/supervisor.log"; }
variant_is() { say_as anybody "who answers?" && [ "$status" = 200 ] && [ "$(json it.reply.variant)" = "$1" ]; }
kill_workers() { kill "-$1" "$(cat "$prefix/run/worker-1.pid")" "$(cat "$prefix/run/worker-2.pid")"; }
messages_of() { get_as "$1" /api/sessions && json 'it.sessions[0].message_count'; }

serves_legacy_and_remembers() {
  until_so variant_is legacy
  say_as keeper "My name is Ottilie" "$1-legacy"
  assert_equal "$status $(json it.reply.variant)" "200 legacy"
  fetch /health
  assert_equal "$status $(json it.status) $(json it.variant)" "200 degraded legacy"
}

production_is_back_and_remembers() {
  until_so variant_is production
  # The same answer as legacy gave.
  say_as keeper "My name is Ottilie" "$1-legacy"
  assert_equal "$(header Idempotent-Replay) $(json it.reply.variant)" "true legacy"
  say_as keeper "What is my name?"
  assert_equal "$(json it.reply.variant)" production
  [[ $(json it.reply.text) = *Ottilie* ]]
}

@test "crashes at start" {
  supervisor stop
  touch "$BATS_FILE_TMPDIR/crash_at_start"
  run supervisor start
  assert_success
  assert_output --partial "production can't be started"
  serves_legacy_and_remembers start
  until_so log_has "the trial of production died of signal 6"
  rm "$BATS_FILE_TMPDIR/crash_at_start"
  production_is_back_and_remembers start
}

@test "lacks a library" {
  supervisor stop
  mkdir -p "$prefix/current/lib"
  echo "this is no library" >"$prefix/current/lib/libfcgi.so.0"
  run supervisor start
  assert_success
  assert_output --partial "production can't be started"
  serves_legacy_and_remembers library
  grep -q "libfcgi.so.0: file too short\|libfcgi.so.0: invalid ELF header" "$prefix/log/worker.log"
  rm "$prefix/current/lib/libfcgi.so.0"
  production_is_back_and_remembers library
}

@test "crashes on a certain request" {
  until_so variant_is production
  local round user
  say_as poisoner "please crash"
  # It has brought both workers down: the standby refuses it, unless none of them was back yet.
  [ "$status" = 503 ] || assert_equal "$status $(json it.reply.variant)" "200 legacy"
  until_so variant_is production
  for round in {1..20}; do
    ! log_has "the legacy build takes over" || break
    # Of several users, so that all workers are met.
    for user in one two three four; do say_as "$user" "please crash" "poison-$round"; done
    # Whoever doesn't poison is served meanwhile.
    say_as anybody "is anybody there?"
    assert_equal "$status" 200
    sleep 1
  done
  log_has "the legacy build takes over"
  serves_legacy_and_remembers crash
  say_as one "please crash" poison-1
  assert_equal "$status $(json it.reply.variant)" "200 legacy"
  production_is_back_and_remembers crash
}

@test "hangs" {
  until_so variant_is production
  kill -STOP "$(cat "$prefix/run/worker-1.pid")"
  # Whoever meets it is answered by another once it has been ended.
  local user
  for user in one two three four; do
    say_as "$user" "does it hang?"
    assert_equal "$status" 200
  done
  until_so log_has "hangs: two probes in a row without a sign of life"
  log_has "state=T"
  until_so variant_is production
  until_so arqctl status
}

@test "hangs, and so does a legacy worker in its place" {
  supervisor stop
  touch "$BATS_FILE_TMPDIR/crash_at_start"
  supervisor start
  until_so variant_is legacy
  local name old
  for name in l1 l2; do
    old=$(cat "$prefix/run/worker-$name.pid")
    kill -STOP "$old"
    until_so log_has "worker $name (pid $old) hangs: two probes in a row without a sign of life"
    until_so is_another "$name" "$old"
  done
  until_so variant_is legacy
  rm "$BATS_FILE_TMPDIR/crash_at_start"
  until_so variant_is production
}
is_another() { [ -s "$prefix/run/worker-$1.pid" ] && [ "$(cat "$prefix/run/worker-$1.pid")" != "$2" ]; }

@test "leaks" {
  until_so variant_is production
  local before
  before=$(cat "$prefix/run/worker-1.pid" "$prefix/run/worker-2.pid")
  say_as one "please leak"
  assert_equal "$status $(json it.reply.variant)" "200 production"
  until_so log_has "KiB of memory of its own (pool.worker_memory_mib)"
  until_so log_has "is new and serves"
  refute [ "$(cat "$prefix/run/worker-1.pid" "$prefix/run/worker-2.pid")" = "$before" ]
  variant_is production
}

@test "a wrong configuration" {
  until_so variant_is production
  cp "$prefix/etc/arq.json" "$prefix/good.json"
  echo '{"pool": {"workers": "two"}}' >"$prefix/etc/arq.json"
  sleep 1
  variant_is production
  kill_workers KILL
  serves_legacy_and_remembers configuration
  mv "$prefix/good.json" "$prefix/etc/arq.json"
  production_is_back_and_remembers configuration
}
