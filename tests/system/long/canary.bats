#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A canary in the whole stack: the real supervisor, watch, judge and users. Each step takes as long as it takes until a
# minute of the pool's numbers is kept, so these tests last some minutes.

bats_load_library bats-support
bats_load_library bats-assert
load ../support/stack

setup() {
  [ "$(id -u)" != 0 ] || skip "run by tests/system/run, as an ordinary user"
  prefix=$BATS_TEST_TMPDIR/arq
  url=$(stack up "$ARQ_RELEASE" "$prefix" 3>&-)
  told=$BATS_TEST_TMPDIR/told
  sed -i "\$s|}\$|,\"canary\": {\"step_seconds\": 1, \"min_requests\": 20}, \"notify\": {\"command\": \"echo \\\\\"\$1: \$2\\\\\" >>'$told'\"}}|" "$prefix/etc/arq.json"
  arqctl config check
  supervisor restart
  cp -a "$ARQ_RELEASE" "$BATS_TEST_TMPDIR/1.0"
  echo 1.0 >"$BATS_TEST_TMPDIR/1.0/VERSION"
}

teardown() {
  [ -n "$BATS_TEST_COMPLETED" ] || { cat "$prefix/data/canary"; tail -n 40 "$prefix/log/supervisor.log"; } | cut -c 1-200 | sed 's/^/# /' >&3
  supervisor stop
  rm -rf "$BATS_TEST_TMPDIR"
}

deploy() { arqctl deploy "$BATS_TEST_TMPDIR/1.0" 3>&-; }
state() { sed -n "s/^$1 //p" "$prefix/data/canary"; }
share() { cat "$prefix/run/canary.share" 2>/dev/null || echo 0; }
state_is() { [ "$(state state)" = "$1" ]; }
share_is() { [ "$(share)" = "$1" ] && state_is running; }
was_told() { grep -qF "$1" "$told" 2>/dev/null; }

# until_so SECONDS COMMAND...
until_so() {
  local round seconds=$1
  shift
  for ((round = 0; round < seconds * 5; round++)); do
    if "$@"; then return 0; fi
    sleep 0.2
  done
  fail "never came true: $*"
}

# variant_of USER: which build answers them.
variant_of() {
  say_as "$1" "Who are you?"
  [ "$status" = 200 ] && json it.reply.variant
}

# one_of VARIANT: a user whom it serves.
one_of() {
  local number
  for ((number = 0; number < 200; number++)); do
    if [ "$(variant_of "user$number")" = "$1" ]; then echo "user$number"; return 0; fi
  done
  return 1
}

# The canary's worker is put behind a script, and gets a library that makes it crash on certain words.
breakable() {
  local bin=$BATS_TEST_TMPDIR/1.0/bin
  mv "$bin/arq-worker" "$bin/arq-worker.real"
  # It keeps its name, by which the supervisor knows it.
  # shellcheck disable=SC2016 # for the script
  printf '#!/bin/bash\ntrap "" XFSZ\nLD_PRELOAD=%s ARQ_FAULTS=/nowhere exec -a "$0" "$(readlink -f "$0").real" "$@"\n' "$ARQ_FAILING_WORKER" >"$bin/arq-worker"
  chmod 755 "$bin/arq-worker"
}

@test "a good release goes from a tenth of the users to all of them, under load, and no request fails" {
  local load
  "$ARQ_LOAD" --url "$url" --key "$(server_key)" --seconds 420 --connections 64 --users 200 >"$BATS_TEST_TMPDIR/load" 2>&1 3>&- &
  load=$!
  deploy
  assert_equal "$(share)" 1
  assert_equal "$(cat "$prefix/run/worker-c1.slots")" 0
  # Users, not requests: who is on a side stays there.
  local canary=0 number first
  local -A side
  for ((number = 0; number < 100; number++)); do
    first=$(variant_of "person$number")
    side[$number]=$first
    [ "$first" != canary ] || canary=$((canary + 1))
  done
  echo "# on the canary: $canary of 100 users" >&3
  [ "$canary" -ge 2 ] && [ "$canary" -le 25 ]
  if share_is 1; then
    for ((number = 0; number < 100; number += 7)); do assert_equal "$(variant_of "person$number")" "${side[$number]}"; done
  fi
  until_so 200 share_is 5
  until_so 150 share_is 10
  assert_equal "$(variant_of person1)" canary
  until_so 150 state_is promoted
  assert_equal "$(readlink "$prefix/current")" releases/1.0
  assert_equal "$(readlink "$prefix/previous")" releases/tested
  assert_equal "$(readlink "$prefix/legacy")" releases/tested
  assert_equal "$(variant_of person1)" production
  run arqctl canary status
  assert_output --partial "promoted"
  assert_output --regexp "10 % +[0-9T:.Z-]+ to [0-9T:.Z-]+: no worse"
  # Without waiting for its end: what it counted until now counts.
  kill -0 "$load" || fail "the load ended too early: $(cat "$BATS_TEST_TMPDIR/load")"
  wait "$load" || fail "$(cat "$BATS_TEST_TMPDIR/load")"
  echo "# $(tail -n 1 "$BATS_TEST_TMPDIR/load")" >&3
  grep -q '"failed":0' "$BATS_TEST_TMPDIR/load"
}

@test "a release that fails requests is taken back within minutes by itself, and the operator is told" {
  local ours theirs number pid
  breakable
  deploy
  ours=$(one_of canary)
  theirs=$(one_of production)
  # From the first whole minute on it is counted.
  sleep $((61 - 10#$(date +%S)))
  for pid in "$prefix"/run/worker-c*.pid; do prlimit --pid "$(cat "$pid")" --fsize=0:0; done
  for ((number = 0; number < 40; number++)); do
    say_as "$ours" "Message $number"
    say_as "$theirs" "Message $number"
    [ "$status" = 200 ]
  done
  run arqctl canary status
  until_so 150 state_is aborted
  assert_equal "$(share)" 0
  assert_equal "$(readlink "$prefix/current")" releases/tested
  [[ $(state reason) = *"of the canary "*"requests failed"*"Fisher's exact test"* ]]
  assert_equal "$(variant_of "$ours")" production
  until_so 20 was_told "canary_failed"
}

@test "a release whose workers die is taken back within seconds, before any minute is over" {
  local ours began
  breakable
  deploy
  ours=$(one_of canary)
  began=$SECONDS
  # Not a hundred times: each is started again after a longer pause.
  until_so 55 crashed_until_taken_back "$ours"
  echo "# taken back after $((SECONDS - began)) s" >&3
  [[ $(state reason) = *"died within"* ]]
  assert_equal "$(share)" 0
  assert_equal "$(variant_of "$ours")" production
  run arqctl status
  assert_success
}

crashed_until_taken_back() {
  if state_is aborted; then return 0; fi
  say_as "$1" "please crash"
  return 1
}

# One more message on each side, and the share.
used_until_share_is() {
  say_as "$1" "And another thing"
  say_as "$2" "And another thing"
  share_is "$3"
}

@test "a canary outlives the supervisor, and a rollback ends it at any step" {
  local ours theirs began
  deploy
  ours=$(one_of canary)
  theirs=$(one_of production)
  supervisor stop
  rm -f "$prefix/run/canary.share"
  supervisor start
  assert_equal "$(share)" 1
  assert_equal "$(variant_of "$ours")" canary
  until_so 200 used_until_share_is "$ours" "$theirs" 5
  kill -KILL "$(cat "$prefix/run/supervisor.pid")"
  supervisor start
  assert_equal "$(share)" 5
  assert_equal "$(variant_of "$ours")" canary
  began=$(date +%s%N)
  arqctl rollback
  echo "# rollback: $((($(date +%s%N) - began) / 1000000)) ms" >&3
  assert_equal "$(share)" 0
  assert_equal "$(variant_of "$ours")" production
  assert state_is aborted
}
