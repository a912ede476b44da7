#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What becomes of a damaged file: its user gets an error that says so, everybody else is served, and the file stays
# as it is, byte for byte, for whoever is to mend it. None is ever begun afresh in silence.
#
# condition of the user's file    answer to its user       what is true then
# header overwritten              503 storage_damaged      the file's checksum, kind and mode are what they were;
# a page with messages            503 storage_damaged      another user is answered; no worker died; the log names
#                                 to who reads them        the file; put back, all is there again, without a restart
# truncated to half               503 storage_damaged      (but for a file that was damaged while it was open)
# emptied                         503 storage_damaged
# a folder in its place           503 storage_damaged
# a link to another's file        503 storage_damaged
# a link to nowhere               503 storage_damaged
# a pipe in its place             503 storage_damaged
# mode 000                        503 storage_read_only
#
# data/host.sqlite3 damaged, empty, missing: 503 storage_damaged to callers with a key; visitors are served, also by
# a pool started like this; put back, the keys are valid again without a restart.

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

teardown_file() {
  stack down "$prefix"
}

overwrite() { dd if=/dev/urandom of="$1" bs="$2" seek="$3" count="$4" conv=notrunc status=none; }
pages_of() { echo $(($(stat -c %s "$1") / 1024)); }

header_overwritten() { overwrite "$1" 100 0 1; }
# One that holds messages, so that it is read when they are listed.
page_of_messages_overwritten() {
  local page
  page=$(sqlite3 -readonly "$1" "SELECT pageno FROM dbstat WHERE name = 'messages' AND pagetype = 'leaf' ORDER BY pageno LIMIT 1 OFFSET 3")
  overwrite "$1" 1024 "$((page - 1))" 1
}
truncated_to_half() { truncate -s "$(($(pages_of "$1") / 2 * 1024))" "$1"; }
emptied() { : >"$1"; }
folder_in_its_place() { rm "$1" && mkdir "$1"; }
link_to_anothers_file() { ln -sf "$(file_of neighbour)" "$1"; }
link_to_nowhere() { ln -sf nowhere "$1"; }
pipe_in_its_place() { rm "$1" && mkfifo "$1"; }
unreadable() { chmod 000 "$1"; }

# file_of USER: the name is a keyed hash, so it is found by what was said.
file_of() {
  local file
  for file in "$prefix"/data/users/??/??/*.sqlite3; do
    [ -f "$file" ] && [ -r "$file" ] || continue
    if [ -n "$(sqlite3 -readonly "$file" "SELECT 1 FROM messages WHERE text = 'I am $1' LIMIT 1" 2>/dev/null)" ]; then echo "$file"; fi
  done
}

# All that can be seen of it from outside, but for the times.
state_of() {
  stat -c '%F %a %s %N' "$1"
  [ ! -f "$1" ] || [ ! -r "$1" ] || sha256sum <"$1"
}

# refused WHAT CODE: what the user asks for.
refused() {
  case $1 in
    say) say_as "$user" "Do you still know me?" ;;
    *) get_as "$user" "$1" ;;
  esac
  error_is 503 storage_error "$2"
  assert_equal "$(header Retry-After)" ""
}

make_user() {
  local number
  user=user-$1
  say_as "$user" "I am $user"
  session=$(json it.session_id)
  for number in {1..40}; do say_as "$user" "This is what I had to say the time number $number"; done
  assert_equal "$status" 200
  say_as neighbour "I am neighbour"
  supervisor stop
  file=$(file_of "$user")
  [ -n "$file" ]
  cp "$file" "$BATS_TEST_TMPDIR/good"
  "$1" "$file"
  before=$(state_of "$file")
  [ "$before" != "$(state_of "$BATS_TEST_TMPDIR/good")" ]
  supervisor start
}

others_are_served() {
  say_as neighbour "And me?"
  assert_equal "$status" 200
  get_as neighbour /api/sessions
  assert_equal "$(json it.sessions.length)" 1
  say_as "newcomer after $user" "And me?"
  assert_equal "$status" 200
  assert_equal "$(cat "$prefix"/run/worker-?.restarts | tr '\n' ' ')" "0 0 "
}

# damaged_by HOW CODE
damaged_by() {
  local user session file before
  make_user "$1"
  refused say "$2"
  refused /api/sessions "$2"
  refused "/api/sessions/$session/messages" "$2"
  refused say "$2"
  others_are_served
  assert_equal "$(state_of "$file")" "$before"
  grep -q "$(basename "$file")" "$prefix/log/worker.log" || [ "$2" = storage_read_only ]
  put_back
}

put_back() {
  chmod 700 "$file" 2>/dev/null || true
  rm -rf "$file" && mv "$BATS_TEST_TMPDIR/good" "$file"
  say_as "$user" "Now?"
  assert_equal "$status" 200
  get_as "$user" /api/sessions
  assert_equal "$(json 'it.sessions[0].message_count')" 84
}

@test "header overwritten: 503 storage_damaged" { damaged_by header_overwritten storage_damaged; }
@test "truncated to half: 503 storage_damaged" { damaged_by truncated_to_half storage_damaged; }
@test "emptied: 503 storage_damaged" { damaged_by emptied storage_damaged; }
@test "a folder in its place: 503 storage_damaged" { damaged_by folder_in_its_place storage_damaged; }
@test "a link to another's file: 503 storage_damaged" { damaged_by link_to_anothers_file storage_damaged; }
@test "a link to nowhere: 503 storage_damaged" { damaged_by link_to_nowhere storage_damaged; }
@test "a pipe in its place: 503 storage_damaged" { damaged_by pipe_in_its_place storage_damaged; }
@test "mode 000: 503 storage_read_only" { damaged_by unreadable storage_read_only; }

@test "a page with messages overwritten: 503 storage_damaged to who reads it" {
  local user session file before
  make_user page_of_messages_overwritten
  refused "/api/sessions/$session/messages?limit=200" storage_damaged
  refused "/api/sessions/$session/messages?limit=200" storage_damaged
  others_are_served
  assert_equal "$(state_of "$file")" "$before"
  grep -q "$(basename "$file")" "$prefix/log/worker.log"
  # A worker may have the damaged file open still.
  supervisor restart
  put_back
}

# keys_damaged_by HOW
keys_damaged_by() {
  local jar=$BATS_TEST_TMPDIR/jar host=$prefix/data/host.sqlite3 before
  say_as somebody "Hello"
  assert_equal "$status" 200
  supervisor stop
  cp "$host" "$BATS_TEST_TMPDIR/good"
  "$1" "$host"
  before=$(state_of "$host" 2>&1)
  supervisor start
  for _ in 1 2; do
    say_as somebody "Hello"
    error_is 503 storage_error storage_damaged
    [[ $(json it.error.message) == *keys* ]]
  done
  fetch -c "$jar" -H 'Content-Type: application/json' -d '{"message": "My name is Ottilie"}' /api/message
  assert_equal "$status" 200
  fetch -b "$jar" /api/sessions
  assert_equal "$(json it.sessions.length)" 1
  fetch /health
  assert_equal "$status" 200
  run arqctl key list
  assert_failure 1
  assert_output --partial "host.sqlite3"
  run arqctl key add --role server --name another
  assert_failure 1
  assert_equal "$(state_of "$host" 2>&1)" "$before"
  grep -q "host.sqlite3" "$prefix/log/worker.log"
  mv "$BATS_TEST_TMPDIR/good" "$host"
  say_as somebody "Hello"
  assert_equal "$status" 200
  assert_equal "$(cat "$prefix"/run/worker-?.restarts | tr '\n' ' ')" "0 0 "
}

missing() { rm "$1"; }

@test "the keys' file overwritten: 503 storage_damaged with a key, visitors are served" { keys_damaged_by header_overwritten; }
@test "the keys' file emptied: 503 storage_damaged with a key, visitors are served" { keys_damaged_by emptied; }
@test "the keys' file missing: 503 storage_damaged with a key, visitors are served" { keys_damaged_by missing; }
