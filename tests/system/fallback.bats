#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The supervisor's legacy build: with workers and a legacy program that do nothing (support/fakes).

bats_load_library bats-support
bats_load_library bats-assert
load support/fake_prefix

setup() {
  [ "$(id -u)" != 0 ] || skip "run by tests/system/run, as an ordinary user"
  fake_prefix "$BATS_TEST_TMPDIR/a prefix"
  ln -s releases/1 "$prefix/legacy"
  cp "$prefix/current/bin/arq-worker" "$prefix/legacy/bin/arq-legacy"
}

teardown() {
  [ -n "$BATS_TEST_COMPLETED" ] || sed 's/^/# /' "$prefix/log/supervisor.log" 2>/dev/null >&3 || true
  kill_everything_of_prefix
}

log_has() { grep -qF -- "$1" "$prefix/log/supervisor.log"; }
serves() { [ "$(cat "$prefix/run/variant")" = "$1" ]; }
ready() { local name; for name; do serves_anew "$name" none || return 1; done; }
none_ready() { local name; for name; do ! serves_anew "$name" none || return 1; done; }
crash_workers() { local name; for name; do kill -SEGV "$(pid_of_worker "$name")"; done; }
legacy_serves() { serves legacy && ready l1 l2 l3 && none_ready 1 2 3; }
production_serves() { serves production && ready 1 2 3 standby && none_ready l1 l2 l3 trial; }
# One that hung may still be ending.
production_serves_but_for_trials() { serves production && ready 1 2 3 standby && none_ready l1 l2 l3; }
slots_of() { cat "$prefix/run/worker-$1.slots"; }

@test "the legacy build stands by, warm, on a socket of its own" {
  supervisor start
  eventually production_serves
  assert_equal "$(cat "$prefix/run/worker-standby.variant")" legacy
  assert_equal "$(awk '$3 == "standby" { print $4 }' "$prefix/fake/starts")" 30
  run supervisor status
  assert_success
  assert_line --regexp '^worker standby .*ready'
}

@test "a standby that dies is started again, and one that can't start holds nobody up" {
  echo fail >"$prefix/fake/mode-standby"
  run supervisor start
  assert_success
  rm "$prefix/fake/mode-standby"
  eventually production_serves
  local old
  old=$(pid_of_worker standby)
  kill -KILL "$old"
  eventually serves_anew standby "$old"
  assert serves production
}

@test "production that can't start at all: start says so, legacy serves all slots, and production comes back by itself" {
  echo fail >"$prefix/fake/mode-production"
  run supervisor start
  assert_success
  assert_output --partial "production can't be started (no worker can be started), so the legacy build serves"
  assert legacy_serves
  # All share the slots but for one each, on which it is probed.
  assert_equal "$(slots_of l1) $(slots_of l2) $(slots_of l3)" "0,3,4,5,6,7,8,9 1,3,4,5,6,7,8,9 2,3,4,5,6,7,8,9"
  run supervisor status
  assert_failure 1
  assert_output --partial "the legacy build serves"
  eventually log_has "production is tried again in 2 s"
  rm "$prefix/fake/mode-production"
  eventually production_serves
}

@test "where the legacy build can't start either, start says so and leaves nothing running" {
  echo fail >"$prefix/fake/mode"
  run supervisor start
  assert_failure 1
  assert_output --partial "ended with status 1 before it was ready, and the legacy build can't be started either"
  assert_equal "$(processes_of_prefix)" ""
}

@test "production that crashes again and again: legacy takes over, and production only once it has proved healthy" {
  touch "$prefix/fake/probe-fails"
  supervisor start
  crash_workers 1 2 3
  eventually ready 1 2 3
  assert serves production
  crash_workers 1 2
  eventually legacy_serves
  assert log_has "5 workers died within 60 s; the legacy build takes over"
  eventually log_has "did not answer well for 1 s"
  assert legacy_serves
  rm "$prefix/fake/probe-fails"
  eventually production_serves
  eventually log_has "production is healthy again"
}

@test "a trial that hangs is followed by others" {
  fake_set pool.drain_seconds 30
  touch "$prefix/fake/probe-fails"
  echo stubborn >"$prefix/fake/mode-trial"
  echo fail >"$prefix/fake/mode-1"
  echo fail >"$prefix/fake/mode-2"
  echo fail >"$prefix/fake/mode-3"
  supervisor start
  eventually log_has "did not answer well for 1 s"
  rm "$prefix"/fake/mode-* "$prefix/fake/probe-fails"
  eventually production_serves_but_for_trials
}

@test "production that proves itself and then can't take over: it is tried on" {
  echo fail >"$prefix/fake/mode-1"
  echo fail >"$prefix/fake/mode-2"
  echo fail >"$prefix/fake/mode-3"
  supervisor start
  eventually log_has "production is healthy again"
  eventually log_has "the new worker 1 ended with status 1 before it was ready"
  eventually legacy_serves
  eventually log_has "production is tried again in 2 s"
  rm "$prefix"/fake/mode-*
  eventually production_serves
}

@test "a worker that is told to end by somebody says nothing of the build either" {
  supervisor start
  local round old
  for round in {1..6}; do
    old=$(pid_of_worker 2)
    sleep 2
    kill -TERM "$old"
    eventually serves_anew 2 "$old"
  done
  assert serves production
  refute log_has "next try in"
}

@test "workers that somebody kills say nothing of the build" {
  supervisor start
  local pid
  for _ in {1..3}; do
    for pid in 1 2 3; do kill -KILL "$(pid_of_worker "$pid")"; done
    sleep 0.2
    eventually ready 1 2 3
  done
  assert serves production
  refute log_has "next try in"
}

@test "a worker that can't start is covered by the legacy build until it can" {
  supervisor start
  echo fail >"$prefix/fake/mode-2"
  kill -SEGV "$(pid_of_worker 2)"
  eventually ready l2
  assert_equal "$(slots_of l2)" "$(slots_of 2)"
  assert serves production
  rm "$prefix/fake/mode-2"
  eventually production_serves
  eventually none_ready l2
}

@test "no worker ready for a while: legacy takes over" {
  supervisor start
  echo never >"$prefix/fake/mode-production"
  crash_workers 1 2 3
  eventually legacy_serves
  assert log_has "no worker has been ready for 2 s"
}

@test "a restart while legacy serves tries production at once and says what came of it" {
  fake_set pool.trial_pause_seconds 60
  echo fail >"$prefix/fake/mode-production"
  supervisor start
  eventually legacy_serves
  run supervisor restart
  assert_failure 1
  assert_output --partial "the legacy build goes on serving"
  rm "$prefix/fake/mode-production"
  run supervisor restart
  assert_success
  eventually production_serves
}

@test "a rollback while legacy serves takes effect at once and waits for no trial" {
  fake_set pool.trial_pause_seconds 60
  fake_set pool.trial_seconds 3
  fake_release 2
  ln -sfn releases/2 "$prefix/current"
  ln -s releases/1 "$prefix/previous"
  mkdir -p "$prefix/data"
  echo fail >"$prefix/fake/mode-production"
  supervisor start
  eventually legacy_serves
  rm "$prefix/fake/mode-production"
  run "$prefix/current/bin/arqctl" --prefix "$prefix" rollback
  assert_success
  assert_output --partial "the legacy build goes on serving all users; release 1 is tried beside it"
  refute_output --partial "release 1 serves all users"
  refute log_has "production is healthy again"
  assert legacy_serves
  assert_equal "$(readlink "$prefix/current") $(readlink "$prefix/previous")" "releases/1 releases/2"
  eventually production_serves
  assert [ "$(tail -n 1 "$prefix/fake/starts" | grep -c "releases/1/bin")" = 1 ]
}

@test "stop ends legacy, its timers and all" {
  fake_set pool.trial_pause_seconds 71
  echo fail >"$prefix/fake/mode-production"
  supervisor start
  eventually legacy_serves
  run supervisor stop
  assert_success
  assert_equal "$(processes_of_prefix)" ""
  assert_equal "$(pgrep -u "$(id -u)" -fx 'sleep 71')" ""
}

@test "a canary that can't start costs nobody the service" {
  fake_release 2
  ln -sfn releases/2 "$prefix/canary"
  mkdir -p "$prefix/data" "$prefix/run"
  printf 'state running\nshare 1\nrelease 2\nbefore 1\n' >"$prefix/data/canary"
  echo fail >"$prefix/fake/mode-canary"
  run supervisor start
  assert_success
  assert ready 1 2 3
  eventually log_has "the canary fails: its worker c1 can't be started"
}

@test "a restart that is asked for while one worker is replaced, or in the middle of another, is done" {
  supervisor start
  local old answer
  old=$(pid_of_worker 3)
  printf 'served 1 %s 7\nrestart run/answer.a\nrestart run/answer.b\n' "$(pid_of_worker 1)" 1<>"$prefix/run/control" >"$prefix/run/control"
  for answer in a b; do
    eventually test -e "$prefix/run/answer.$answer"
    assert_equal "$(cut -d ' ' -f 1 "$prefix/run/answer.$answer")" 0
  done
  eventually serves_anew 3 "$old"
}

@test "a canary's share of the slots is its own, and comes back" {
  fake_release 2
  supervisor start
  ln -sfn releases/2 "$prefix/canary"
  local share
  for share in 1 5 10 0; do
    echo "$share" >"$prefix/run/canary.share"
    run supervisor restart
    assert_success
    case $share in
      1) assert_equal "$(slots_of c1) $(slots_of 1) $(slots_of 2) $(slots_of 3)" "0 1,4,7 2,5,8 3,6,9" ;;
      5) assert_equal "$(slots_of c1) $(slots_of c2) $(slots_of 1)" "0,2,4 1,3 5,6,7,8,9" && assert none_ready 2 3 ;;
      10) assert_equal "$(slots_of c1) $(slots_of c2) $(slots_of c3)" "0,3,6,9 1,4,7 2,5,8" && assert none_ready 1 2 3 ;;
      0) assert_equal "$(slots_of 1) $(slots_of 2) $(slots_of 3)" "0,3,6,9 1,4,7 2,5,8" && assert none_ready c1 c2 c3 ;;
    esac
  done
  run awk -v release="$prefix/releases/2" '$3 ~ /^c/ && index($0, release "/bin") { n++ } END { print n }' "$prefix/fake/starts"
  assert_output 6
}
