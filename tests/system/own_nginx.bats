#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The nginx that ARQ runs itself dies: it serves again, and the outage is counted and told. And what else counts as
# an outage. The whole stack.

bats_load_library bats-support
bats_load_library bats-assert
load support/stack

setup_file() {
  [ "$(id -u)" != 0 ] || skip "run by tests/system/run, as an ordinary user"
  prefix=$BATS_FILE_TMPDIR/arq
  export prefix
  url=$(stack up "$ARQ_RELEASE" "$prefix")
  export url
  sed -i "\$s|}\$|, \"monitor\": {\"probe_seconds\": 1, \"probe_timeout_seconds\": 3}, \"notify\": {\"pause_seconds\": 0, \"command\": \"echo \\\\\"\$ARQ_EVENT: \$ARQ_TEXT\\\\\" >>'$prefix/told'\"}}|" "$prefix/etc/arq.json"
  arqctl config check
  supervisor restart
}

setup() {
  : >"$prefix/log/supervisor.log"
  rm -f "$prefix/told"
  until_so all_is_well
}

teardown() {
  [ -n "$BATS_TEST_COMPLETED" ] || tail -n 25 "$prefix/log/supervisor.log" "$prefix/log/nginx-error.log" | cut -c 1-200 | sed 's/^/# /' >&3
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
told() { grep -q "^$1: " "$prefix/told" 2>/dev/null; }
serves() { fetch /health && [ "$status" = 200 ]; }

# probes RESULT: how many rounds ended so.
probes() {
  fetch /metrics
  sed -n "s/^arq_probes_total{result=\"$1\"} //p" <<<"$body"
}
# Two rounds in a row without a failure.
all_is_well() {
  local failed ok
  serves || return 1
  failed=$(probes failed) ok=$(probes ok)
  sleep 2.5
  [ "$(probes failed)" = "$failed" ] && [ "$(probes ok)" -ge $((ok + 2)) ]
}
has_failed_since() { serves && [ "$(probes failed)" -gt "$1" ]; }

master() { cat "$prefix/run/nginx.pid" 2>/dev/null; }
nginx_pids() {
  local entry
  for entry in /proc/[0-9]*; do
    if [ "$(cat "$entry/comm" 2>/dev/null)" = nginx ] && [ "$(readlink "$entry/cwd")" = "$prefix" ]; then echo "${entry#/proc/}"; fi
  done
}
is_another_master() { [ -n "$(master)" ] && [ "$(master)" != "$1" ] && kill -0 "$(master)" 2>/dev/null; }
has_ended() { ! kill -0 "$1" 2>/dev/null; }

@test "nginx is killed, master and workers: another serves, the outage is counted and told" {
  local failed old
  failed=$(probes failed) old=$(master)
  # shellcheck disable=SC2046 # a list of pids
  kill -KILL $(nginx_pids)
  until_so is_another_master "$old"
  until_so serves
  until_so has_failed_since "$failed"
  assert log_has "nginx is gone; starting it"
  until_so told nginx_down
  run supervisor status
  assert_success
}

@test "an nginx that the supervisor has started holds none of the slots' sockets" {
  local slot old
  old=$(master)
  # shellcheck disable=SC2046 # a list of pids
  kill -KILL $(nginx_pids)
  until_so is_another_master "$old"
  until_so serves
  # The socket of the first slot, as its worker has it.
  slot=$(readlink "/proc/$(cat "$prefix/run/worker-1.pid")/fd/20")
  [[ $slot = socket:* ]]
  run ls -l "/proc/$(master)/fd"
  refute_output --partial "$slot"
}

@test "nginx's master alone is killed: another takes over from its workers" {
  local old worker
  old=$(master)
  worker=$(nginx_pids | grep -vx "$old")
  kill -KILL "$old"
  until_so is_another_master "$old"
  until_so has_ended "$worker"
  until_so serves
  assert_equal "$(nginx_pids | wc -l)" 2
}

@test "workers whose master was killed end with stop, and nothing is started after it" {
  kill -STOP "$(pgrep -f "arq-watch --prefix $prefix ")"
  kill -KILL "$(master)"
  [ -n "$(nginx_pids)" ]
  supervisor stop
  sleep 2
  assert_equal "$(nginx_pids)" ""
  run log_has "nginx is gone"
  assert_failure
  supervisor start
}

@test "a worker that hangs is an outage of its slots, whoever serves the others" {
  local failed
  failed=$(probes failed)
  kill -STOP "$(cat "$prefix/run/worker-1.pid")"
  # Whoever looks may be sent to one of its slots.
  until_so log_has "worker 1"
  until_so serves
  until_so has_failed_since "$failed"
}

@test "a worker that is killed is none: its slots wait for the next, a moment" {
  local failed old
  failed=$(probes failed) old=$(cat "$prefix/run/worker-1.pid")
  kill -KILL "$old"
  until_so all_is_well
  [ "$(cat "$prefix/run/worker-1.pid")" != "$old" ]
  assert_equal "$(probes failed)" "$failed"
}

@test "the watch's questions stand in no log" {
  run grep -h "/health/live" "$prefix/log/nginx-access.log" "$prefix/log/requests.log"
  assert_output ""
  fetch /health/live
  asked() { grep -q /health/live "$prefix/log/nginx-access.log" && grep -q /health/live "$prefix/log/requests.log"; }
  until_so asked
}
