#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The stack with its data on a file system behind FUSE, as sshfs or GlusterFS would have it.

bats_load_library bats-support
bats_load_library bats-assert
load support/stack

setup_file() {
  [ "$(id -u)" != 0 ] || skip "run by tests/system/run, as an ordinary user"
  [ -w /dev/fuse ] || skip "this machine lends no /dev/fuse"
  prefix=$BATS_FILE_TMPDIR/arq
  kept=$BATS_FILE_TMPDIR/kept
  mkdir -p "$prefix/data" "$kept"
  bindfs --no-allow-other "$kept" "$prefix/data"
  export prefix kept
  url=$("$BATS_TEST_DIRNAME/support/stack" up "$ARQ_RELEASE" "$prefix")
  export url
}

teardown_file() {
  [ -n "${prefix:-}" ] || return 0
  "$BATS_TEST_DIRNAME/support/stack" down "$prefix"
  fusermount3 -u "$prefix/data"
}

log_has() { cat "$prefix"/log/*.log | grep -qF -- "$1"; }
kinds_of_files() { find "$kept/users" -type f -name '*sqlite3*' | sed 's/.*\.sqlite3//' | sort -u; }

@test "each worker says once that it uses a rollback journal, and why" {
  log_has "rollback journal: data/users lies on fuse"
  assert_equal "$(cat "$prefix"/log/*.log | grep -c "rollback journal: ")" 3
}

@test "workers killed under load lose and double nothing, and no memory is shared" {
  (
    exec 3>&-
    for number in 1 2 3 4; do
      sleep 0.7
      kill -KILL "$(cat "$prefix/run/worker-$((number % 2 + 1)).pid")"
    done
  ) &
  run "$ARQ_LOAD" --url "$url" --connections 8 --seconds 4 --users 20 --key "$(server_key)"
  wait
  assert_success
  echo "# $output" >&3
  # Nothing but the users' files: no log, no shared memory, and no journal once nobody writes.
  assert_equal "$(kinds_of_files)" ""
  local file
  for file in "$kept"/users/*/*/*.sqlite3; do
    assert_equal "$(sqlite3 "$file" 'PRAGMA integrity_check; PRAGMA journal_mode')" "ok"$'\n'"delete"
  done
}

@test "a message sent again gets the same answer, and a user who is deleted leaves no word" {
  say_as anna "Remember that my code is zanzibar" first
  assert_equal "$status" 200
  local reply
  reply=$(json it.reply.id)
  say_as anna "Remember that my code is zanzibar" first
  assert_equal "$(json it.reply.id)" "$reply"
  assert_equal "$(header Idempotent-Replay)" true
  grep -rqF zanzibar "$kept"
  fetch -X DELETE -H "Authorization: Bearer $(server_key)" -H "X-ARQ-User: anna" /api/user
  assert_equal "$status" 204
  run grep -rlF zanzibar "$kept"
  assert_failure
}

@test "set to a write-ahead log all the same, files are converted without a failed request" {
  sed -i 's/^{$/{ "store": {"journal": "wal"},/' "$prefix/etc/arq.json"
  say_as boris "My name is Boris"
  (
    exec 3>&-
    sleep 1
    arqctl restart 2>"$BATS_TEST_TMPDIR/restarted" || echo failed >>"$BATS_TEST_TMPDIR/restarted"
  ) &
  run "$ARQ_LOAD" --url "$url" --connections 8 --seconds 4 --users 20 --key "$(server_key)"
  wait
  assert_success
  run cat "$BATS_TEST_TMPDIR/restarted"
  refute_output --partial failed
  log_has "where it may damage them"
  say_as boris "What is my name?"
  assert_equal "$(json it.reply.text)" "Your name is Boris."
}
