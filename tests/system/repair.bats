#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# arqctl user check and repair on a running installation.

bats_load_library bats-support
bats_load_library bats-assert
load support/stack

setup_file() {
  [ "$(id -u)" != 0 ] || skip "run by tests/system/run, as an ordinary user"
  prefix=$BATS_FILE_TMPDIR/arq
  export prefix
  url=$("$BATS_TEST_DIRNAME/support/stack" up "$ARQ_RELEASE" "$prefix")
  export url
}

teardown_file() {
  "$BATS_TEST_DIRNAME/support/stack" down "$prefix"
}

# file_of USER: where a server's user has theirs, as the tool itself tells.
file_of() { arqctl user check --name "$1" | sed 's/ is whole$//'; }
# talk USER N: a short life, all of it folded into the file.
talk() {
  local number
  for ((number = 1; number <= $2; number++)); do
    say_as "$1" "lighthouse number $number" "id-$number"
    assert_equal "$status" 200
  done
  sqlite3 "$(file_of "$1")" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
}
# damage FILE PAGE N: overwrites N pages.
damage() { head -c $(($3 * 1024)) /dev/zero | tr '\0' x | dd of="$1" bs=1024 seek="$2" conv=notrunc status=none; }
pages_of() { echo $(($(stat -c %s "$1") / 1024)); }

@test "a wrong call ends with 2, a user without a file with 1" {
  run arqctl user
  assert_failure 2
  run arqctl user repair
  assert_failure 2
  run arqctl user check --all --name anna
  assert_failure 2
  run arqctl user repair nobody.sqlite3
  assert_failure 2
  run arqctl user repair /etc/00112233445566778899aabbccddeeff.sqlite3
  assert_failure 1
  assert_output --partial "no file of this installation"
  run arqctl user check --name nobody
  assert_failure 1
  run arqctl user repair --name nobody
  assert_failure 1
  assert_output --partial "this user has no file"
  run arqctl user --help
  assert_success
}

@test "a damaged file is named by the log and by check, repaired under running workers, and talked with on" {
  talk anna 40
  talk boris 3
  run arqctl user check --all
  assert_success
  assert_output "2 of 2 files are whole"
  local file
  file=$(file_of anna)
  damage "$file" $(($(pages_of "$file") / 2)) 2
  run arqctl user check --all
  assert_failure 1
  assert_line --partial "$file is damaged: "
  assert_line "1 of 2 files are whole"

  run arqctl user repair "$file"
  assert_success
  assert_line --regexp "recovered: 1 session, [0-9]+ messages, [0-9]+ memor(y|ies)"
  local kept
  kept=$(sed -n 's/^the damaged file is kept: //p' <<<"$output")
  [ -s "$kept" ]
  run arqctl user check --all
  assert_success
  assert_output "2 of 2 files are whole"
  say_as anna "lighthouse number 1" id-1
  assert_equal "$(header Idempotent-Replay)" true
  say_as anna "Remember that my code is zanzibar"
  say_as anna "What is my code?"
  json it.reply.text | grep -q zanzibar
  run arqctl user repair "$(basename "$file" .sqlite3)"
  assert_success
  assert_output --partial "is whole: nothing was changed"

  fetch -X DELETE -H "Authorization: Bearer $(server_key)" -H "X-ARQ-User: anna" /api/user
  assert_equal "$status" 204
  [ ! -e "$kept" ]
}

@test "of a file without anything its user begins anew only when told to, and the log says how" {
  talk clara 3
  local file
  file=$(file_of clara)
  supervisor restart
  : >"$file"
  say_as clara "hello"
  error_is 503 storage_error storage_damaged
  cat "$prefix"/log/*.log | grep -qF "arqctl user repair $file"
  run arqctl user repair --name clara
  assert_failure 1
  assert_output --partial "--fresh"
  [ ! -s "$file" ]
  run arqctl user repair --name clara --fresh
  assert_success
  say_as clara "hello again"
  assert_equal "$status" 200
}

# Each killed a bit later: the file is the damaged one or the repaired one, and the next repair is a whole one.
@test "a repair that is killed loses nothing" {
  talk dora 60
  local file number
  file=$(file_of dora)
  cp "$file" "$BATS_TEST_TMPDIR/whole"
  damage "$file" $(($(pages_of "$file") / 2)) 1
  for number in {02..99}; do
    ! timeout -s KILL "0.0$number" "$prefix/current/bin/arqctl" --prefix "$prefix" user repair "$file" >/dev/null || break
  done
  echo "# the first repair that came to its end had 0.0$number s" >&3
  arqctl user repair "$file"
  arqctl user check "$file"
  # What was there before is there.
  run sqlite3 "$file" "ATTACH '$BATS_TEST_TMPDIR/whole' AS whole;
    SELECT count(*) > 100, count(*) = sum(EXISTS (SELECT 1 FROM whole.messages w WHERE w.id = m.id AND w.text = m.text))
    FROM main.messages m"
  assert_output "1|1"
  say_as dora "goes on"
  assert_equal "$status" 200
}

@test "repaired under load: what was acknowledged while it ran is there" {
  talk load-0 40
  local file
  file=$(file_of load-0)
  damage "$file" $(($(pages_of "$file") / 2)) 1
  (
    exec 3>&-
    sleep 1
    arqctl user repair "$file" >"$BATS_TEST_TMPDIR/repair" 2>&1 || echo failed >>"$BATS_TEST_TMPDIR/repair"
  ) &
  local number
  for ((number = 1; number <= 300; number++)); do
    say_as load-0 "under load $number" "load-$number"
    [ "$status" != 200 ] || echo "load-$number" >>"$BATS_TEST_TMPDIR/acknowledged"
  done
  wait
  run cat "$BATS_TEST_TMPDIR/repair"
  assert_output --partial "recovered: 1 session"
  refute_output --partial failed
  arqctl user check "$file"
  local lost
  lost=$(sqlite3 "$file" "SELECT client_id FROM messages WHERE client_id IS NOT NULL" | sort | comm -13 - <(sort "$BATS_TEST_TMPDIR/acknowledged") | wc -l)
  assert_equal "$lost" 0
}
