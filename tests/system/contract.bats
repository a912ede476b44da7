#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The contract through a real nginx: what a client may send wrongly, each with its error and nothing
# stored; deletion, keys, rotation; who is believed.

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

count_files() { find "$prefix/data/users" -name '*.sqlite3' | wc -l; }
count_messages() { find "$prefix/data/users" -name '*.sqlite3' -exec sqlite3 {} 'SELECT count(*) FROM messages' \; | awk '{ n += $1 } END { print n + 0 }'; }

post() { fetch -H 'Content-Type: application/json' "$@" /api/message; }

# post_raw BODY [HEADER-LINE...]: a POST as nobody, with a Content-Length of its own unless one is given.
post_raw() {
  local sent=$1 lines=
  shift
  local line
  for line; do lines+="$line\r\n"; done
  raw "POST /api/message HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n$lines\r\n$sent"
}

@test "what is no valid message gets its error and stores nothing" {
  local files
  files=$(count_files)
  post -d 'not json'
  error_is 400 invalid_request_error invalid_json
  post -d ''
  error_is 400 invalid_request_error invalid_json
  post -d "{\"message\": $(printf '[%.0s' {1..100})$(printf ']%.0s' {1..100})}"
  error_is 400 invalid_request_error invalid_json
  post -d '{"message": "a", "message": "b"}'
  error_is 400 invalid_request_error duplicate_field
  post -d '{}'
  error_is 400 invalid_request_error missing_field
  post -d '{"message": "a", "colour": "red"}'
  error_is 400 invalid_request_error unknown_field
  post -d '{"message": 1e999}'
  assert_equal "$status" 400
  post -d '{"message": "\ud800"}'
  error_is 400 invalid_request_error invalid_value
  post -d '{"message": "\u0000"}'
  error_is 400 invalid_request_error invalid_value
  post --data-binary $'{"message": "\xc0\xaf"}'
  error_is 400 invalid_request_error invalid_value
  post -d '{"message": "a", "isolated": true}'
  error_is 400 invalid_request_error conflicting_values
  fetch -H 'Content-Type: text/plain' -d '{"message": "a"}' /api/message
  error_is 415 invalid_request_error unsupported_media_type
  fetch -X DELETE /api/message
  error_is 405 invalid_request_error method_not_allowed
  assert_equal "$(header Allow)" POST
  assert_equal "$(count_files)" "$files"
}

@test "a body shorter or longer than it says, or without a length" {
  local before
  before=$(count_messages)
  # Without a length HTTP knows no body. (Over FastCGI there can be one: 411, tests/integration.)
  post_raw ''
  error_is 400 invalid_request_error invalid_json
  post_raw '{"message": "hi"}' 'Content-Length: seventeen'
  error_is 400 invalid_request_error bad_request
  post_raw '{"message": "hi"}' 'Content-Length: 17' 'Content-Length: 18'
  assert_equal "$status" 400
  # Longer: the rest is another request, which is none.
  post_raw '{"message": "hi"} and more' 'Content-Length: 5'
  assert_equal "$status" 400
  # Shorter: the client hangs up before it has sent what it announced.
  node -e '
    const socket = require("net").connect(Number(process.argv[1]), "127.0.0.1");
    socket.write("POST /api/message HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"message\": \"cut");
    setTimeout(() => socket.destroy(), 200);' "${url##*:}"
  sleep 0.3
  assert_equal "$(count_messages)" "$before"
}

@test "a chunked body is taken like any other" {
  post_raw '11\r\n{"message": "hi"}\r\n0\r\n\r\n' 'Transfer-Encoding: chunked'
  assert_equal "$status" 200
}

@test "a client that hangs up before the answer loses nothing: the same id gets it" {
  local key body='{"message": "Remember that I left early", "message_id": "left-early"}'
  key=$(server_key)
  node -e '
    const [port, key, body] = process.argv.slice(1);
    const socket = require("net").connect(Number(port), "127.0.0.1");
    socket.write(`POST /api/message HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer ${key}\r\nX-ARQ-User: leaver\r\nContent-Length: ${body.length}\r\n\r\n${body}`, () => socket.destroy());
  ' "${url##*:}" "$key" "$body"
  sleep 0.5
  fetch -H "Authorization: Bearer $key" -H 'X-ARQ-User: leaver' -H 'Content-Type: application/json' -d "$body" /api/message
  assert_equal "$status" 200
  get_as leaver /api/sessions
  assert_equal "$(json 'it.sessions[0].message_count')" 2
}

@test "headers at each limit are taken and over it refused" {
  local limit name
  limit=$(arqctl config get web.header_bytes)
  name='X-Long: '
  # One header line of exactly the limit, its line end included; then one more byte.
  fetch -H "$name$(printf 'x%.0s' $(seq $((limit - ${#name} - 2))))" /health
  assert_equal "$status" 200
  fetch -H "$name$(printf 'x%.0s' $(seq $((limit - ${#name} + 1))))" /health
  error_is 431 invalid_request_error headers_too_large
  # Five lines of nearly the limit are more than four buffers hold.
  fetch -H "A: $(printf 'x%.0s' $(seq $((limit - 100))))" -H "B: $(printf 'x%.0s' $(seq $((limit - 100))))" \
    -H "C: $(printf 'x%.0s' $(seq $((limit - 100))))" -H "D: $(printf 'x%.0s' $(seq $((limit - 100))))" \
    -H "E: $(printf 'x%.0s' $(seq $((limit - 100))))" /health
  error_is 431 invalid_request_error headers_too_large
  # It passes nginx: that there is no such parameter the worker says.
  fetch "/health?$(printf 'x%.0s' $(seq $((limit - 30))))"
  error_is 400 invalid_request_error unknown_field
  fetch "/health?$(printf 'x%.0s' $(seq "$limit"))"
  error_is 414 invalid_request_error uri_too_long
}

@test "a body at the limit is taken and over it refused" {
  local limit
  limit=$(arqctl config get limits.body_bytes)
  head -c "$limit" /dev/zero | tr '\0' ' ' >"$BATS_TEST_TMPDIR/blanks"
  post --data-binary "@$BATS_TEST_TMPDIR/blanks"
  error_is 400 invalid_request_error invalid_json
  printf ' ' >>"$BATS_TEST_TMPDIR/blanks"
  post --data-binary "@$BATS_TEST_TMPDIR/blanks"
  error_is 413 invalid_request_error body_too_large
}

@test "a user's name may be any text, and never becomes a path" {
  local name
  for name in '../../../etc/passwd' 'Анна ✓' 'a b' "quote'\"" '%00' '*'; do
    say_as "$name" "hello"
    assert_equal "$status" 200
  done
  say_as $'\xc0\xaf' "hello"
  error_is 400 invalid_request_error invalid_value
  say_as "$(printf 'x%.0s' {1..129})" "hello"
  error_is 400 invalid_request_error invalid_value
  fetch -H "Authorization: Bearer $(server_key)" /api/sessions
  error_is 400 invalid_request_error user_required
  # Nothing but hashes below data/users.
  [ -z "$(find "$prefix/data/users" -type f | grep -vE '/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{32}\.sqlite3(-wal|-shm)?$' | grep -vE '/\.(lock|open)$')" ]
}

@test "what is deleted is found nowhere below data" {
  local session
  say_as deleter "Remember that the password is heliotrope"
  session=$(json it.session_id)
  for _ in {1..20}; do say_as deleter "heliotrope again $RANDOM"; done
  grep -qr heliotrop "$prefix/data"
  fetch -X DELETE -H "Authorization: Bearer $(server_key)" -H 'X-ARQ-User: deleter' "/api/sessions/$session"
  assert_equal "$status" 204
  fetch -X DELETE -H "Authorization: Bearer $(server_key)" -H 'X-ARQ-User: deleter' "/api/sessions/$session"
  error_is 404 invalid_request_error session_not_found
  say_as deleter "What is the password?"
  [[ $(json it.reply.text) == *heliotrope* ]] # what it taught stays
  fetch -X DELETE -H "Authorization: Bearer $(server_key)" -H 'X-ARQ-User: deleter' /api/user
  assert_equal "$status" 204
  fetch -X DELETE -H "Authorization: Bearer $(server_key)" -H 'X-ARQ-User: deleter' /api/user
  assert_equal "$status" 204
  run ! grep -qr heliotrop "$prefix/data"
}

@test "a revoked key is refused within a second, and the list never shows a key" {
  local key id
  key=$(arqctl key add --role server --name leaked)
  fetch -H "Authorization: Bearer $key" -H 'X-ARQ-User: a' /api/sessions
  assert_equal "$status" 200
  run arqctl key list
  assert_output --partial leaked
  refute_output --partial "$key"
  arqctl key revoke leaked
  fetch -H "Authorization: Bearer $key" -H 'X-ARQ-User: a' /api/sessions
  error_is 401 authentication_error invalid_key
  run -1 arqctl key revoke leaked
  key=$(arqctl key add --role admin --name boss)
  fetch -H "Authorization: Bearer $key" -H 'X-ARQ-User: a' /api/sessions
  error_is 403 permission_error forbidden
  arqctl key add --role server --name twin >/dev/null
  arqctl key add --role server --name twin >/dev/null
  run -1 arqctl key revoke twin
  assert_output --partial 'by its id'
}

@test "a rotated secret logs nobody out and needs no restart" {
  local jar="$BATS_TEST_TMPDIR/jar"
  fetch -c "$jar" -X POST /api/visitor
  assert_equal "$status" 204
  arqctl secret rotate
  for _ in {1..10}; do
    fetch -b "$jar" /api/sessions
    assert_equal "$status" 200
  done
  fetch -c "$jar" -X POST /api/visitor
  for _ in {1..10}; do
    fetch -b "$jar" /api/sessions
    assert_equal "$status" 200
  done
  fetch -H 'X-ARQ-Visitor: v1.forged.1.AAAA' /api/sessions
  error_is 401 authentication_error invalid_visitor
}

@test "forwarding headers are believed of trusted proxies alone" {
  fetch -X POST -H 'X-Forwarded-Proto: https' /api/visitor
  [[ $(header Set-Cookie) != *Secure* ]]
  sed -i '0,/{/s|{|{ "access": {"trusted_proxies": ["127.0.0.1"]},|;' "$prefix/etc/arq.json"
  arqctl restart
  fetch -X POST -H 'X-Forwarded-Proto: https' /api/visitor
  [[ $(header Set-Cookie) == *Secure* ]]
  fetch -H 'X-Forwarded-For: 203.0.113.7' /health
  tail -n 1 "$prefix/log/nginx-access.log" | grep -q '^203.0.113.7 '
}

@test "pages of other sites get nothing unless their origin is named" {
  fetch -X POST -H 'Origin: https://shop.example' -H 'Sec-Fetch-Site: cross-site' /api/visitor
  error_is 403 permission_error forbidden
  sed -i 's|"trusted_proxies"|"allowed_origins": ["https://shop.example"], "trusted_proxies"|' "$prefix/etc/arq.json"
  arqctl restart
  fetch -X OPTIONS -H 'Origin: https://shop.example' -H 'Access-Control-Request-Method: POST' /api/message
  assert_equal "$status" 204
  assert_equal "$(header Access-Control-Allow-Origin)" https://shop.example
  fetch -X POST -H 'Origin: https://shop.example' -H 'Sec-Fetch-Site: cross-site' -H 'X-ARQ-Visitor: new' /api/visitor
  assert_equal "$status" 200
}
