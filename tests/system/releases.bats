#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Releases under the whole stack: deploy --now, rollback, what is refused, what is kept. The releases are
# copies of the tested one that are broken in some way; the pool and the data are real.

bats_load_library bats-support
bats_load_library bats-assert
load support/stack

setup() {
  [ "$(id -u)" != 0 ] || skip "run by tests/system/run, as an ordinary user"
  prefix=$BATS_TEST_TMPDIR/arq
  url=$(stack up "$ARQ_RELEASE" "$prefix" 3>&-)
}

teardown() {
  supervisor stop
  rm -rf "$BATS_TEST_TMPDIR"
}

# a_release VERSION: a copy of the tested release under that version; its folder.
a_release() {
  cp -a "$ARQ_RELEASE" "$BATS_TEST_TMPDIR/$1"
  echo "$1" >"$BATS_TEST_TMPDIR/$1/VERSION"
  echo "$BATS_TEST_TMPDIR/$1"
}

# stand_in FOLDER PROGRAM SCRIPT: SCRIPT is put before the program, which is PROGRAM.real by then.
stand_in() {
  mv "$1/bin/$2" "$1/bin/$2.real"
  # shellcheck disable=SC2016 # for the stand-in
  printf '#!/bin/sh\n%s\nexec "$0.real" "$@"\n' "$3" >"$1/bin/$2"
  chmod 755 "$1/bin/$2"
}

deploy() { run arqctl deploy "$@" 3>&-; }
current() { readlink "$prefix/current"; }
names() { find "$prefix/releases" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | tr '\n' ' '; }
pids() { cat "$prefix"/run/worker-[0-9].pid | tr '\n' ' '; }
programs() { for pid in $(pids); do readlink "/proc/$pid/exe"; done | sort -u; }

nothing_has_changed() {
  assert_equal "$(current)" releases/tested
  assert_equal "$(names)" "tested "
  assert_equal "$(pids)" "$before"
  assert [ ! -e "$prefix/previous" ]
  assert_equal "$(find "$prefix/run" -name 'self-test*')" ""
  assert_equal "$(find "$prefix/data/users" -name '*.sqlite3')" ""
}

@test "deploy --now puts a folder into use without a failed request, and rollback takes it back and forth" {
  local load new began
  new=$(a_release 1.0)
  load_in_background 25
  deploy --now "$new"
  assert_success
  assert_output --partial "release 1.0 serves all users"
  assert_equal "$(current)" releases/1.0
  assert_equal "$(readlink "$prefix/previous")" releases/tested
  assert_equal "$(programs)" "$prefix/releases/1.0/bin/arq-worker"
  began=$(date +%s%N)
  run arqctl rollback
  assert_success
  echo "# rollback: $((($(date +%s%N) - began) / 1000000)) ms" >&3
  assert_output --partial "release tested serves all users"
  assert_equal "$(current)" releases/tested
  assert_equal "$(readlink "$prefix/previous")" releases/1.0
  assert_equal "$(programs)" "$prefix/releases/tested/bin/arq-worker"
  run arqctl rollback
  assert_success
  assert_equal "$(programs)" "$prefix/releases/1.0/bin/arq-worker"
  the_load_failed_nothing
}

load_in_background() {
  "$ARQ_LOAD" --url "$url" --key "$(server_key)" --seconds "$1" --connections 64 --users 40 >"$BATS_TEST_TMPDIR/load" 2>&1 3>&- &
  load=$!
  sleep 1
}
the_load_failed_nothing() {
  kill -0 "$load" || fail "the load ended too early"
  wait "$load" || fail "$(cat "$BATS_TEST_TMPDIR/load")"
  echo "# $(tail -n 1 "$BATS_TEST_TMPDIR/load")" >&3
  grep -q '"failed":0' "$BATS_TEST_TMPDIR/load"
}

@test "an archive may hold the release or one folder with it; the same again changes nothing" {
  local new
  new=$(a_release 1.0)
  tar -C "$BATS_TEST_TMPDIR" -czf "$BATS_TEST_TMPDIR/one.tar.gz" 1.0
  deploy --now "$BATS_TEST_TMPDIR/one.tar.gz"
  assert_success
  assert_equal "$(current)" releases/1.0
  tar -C "$new" -czf "$BATS_TEST_TMPDIR/two.tar.gz" .
  before=$(pids)
  cd "$BATS_TEST_TMPDIR"
  deploy --now two.tar.gz
  assert_success
  assert_output --partial "serves already"
  assert_equal "$(pids)" "$before"
  echo changed >>"$new/htdocs/404.html"
  deploy --now "$new"
  assert_success
  assert_equal "$(current)" releases/1.0.2
  assert_equal "$(names)" "1.0 1.0.2 tested "
}

@test "what is no release is refused with what to do" {
  before=$(pids)
  deploy
  assert_failure 2
  deploy --soon x
  assert_failure 2
  deploy --now "$BATS_TEST_TMPDIR/nothing.tar.gz"
  assert_failure 1
  assert_output --partial "there is no"
  mkdir "$BATS_TEST_TMPDIR/empty"
  deploy --now "$BATS_TEST_TMPDIR/empty"
  assert_failure 1
  assert_output --partial "make release"
  echo no >"$BATS_TEST_TMPDIR/no.tar.gz"
  deploy --now "$BATS_TEST_TMPDIR/no.tar.gz"
  assert_failure 1
  assert_output --partial "could not be unpacked"
  local new
  new=$(a_release 1.0)
  echo ../../etc >"$new/VERSION"
  deploy --now "$new"
  assert_failure 1
  assert_output --partial "can't be a release's version"
  assert [ -e "$prefix/etc/arq.json" ]
  run arqctl rollback
  assert_failure 1
  assert_output --partial "no release before this one"
  nothing_has_changed
}

@test "a worker that crashes, one that never serves, and one that answers nonsense do not pass the test" {
  local new
  before=$(pids)
  new=$(a_release 1.0)
  # shellcheck disable=SC2016 # for the stand-in
  stand_in "$new" arq-worker '[ "$1" = --version ] || { echo "cannot go on" >&2; kill -SEGV $$; }'
  deploy --now "$new"
  assert_failure 1
  assert_output --partial "its arq-worker died of signal 11 before it was ready"
  assert_output --partial "cannot go on"
  assert_output --partial "what ran runs on"
  nothing_has_changed
  # A real one whose answers are somebody else's: the socket is there, nobody accepts.
  # shellcheck disable=SC2016
  printf '#!/bin/sh\n[ "$1" = --version ] && exit 0\nwhile [ $# -gt 1 ]; do [ "$1" != --ready-file ] || ready=$2; shift; done\necho $$ >"$ready"\nexec sleep 100\n' >"$new/bin/arq-worker"
  deploy --now "$new"
  assert_failure 1
  assert_output --partial "does not answer as it should"
  nothing_has_changed
  sed -i 's/"start_seconds": 20/"start_seconds": 1/' "$prefix/etc/arq.json"
  # shellcheck disable=SC2016
  printf '#!/bin/sh\n[ "$1" = --version ] && exit 0\nexec sleep 100\n' >"$new/bin/arq-worker"
  deploy --now "$new"
  assert_failure 1
  assert_output --partial "was not ready after 1 s"
  nothing_has_changed
  run pgrep -f "sleep 100"
  assert_failure
}

@test "a standby that does not serve keeps a release out, too" {
  local new
  before=$(pids)
  new=$(a_release 1.0)
  # shellcheck disable=SC2016 # for the stand-in
  printf '#!/bin/sh\n[ "$1" = --version ] || exit 3\n' >"$new/bin/arq-legacy"
  chmod 755 "$new/bin/arq-legacy"
  deploy --now "$new"
  assert_failure 1
  assert_output --partial "its arq-legacy ended with status 3 before it was ready"
  nothing_has_changed
}

@test "a program that lacks a library does not start, and that is said" {
  local new
  before=$(pids)
  new=$(a_release 1.0)
  sed -i 's/libfcgi\.so\.0/libnone\.so\.0/' "$new/bin/arq-worker"
  deploy --now "$new"
  assert_failure 1
  assert_output --partial "libnone.so.0"
  assert_output --partial "arq-worker of the new release does not start"
  nothing_has_changed
}

@test "a release that refuses the operator's settings is refused" {
  local new
  before=$(pids)
  new=$(a_release 1.0)
  # shellcheck disable=SC2016 # for the stand-in
  stand_in "$new" arqctl '[ "$3 $4" != "config check" ] || { echo "etc/arq.json: unknown key" >&2; exit 1; }'
  deploy --now "$new"
  assert_failure 1
  assert_output --partial "etc/arq.json: unknown key"
  assert_output --partial "it refuses the settings"
  nothing_has_changed
}

@test "a release that passes its test but can't serve the pool is taken back by itself" {
  local new
  new=$(a_release 1.0)
  # shellcheck disable=SC2016 # for the stand-in
  stand_in "$new" arq-worker 'case "$*" in *"--index 2 "*) echo "not number 2" >&2; exit 1 ;; esac'
  deploy --now "$new"
  assert_failure 1
  assert_output --partial "going back to release tested"
  assert_output --partial "tested serves on"
  assert_equal "$(current)" releases/tested
  assert [ ! -e "$prefix/previous" ]
  assert_equal "$(programs)" "$prefix/releases/tested/bin/arq-worker"
  run arqctl status
  assert_success
}

# The newest schema of users' files that the release under test knows.
known_schema() { known=$("$prefix/current/bin/arqctl" schema | sed -n 's/^user \([0-9]*\) .*/\1/p'); }

# schemas FOLDER NEWEST OLDEST: what its arqctl says of users' files.
schemas() { stand_in "$1" arqctl "[ \"\$1\" != schema ] || { echo 'user $2 $3'; echo 'host 3 1'; exit 0; }"; }

@test "a release that can't serve today's files, or would leave no way back, is refused" {
  local new known
  known_schema
  before=$(pids)
  new=$(a_release 1.0)
  schemas "$new" $((known + 2)) $((known + 1))
  deploy --now "$new"
  assert_failure 1
  assert_output --partial "only releases that know schema $((known + 1)) can serve them, and tested (current) knows schema $known: there would be no way back"
  nothing_has_changed
  printf 'user %d %d\nhost 3 1\n' $((known + 2)) $((known + 1)) >"$prefix/data/schemas"
  deploy --now "$(a_release 1.1)"
  assert_failure 1
  assert_output --partial "release 1.1 knows users' files up to schema $known, and today's ask for a release that knows schema $((known + 1))"
  nothing_has_changed
}

@test "schema by schema goes well, and rollback refuses a release that today's files are too new for" {
  local one two known
  known_schema
  one=$(a_release 1.0)
  schemas "$one" $((known + 2)) 1
  deploy --now "$one"
  assert_success
  assert_equal "$(head -n 1 "$prefix/data/schemas")" "user $((known + 2)) 1"
  two=$(a_release 1.1)
  schemas "$two" $((known + 3)) $((known + 2))
  # The standby is still the release before that.
  deploy --now "$two"
  assert_failure 1
  assert_output --partial "tested (legacy) knows schema $known"
  echo changed >>"$one/htdocs/404.html"
  deploy --now "$one"
  assert_success
  assert_equal "$(readlink "$prefix/legacy")" releases/1.0
  deploy --now "$two"
  assert_success
  assert_equal "$(readlink "$prefix/previous")" releases/1.0.2
  # The one before that is two steps away.
  cp -a "$ARQ_RELEASE" "$prefix/releases/old"
  ln -sfn releases/old "$prefix/previous"
  run arqctl rollback
  assert_failure 1
  assert_output --partial "release old knows users' files up to schema $known, and today's ask for a release that knows schema $((known + 2))"
  assert_equal "$(current)" releases/1.1
}

@test "the last three stay, and none goes that a link leads to or that runs" {
  local version
  for version in 1.0 1.1 1.2; do
    deploy --now "$(a_release $version)"
    assert_success
  done
  assert_output --partial "Release tested is removed"
  assert_equal "$(names)" "1.0 1.1 1.2 "
  exec 5<"$prefix/releases/1.0/VERSION" # as a shell holds a script that it reads
  ln -sfn releases/1.1 "$prefix/canary"
  for version in 1.3 1.4; do
    deploy --now "$(a_release $version)"
    assert_success
  done
  assert_equal "$(names)" "1.0 1.1 1.2 1.3 1.4 "
  exec 5<&-
  rm "$prefix/canary"
  deploy --now "$(a_release 1.5)"
  assert_equal "$(names)" "1.3 1.4 1.5 "
}

@test "rollback with nothing running changes the links, and the next start serves" {
  deploy --now "$(a_release 1.0)"
  assert_success
  supervisor stop
  run arqctl rollback
  assert_success
  assert_output --partial "nothing runs"
  assert_equal "$(current)" releases/tested
  supervisor start
  assert_equal "$(programs)" "$prefix/releases/tested/bin/arq-worker"
}
