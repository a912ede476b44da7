#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A canary's steps, as src/releases/canary.sh takes them: the real supervisor and scripts, fake programs, and a
# judge that says what the test wants (PREFIX/fake/judge). Each minute is a call by hand.

bats_load_library bats-support
bats_load_library bats-assert
load support/fake_prefix

setup() {
  [ "$(id -u)" != 0 ] || skip "run by tests/system/run, as an ordinary user"
  fake_prefix "$BATS_TEST_TMPDIR/a prefix"
  mkdir -p "$prefix/data"
  fake_release 2
  mv "$prefix/releases/2" "$BATS_TEST_TMPDIR/2"
  cp "$BATS_TEST_TMPDIR/2/bin/arq-worker" "$BATS_TEST_TMPDIR/2/bin/arq-legacy"
  supervisor start
  judge wait "not yet"
}

teardown() {
  [ -n "$BATS_TEST_COMPLETED" ] || sed 's/^/# /' "$prefix/log/supervisor.log" 2>/dev/null >&3 || true
  kill_everything_of_prefix
}

arqctl() { "$prefix/current/bin/arqctl" --prefix "$prefix" "$@" 3>&-; }
judge() { echo "$*" >"$prefix/fake/judge"; }
minute() { arqctl canary tick; }
begin() { arqctl deploy "$BATS_TEST_TMPDIR/2"; }
fact() { sed -n "s/^$1 //p" "$prefix/data/canary"; }

log_has() { grep -qF -- "$1" "$prefix/log/supervisor.log"; }

# is STATE SHARE CURRENT: what is written down, what the supervisor reads, and the links.
is() {
  assert_equal "$(fact state)" "$1"
  assert_equal "$(cat "$prefix/run/canary.share" 2>/dev/null || echo 0)" "$2"
  assert_equal "$(readlink "$prefix/current")" "releases/$3"
  if [ "$2" = 0 ]; then assert [ ! -L "$prefix/canary" ]; else assert_equal "$(readlink "$prefix/canary")" releases/2; fi
}

@test "a canary goes from a tenth to half to all and into use, each step when the judge is content" {
  run begin
  assert_success
  assert_output --partial "release 2 serves a tenth of the users; 1 serves the others"
  is running 1 1
  minute
  is running 1 1
  judge well "no worse: all is fine"
  minute
  is running 5 1
  judge wait "not yet"
  minute
  is running 5 1
  judge well "no worse: still fine"
  minute
  is running 10 1
  minute
  is promoted 0 2
  assert_equal "$(readlink "$prefix/previous")" releases/1
  assert_equal "$(fact step | cut -d' ' -f1 | tr '\n' ' ')" "1 5 10 "
  assert_equal "$(fact step | cut -d' ' -f4- | head -n 1)" "no worse: all is fine"
  grep -q "releases/2/bin" <(tail -n 3 "$prefix/fake/starts")
  # It is over: further minutes change nothing.
  judge worse "of the canary everything"
  minute
  is promoted 0 2
}

@test "a canary that is worse is back to nothing at once, with the reason written down" {
  local step
  begin
  for step in 0 1 2; do
    judge well fine
    if [ "$step" -gt 0 ]; then minute; fi
    if [ "$step" -gt 1 ]; then minute; fi
    judge worse "of the canary 20 of 100 requests failed"
    minute
    is aborted 0 1
    assert_equal "$(fact reason)" "of the canary 20 of 100 requests failed"
    assert_equal "$(fact step | tail -n 1 | cut -d' ' -f4-)" "of the canary 20 of 100 requests failed"
    begin
  done
}

@test "too few requests hold it, said once" {
  begin
  judge hold "too few requests: 3"
  minute
  is running 1 1
  assert_equal "$(fact reason)" "too few requests: 3"
  judge hold "too few requests: 4"
  minute
  assert_equal "$(grep -c "too few" "$prefix/log/supervisor.log")" 1
  is running 1 1
  judge well fine
  minute
  is running 5 1
}

@test "whoever is stopped in the middle of a step, an abort or a promotion: the next minute ends it" {
  begin
  # Written down, not done.
  sed -i 's/^state .*/state starting/; s/^share .*/share 5/' "$prefix/data/canary"
  minute
  is running 5 1
  sed -i 's/^state .*/state aborting/; s/^reason.*/reason it was worse/' "$prefix/data/canary"
  minute
  is aborted 0 1
  begin
  # Half the links are changed.
  sed -i 's/^state .*/state promoting/' "$prefix/data/canary"
  ln -sfn releases/1 "$prefix/previous"
  ln -sfn releases/2 "$prefix/current"
  minute
  is promoted 0 2
  assert_equal "$(readlink "$prefix/previous")" releases/1
}

@test "the supervisor takes a canary up again whose files in run/ are lost, and none that is over" {
  begin
  judge well fine
  minute
  supervisor stop
  rm -rf "$prefix/run" "$prefix/canary"
  mkdir "$prefix/run"
  supervisor start
  is running 5 1
  piece canary_tick
  eventually step_is 10
  arqctl canary abort
  echo 5 >"$prefix/run/canary.share"
  piece canary_restore
  is aborted 0 1
}
step_is() { [ "$(cat "$prefix/run/canary.share")" = "$1" ] && [ "$(fact state)" = running ]; }

# piece FUNCTION ARGUMENT...: of the supervisor's canary.sh, as `run` calls it.
piece() {
  # shellcheck disable=SC2016 # for the inner shell
  (cd "$prefix" && sh -c 'set -u; prefix=$PWD; . current/share/supervisor/common.sh; . current/share/supervisor/canary.sh; "$@"' piece "$@" 3>&-)
}

@test "the supervisor gives a canary up whose workers die, and only once" {
  begin
  piece canary_lost "5 workers of it died within 60 s"
  piece canary_lost "6 workers of it died within 60 s"
  eventually state_is aborted
  is aborted 0 1
  assert_regex "$(fact reason)" "^[56] workers of it died within 60 s$"
  # Also the second one has had its turn.
  flock "$prefix/releases" true
  assert_equal "$(grep -c "is taken back from all users" "$prefix/log/supervisor.log")" 1
  piece canary_lost "7 workers of it died within 60 s"
  refute grep -q "^reason 7" "$prefix/data/canary"
}
state_is() { [ "$(fact state)" = "$1" ]; }

@test "an operator aborts at any step; a second canary is refused meanwhile" {
  run arqctl canary abort
  assert_failure 1
  assert_output --partial "no release is on trial"
  begin
  run begin
  assert_failure 1
  assert_output --partial "release 2 is on trial: end that first"
  arqctl canary abort
  is aborted 0 1
  assert_equal "$(fact reason)" "aborted by the operator"
}

@test "a rollback ends a canary; after a promotion it changes current and previous" {
  begin
  judge well fine
  minute
  arqctl rollback
  is aborted 0 1
  assert_equal "$(fact reason)" "rolled back by the operator"
  begin
  arqctl canary promote
  is promoted 0 2
  assert_equal "$(fact step | tail -n 1 | cut -d' ' -f4-)" "promoted by the operator"
  arqctl rollback
  is promoted 0 1
  assert_equal "$(readlink "$prefix/previous")" releases/2
}

# --- going back waits for nothing ----------------------------------------------------------------

starts_of() { grep -c "^[0-9]* [0-9]* $1 " "$prefix/fake/starts"; }
# production_was_started_from RELEASE: each of its workers, the last time.
production_was_started_from() {
  local name
  for name in 1 2 3; do
    assert_regex "$(awk -v name="$name" '$3 == name' "$prefix/fake/starts" | tail -n 1)" "/releases/$1/bin\$"
  done
}
started() { [ "$(starts_of "$1")" -ge "$2" ]; }

@test "a rollback makes a step that hangs give up" {
  fake_set pool.start_seconds 20
  echo never >"$prefix/fake/mode-canary"
  begin >"$BATS_TEST_TMPDIR/begin" 2>&1 &
  eventually started c1 1
  run arqctl rollback
  assert_success
  assert_output --partial "another change of the release is under way; it is given up"
  assert_output --partial "all users have release 1 again"
  ends_with 1 $!
  grep -q "given up: a rollback was asked for meanwhile" "$BATS_TEST_TMPDIR/begin"
  is aborted 0 1
  assert_equal "$(fact reason)" "rolled back by the operator"
  refute log_has "was not ready after"
}

@test "an abort makes a step that hangs give up" {
  begin
  fake_set pool.start_seconds 20
  echo never >"$prefix/fake/mode-c2"
  judge well fine
  minute &
  eventually started c2 1
  run arqctl canary abort
  assert_success
  wait $! || true
  is aborted 0 1
  assert_equal "$(fact reason)" "aborted by the operator"
  refute log_has "was not ready after"
  refute grep -q "could not be put behind" "$prefix/data/canary"
}

@test "a rollback makes a deploy --now that hangs give up, and goes back to what served before it" {
  fake_set pool.start_seconds 20
  echo never >"$prefix/fake/mode-2"
  arqctl deploy --now "$BATS_TEST_TMPDIR/2" >"$BATS_TEST_TMPDIR/deploy" 2>&1 &
  eventually started 2 2
  rm "$prefix/fake/mode-2"
  run arqctl rollback
  assert_success
  assert_output --partial "release 1 serves all users"
  ends_with 1 $!
  grep -q "given up: a rollback was asked for meanwhile" "$BATS_TEST_TMPDIR/deploy"
  assert_equal "$(readlink "$prefix/current") $(readlink "$prefix/previous")" "releases/1 releases/2"
  refute log_has "was not ready after"
  production_was_started_from 1
}

@test "a rollback in the middle of a promotion takes it back" {
  begin
  fake_set pool.start_seconds 20
  echo never >"$prefix/fake/mode-3"
  arqctl canary promote >"$BATS_TEST_TMPDIR/promote" 2>&1 &
  eventually started 3 2
  rm "$prefix/fake/mode-3"
  run arqctl rollback
  assert_success
  ends_with 1 $!
  is aborted 0 1
  refute log_has "was not ready after"
}

@test "a rollback while the pool starts and hangs: it starts with the release before" {
  arqctl deploy --now "$BATS_TEST_TMPDIR/2"
  supervisor stop
  fake_set pool.start_seconds 20
  echo never >"$prefix/fake/mode-2"
  : >"$prefix/fake/starts"
  supervisor start 3>&- &
  eventually started 2 1
  rm "$prefix/fake/mode-2"
  run arqctl rollback
  assert_success
  assert_output --partial "release 1 serves all users"
  wait $!
  assert_equal "$(readlink "$prefix/current")" releases/1
  production_was_started_from 1
  refute log_has "was not ready after"
}

@test "a rollback where the supervisor was killed: another takes over with the release before" {
  arqctl deploy --now "$BATS_TEST_TMPDIR/2"
  kill -KILL "$(cat "$prefix/run/supervisor.pid")"
  run arqctl rollback
  assert_success
  assert_output --partial "release 1 serves all users"
  assert_equal "$(readlink "$prefix/current")" releases/1
  production_was_started_from 1
  supervisor status
}

@test "a deploy that a rollback meets before it has changed anything gives up" {
  exec 6<"$prefix/releases"
  flock 6
  arqctl deploy --now "$BATS_TEST_TMPDIR/2" >"$BATS_TEST_TMPDIR/deploy" 2>&1 6<&- &
  eventually [ -e "$prefix/releases/2" ]
  # The first thing that a rollback does.
  echo again >"$prefix/run/back"
  exec 6<&-
  ends_with 1 $!
  grep -q "Release 2 lies ready; nothing else was changed" "$BATS_TEST_TMPDIR/deploy"
  assert_equal "$(readlink "$prefix/current")" releases/1
}

# --- only what the release itself does counts against it ------------------------------------------

@test "a step that finds the supervisor killed waits for it" {
  begin
  kill -KILL "$(cat "$prefix/run/supervisor.pid")"
  judge well fine
  minute &
  eventually state_is starting
  supervisor start
  wait $!
  is running 5 1
}

@test "a step in whose middle the supervisor is killed is taken again" {
  begin
  fake_set pool.start_seconds 20
  echo never >"$prefix/fake/mode-c2"
  judge well fine
  minute &
  eventually started c2 1
  rm "$prefix/fake/mode-c2"
  kill -KILL "$(cat "$prefix/run/supervisor.pid")"
  supervisor start
  wait $!
  is running 5 1
}

@test "a step that finds no supervisor for long, or a wrong configuration, is taken by a later minute" {
  begin
  fake_set pool.start_seconds 1
  kill -KILL "$(cat "$prefix/run/supervisor.pid")"
  judge well fine
  run minute
  assert_failure 1
  assert_equal "$(fact state) $(fact share)" "starting 5"
  supervisor start
  touch "$prefix/fake/settings-wrong"
  run minute
  assert_failure 1
  assert_equal "$(fact state) $(fact share)" "starting 5"
  rm "$prefix/fake/settings-wrong"
  minute
  is running 5 1
  assert log_has "this step could not be taken yet"
}

@test "after the machine's restart a step goes on as what it was, with the time since when it was" {
  begin
  judge well fine
  minute
  judge wait "not yet"
  sed -i 's/^since .*/since 1700000000/' "$prefix/data/canary"
  cp "$prefix/data/canary" "$BATS_TEST_TMPDIR/before"
  kill_everything_of_prefix
  rm -rf "$prefix/run"
  mkdir "$prefix/run"
  supervisor start
  is running 5 1
  minute
  cmp "$prefix/data/canary" "$BATS_TEST_TMPDIR/before"
}

@test "while the legacy build serves a canary waits, and none is begun" {
  echo legacy >"$prefix/run/variant"
  run begin
  assert_failure 1
  assert_output --partial "deploy --now"
  echo production >"$prefix/run/variant"
  begin
  echo legacy >"$prefix/run/variant"
  judge well fine
  minute
  minute
  is running 1 1
  assert_regex "$(fact reason)" "legacy build serves"
  assert_equal "$(grep -c "nothing can be compared" "$prefix/log/supervisor.log")" 1
  echo production >"$prefix/run/variant"
  minute
  is running 5 1
}

@test "where the pool can't be restarted for a step, the canary is taken back" {
  begin
  echo fail >"$prefix/fake/mode-1"
  judge well fine
  run minute
  assert_equal "$(fact state)" aborting
  assert [ ! -e "$prefix/run/canary.share" ]
  rm "$prefix/fake/mode-1"
  minute
  is aborted 0 1
  grep -q "could not be put behind 5 of the 10 slots" "$prefix/data/canary"
}

@test "what nobody can judge stays as it is" {
  begin
  rm "$prefix/fake/judge"
  run minute
  log_has "can't be judged"
  is running 1 1
  judge maybe so
  minute
  log_has "nobody understands"
  is running 1 1
}

@test "with nothing running there is no canary" {
  supervisor stop
  run begin
  assert_failure 1
  assert_output --partial "deploy --now"
}
