#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What becomes of a damaged file: its user gets an error that says so, everybody else is served, and the file stays
# as it is, byte for byte, for whoever is to mend it. None is ever begun afresh in silence.
#
# condition of the user's file    answer to its user       what is true then
# header overwritten              503 storage_damaged      the file's checksum, kind and mode are what they were;
# a page in the middle            503 storage_damaged      another user is answered; no worker died;
# truncated to half               503 storage_damaged      the user's file put back, all is there again, without
# emptied                         503 storage_damaged      a restart
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
page_in_the_middle_overwritten() { overwrite "$1" 1024 "$(($(pages_of "$1") / 2))" 1; }
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

# damaged_by HOW CODE
damaged_by() {
  local user=user-$1 file number before
  say_as "$user" "I am $user"
  for number in {1..60}; do say_as "$user" "This is what I had to say the time number $number"; done
  assert_equal "$status" 200
  say_as neighbour "I am neighbour"
  supervisor stop
  file=$(file_of "$user")
  [ -n "$file" ]
  cp "$file" "$BATS_TEST_TMPDIR/good"
  "$1" "$file"
  before=$(state_of "$file")
  supervisor start

  get_as "$user" /api/sessions
  local sessions_status=$status
  [ "$1" = page_in_the_middle_overwritten ] || error_is 503 storage_error "$2"
  local round
  for round in 1 2; do
    say_as "$user" "Do you still know me?"
    [ "$1" = page_in_the_middle_overwritten ] || error_is 503 storage_error "$2"
    assert_equal "$(header Retry-After)" ""
  done
  say_as neighbour "And me?"
  assert_equal "$status" 200
  get_as neighbour /api/sessions
  assert_equal "$(json it.sessions.length)" 1
  grep -q "$(basename "$file")" "$prefix/log/worker.log"
  assert_equal "$(cat "$prefix"/run/worker-?.restarts | tr '\n' ' ')" "0 0 "
  echo "# $1 $sessions_status $status" >&3
  assert_equal "$(state_of "$file")" "$before"

  rm -rf "$file" && mv "$BATS_TEST_TMPDIR/good" "$file"
  say_as "$user" "Now?"
  assert_equal "$status" 200
  get_as "$user" /api/sessions
  assert_equal "$(json 'it.sessions[0].message_count')" 124
}
@test "header overwritten" { damaged_by header_overwritten storage_damaged; }
@test "a page in the middle overwritten" { damaged_by page_in_the_middle_overwritten storage_damaged; }
@test "truncated to half" { damaged_by truncated_to_half storage_damaged; }
@test "emptied" { damaged_by emptied storage_damaged; }
@test "a folder in its place" { damaged_by folder_in_its_place storage_damaged; }
@test "a link to another's file" { damaged_by link_to_anothers_file storage_damaged; }
@test "a link to nowhere" { damaged_by link_to_nowhere storage_damaged; }
@test "a pipe in its place" { damaged_by pipe_in_its_place storage_damaged; }
@test "mode 000" { damaged_by unreadable storage_read_only; }
