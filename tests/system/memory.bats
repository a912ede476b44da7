#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The memory's routes through a real nginx: written, forgotten, taken out as a whole and in again.

bats_load_library bats-support
bats_load_library bats-assert
bats_require_minimum_version 1.5.0
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

# as USER [CURL-OPTION...] PATH
as() { fetch -H "Authorization: Bearer $(server_key)" -H "X-ARQ-User: $1" "${@:2}"; }

@test "a memory is written, searched, changed, forgotten, and found nowhere below data" {
  local id
  as anna -H 'Content-Type: application/json' -d '{"text": "the password is heliotrope"}' /api/memory
  assert_equal "$status" 201
  id=$(json it.id)
  as anna '/api/memory?query=password'
  assert_equal "$(json 'it.memories[0].id')" "$id"
  as anna -X PATCH -H 'Content-Type: application/json' -d '{"text": "the password is malachite"}' "/api/memory/$id"
  assert_equal "$status" 200
  as anna "/api/memory/$id/history"
  assert_equal "$(json 'it.history[0].text')" 'the password is heliotrope'
  grep -qr heliotrop "$prefix/data"
  as anna -X DELETE "/api/memory/$id"
  assert_equal "$status" 204
  as anna -X DELETE "/api/memory/$id"
  error_is 404 invalid_request_error memory_not_found
  run ! grep -qrE 'heliotrop|malachit' "$prefix/data"
  as anna /api/topics/nothing/messages
  error_is 404 invalid_request_error topic_not_found
}

@test "what a user has is exported as a whole and imported elsewhere, once" {
  local i lines session
  for i in {1..5}; do say_as berta "the boat number$i sails"; done
  say_as berta "Remember that my gate is cobalt"
  # Longer than what a worker takes in its memory.
  head -c 30000 /dev/zero | tr '\0' a >"$BATS_TEST_TMPDIR/a"
  for i in {1..12}; do say_as berta "$(cat "$BATS_TEST_TMPDIR/a") $i"; done
  as berta /api/export
  assert_equal "$status" 200
  assert_equal "$(header Content-Type)" application/x-ndjson
  cp "$BATS_TEST_TMPDIR/body" "$BATS_TEST_TMPDIR/exported"
  [ "$(wc -c <"$BATS_TEST_TMPDIR/exported")" -gt "$(arqctl config get limits.body_bytes)" ]
  lines=$(wc -l <"$BATS_TEST_TMPDIR/exported")
  as carla -H 'Content-Type: application/x-ndjson' --data-binary "@$BATS_TEST_TMPDIR/exported" /api/import
  assert_equal "$status" 200
  assert_equal "$(json it.imported)" "$((lines - 1))"
  as carla -H 'Content-Type: application/x-ndjson' --data-binary "@$BATS_TEST_TMPDIR/exported" /api/import
  assert_equal "$(json 'it.imported + " " + it.existing')" "0 $((lines - 1))"
  as carla /api/export
  diff <(tail -n +2 "$BATS_TEST_TMPDIR/exported") <(tail -n +2 "$BATS_TEST_TMPDIR/body")
  as carla '/api/memory?query=gate'
  assert_equal "$(json 'it.memories[0].text')" 'my gate is cobalt'
  as berta /api/sessions
  session=$(json 'it.sessions[0].id')
  as carla /api/sessions
  assert_equal "$(json 'it.sessions[0].id')" "$session"
  # Nothing of the body is left behind.
  [ -z "$(find "$prefix/data" -name 'body-*')" ]
}

@test "an import that is too long, or wrong in one line, changes nothing" {
  sed -i '0,/{/s|{|{ "limits": {"import_bytes": 300000},|;' "$prefix/etc/arq.json"
  arqctl restart
  as dora -H 'Content-Type: application/x-ndjson' -d '{"type":"header","format":"arq","version":1}
{"type":"rumour"}' /api/import
  error_is 400 invalid_request_error invalid_value
  as dora -H 'Content-Type: application/json' -d '{}' /api/import
  error_is 415 invalid_request_error unsupported_media_type
  head -c 300001 /dev/zero >"$BATS_TEST_TMPDIR/long"
  as dora -H 'Content-Type: application/x-ndjson' --data-binary "@$BATS_TEST_TMPDIR/long" /api/import
  error_is 413 invalid_request_error body_too_large
  as dora /api/sessions
  assert_equal "$(json it.sessions.length)" 0
}
