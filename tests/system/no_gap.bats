#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What an operator does to a running pool, each under a load of 64 connections that checks every answer: 0 requests
# fail, 0 are refused, nothing is lost. The longest delay is printed. (The canary's steps: long/canary.bats.)
#
# what is done                               what a client may see
# reload, change of configuration, deploy,   nothing
# rollback, upgrade of the supervisor,
# rotation of the logs
# a new configuration of nginx itself        its reload closes kept connections, as HTTP allows: a request that was sent
#                                            on one at that moment is sent again by the client, counted apart

bats_load_library bats-support
bats_load_library bats-assert
load support/stack

setup_file() {
  [ "$(id -u)" != 0 ] || skip "run by tests/system/run, as an ordinary user"
  prefix=$BATS_FILE_TMPDIR/arq
  export prefix
  url=$(stack up "$ARQ_RELEASE" "$prefix" 3>&-)
  export url
  cp -a "$ARQ_RELEASE" "$BATS_FILE_TMPDIR/2.0"
  echo 2.0 >"$BATS_FILE_TMPDIR/2.0/VERSION"
}

teardown() {
  [ -n "$BATS_TEST_COMPLETED" ] || tail -n 25 "$prefix/log/supervisor.log" | cut -c 1-200 | sed 's/^/# /' >&3
}

teardown_file() { stack down "$prefix"; }

# meanwhile SECONDS COMMAND...: under load; the load's count must say that nothing failed.
meanwhile() {
  local load seconds=$1
  shift
  "$ARQ_LOAD" --url "$url" --key "$(server_key)" --connections 64 --users 200 --seconds "$seconds" >"$BATS_TEST_TMPDIR/load" 2>&1 3>&- &
  load=$!
  sleep 1
  "$@" 3>&- || { wait $load; fail "$* failed"; }
  wait $load || fail "$(cat "$BATS_TEST_TMPDIR/load")"
  grep -q '"failed":0,"refused":{},.*"lost":0,"doubled":0' "$BATS_TEST_TMPDIR/load" || fail "$(cat "$BATS_TEST_TMPDIR/load")"
  echo "# $BATS_TEST_DESCRIPTION: $(grep -o '"acknowledged":[0-9]*' "$BATS_TEST_TMPDIR/load"), longest delay $(grep -o '"max_ms":[0-9.]*' "$BATS_TEST_TMPDIR/load" | cut -d: -f2) ms" >&3
}

pids() { cat "$prefix"/run/worker-?.pid | paste -sd ' '; }

@test "reload" {
  local before
  before=$(pids)
  meanwhile 5 arqctl restart
  refute [ "$(pids)" = "$before" ]
}

@test "more workers, and fewer again" {
  sed -i 's/"workers": 2/"workers": 3/' "$prefix/etc/arq.json"
  meanwhile 5 arqctl restart
  assert [ -s "$prefix/run/worker-3.pid" ]
  sed -i 's/"workers": 3/"workers": 2/' "$prefix/etc/arq.json"
  meanwhile 5 arqctl restart
  refute [ -e "$prefix/run/worker-3.pid" ]
}

@test "deploy, with the supervisor's own script" {
  local supervisor
  supervisor=$(cat "$prefix/run/supervisor.pid")
  meanwhile 12 arqctl deploy --now "$BATS_FILE_TMPDIR/2.0"
  assert_equal "$(readlink "$prefix/current")" releases/2.0
  grep -q "goes on with the script of releases/2.0" "$prefix/log/supervisor.log"
  assert_equal "$(cat "$prefix/run/supervisor.pid")" "$supervisor"
}

# That it takes less than 5 s is printed, not asserted: the machine may be busy.
@test "rollback" {
  local began
  began=$(date +%s%N)
  rolled() { arqctl rollback && echo "# rollback took $((($(date +%s%N) - began - 1000000000) / 1000000)) ms" >"$BATS_TEST_TMPDIR/took"; }
  meanwhile 8 rolled
  cat "$BATS_TEST_TMPDIR/took" >&3
  assert_equal "$(readlink "$prefix/current")" releases/tested
}

@test "rotation of all logs" {
  sed -i 's/"pool": {/"log": {"rotate_mib": 1}, &/' "$prefix/etc/arq.json"
  arqctl restart
  # So that each has something that is due.
  local file
  for file in worker supervisor nginx-access requests; do
    head -c 1100000 /dev/zero | tr '\0' '#' | fold -w 100 >>"$prefix/log/$file.log"
  done
  rotated() { echo "minute $(date +%s)" 1<>"$prefix/run/control"; }
  meanwhile 5 rotated
  ls "$prefix"/log/worker.log.* "$prefix"/log/requests.log.* "$prefix"/log/nginx-access.log.* "$prefix"/log/supervisor.log.*
}

@test "the supervisor is killed and another takes over" {
  taken_over() { kill -KILL "$(cat "$prefix/run/supervisor.pid")" && supervisor start; }
  meanwhile 8 taken_over
  run arqctl status
  assert_success
}
