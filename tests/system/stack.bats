#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The whole stack: a release, its supervisor, its workers and a real nginx, all run by an ordinary
# user. Its folder is deeper than a socket's address is long.

bats_load_library bats-support
bats_load_library bats-assert
load support/stack

setup_file() {
  [ "$(id -u)" != 0 ] || skip "run by tests/system/run, as an ordinary user"
  prefix=$BATS_FILE_TMPDIR/$(printf 'deep%.0s' {1..30})/arq
  export prefix
  url=$("$BATS_TEST_DIRNAME/support/stack" up "$ARQ_RELEASE" "$prefix")
  export url
}

teardown_file() {
  "$BATS_TEST_DIRNAME/support/stack" down "$prefix"
}

@test "the page comes with its policy, an etag and its own request id" {
  fetch /
  assert_equal "$status" 200
  assert_equal "$(header Content-Security-Policy)" "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; manifest-src 'self'"
  assert_equal "$(header X-Content-Type-Options)" nosniff
  assert_equal "$(header Cache-Control)" no-cache
  assert_equal "$(header Server)" nginx
  [ "$(header X-Request-Id | wc -l)" = 1 ]
  local etag
  etag=$(header ETag)
  fetch -H "If-None-Match: $etag" /
  assert_equal "$status" 304
}

@test "style sheets and scripts may be kept for a while and come compressed" {
  fetch -H 'Accept-Encoding: gzip' /css/theme.css
  assert_equal "$status" 200
  assert_equal "$(header Cache-Control)" "public, max-age=300"
  assert_equal "$(header Content-Encoding)" gzip
  fetch /js/main.js
  assert_equal "$(header Content-Type)" "text/javascript; charset=utf-8"
}

@test "for people, what is not there is a small page" {
  local path
  for path in /nothing /css/ /.git/config /js/.x /404.html /arq-error/internal '/%2e%2e/etc/arq.json'; do
    fetch "$path"
    [ "$status" = 404 ] || [ "$status" = 400 ]
    [ "$status" != 404 ] || assert_equal "$(header Content-Type)" "text/html; charset=utf-8"
    [ "$(header X-Request-Id | wc -l)" = 1 ]
  done
  fetch -X POST /
  assert_equal "$status" 405
  assert_equal "$(header Content-Type)" "text/html; charset=utf-8"
}

@test "health is well and needs no key" {
  fetch /health
  assert_equal "$status" 200
  assert_equal "$(json it.status)" ok
  assert_equal "$(json it.workers.configured)" 2
  fetch /health/live
  assert_equal "$status" 200
  fetch /health/ready
  assert_equal "$status" 200
  fetch -I /health
  assert_equal "$status" 200
}

@test "a message from nobody makes a visitor, who finds it again" {
  local jar="$BATS_TEST_TMPDIR/jar"
  fetch -c "$jar" -H 'Content-Type: application/json' -d '{"message": "Remember that I like green tea"}' /api/message
  assert_equal "$status" 200
  assert_equal "$(json 'it.visitor === undefined')" true
  header Set-Cookie | grep -q '^arq_visitor=v1\..*HttpOnly.*SameSite=Lax'
  local session
  session=$(json it.session_id)
  fetch -b "$jar" /api/sessions
  assert_equal "$(json 'it.sessions.map((s) => s.id).join()')" "$session"
  fetch -b "$jar" "/api/sessions/$session/messages"
  assert_equal "$(json 'it.messages.map((m) => m.role).join()')" user,assistant
  assert_equal "$(json 'it.messages[0].text')" "Remember that I like green tea"
}

@test "what was said is still known after stop and start" {
  say_as keeper "My name is Ottilie"
  assert_equal "$status" 200
  local session
  session=$(json it.session_id)
  supervisor stop
  supervisor start
  say_as keeper "What is my name?"
  assert_equal "$status" 200
  [[ $(json it.reply.text) == *Ottilie* ]]
  get_as keeper "/api/sessions/$session/messages"
  [ "$(json it.messages.length)" -ge 2 ]
}

@test "another user's session is not found, and nobody's is not shown" {
  say_as alice "A secret of mine"
  local session
  session=$(json it.session_id)
  get_as bob "/api/sessions/$session"
  error_is 404 invalid_request_error session_not_found
  get_as bob "/api/sessions/$session/messages"
  error_is 404 invalid_request_error session_not_found
  get_as alice "/api/sessions/$session"
  assert_equal "$status" 200
  fetch "/api/sessions/$session"
  error_is 401 authentication_error credentials_required
  assert_equal "$(header WWW-Authenticate)" Bearer
}

@test "the same message id from 32 clients at once is one message" {
  say_as crowd "hello"
  local session client
  session=$(json it.session_id)
  for client in {1..32}; do
    curl --silent --noproxy '*' --max-time 30 -H "Authorization: Bearer $(server_key)" -H 'X-ARQ-User: crowd' \
      -H 'Content-Type: application/json' -d '{"message": "once", "message_id": "same-for-all"}' \
      "$url/api/message" >"$BATS_TEST_TMPDIR/answer.$client" &
  done
  wait
  assert_equal "$(cat "$BATS_TEST_TMPDIR"/answer.* | grep -o '"reply":{"id":"[^"]*"' | sort | uniq -c | awk '{print $1}')" 32
  get_as crowd "/api/sessions/$session/messages"
  assert_equal "$(json 'it.messages.filter((m) => m.text === "once").length')" 1
}

@test "unknown paths of the API are errors in the contract's shape" {
  local path
  for path in /api/nothing /api /api/ /v1/nothing /v1; do
    fetch "$path"
    error_is 404 invalid_request_error not_found
  done
}

@test "a body that is too large is refused in that shape, sent whole or in chunks" {
  head -c 300000 /dev/zero | tr '\0' x >"$BATS_TEST_TMPDIR/large"
  fetch -H 'Content-Type: application/json' --data-binary "@$BATS_TEST_TMPDIR/large" /api/message
  error_is 413 invalid_request_error body_too_large
  fetch -H 'Content-Type: application/json' -H 'Transfer-Encoding: chunked' --data-binary "@$BATS_TEST_TMPDIR/large" /api/message
  error_is 413 invalid_request_error body_too_large
}

@test "a body of 200 kB passes nginx whole" {
  { printf '{"message": "'; head -c 200000 /dev/zero | tr '\0' x; printf '"}'; } >"$BATS_TEST_TMPDIR/large"
  fetch -H 'Content-Type: application/json' --data-binary "@$BATS_TEST_TMPDIR/large" /api/message
  error_is 413 invalid_request_error message_too_long
}

@test "request lines and headers that are too long, and what is no HTTP, are refused in that shape" {
  local long
  long=$(head -c 9000 /dev/zero | tr '\0' x)
  fetch "/api/$long"
  error_is 414 invalid_request_error uri_too_long
  fetch -H "X-Long: $long" /api/sessions
  error_is 431 invalid_request_error headers_too_large
  raw 'GARBAGE\r\n\r\n'
  error_is 400 invalid_request_error bad_request
  raw 'POST /api/message HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n'
  error_is 400 invalid_request_error bad_request
  raw 'TRACE /api/sessions HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
  error_is 405 invalid_request_error method_not_allowed
}

@test "every answer carries exactly one request id, the server's own" {
  local path
  for path in / /css/theme.css /nothing /css /health /health/live /api/sessions /api/nothing /v1/models /metrics; do
    fetch -H 'X-Request-Id: mine' "$path"
    [ "$(header X-Request-Id | wc -l)" = 1 ]
    [ "$(header X-Request-Id)" != mine ]
  done
}

@test "nginx's own refusals of files and methods are in that shape, or say what is allowed" {
  raw 'GET /api/sessions HTTP/3.9\r\nHost: x\r\n\r\n'
  error_is 400 invalid_request_error bad_request
  fetch -H 'If-Match: "x"' /js/main.js
  error_is 412 invalid_request_error precondition_failed
  fetch -H 'Range: bytes=999999-' /js/main.js
  assert_equal "$status" 200
  fetch -X POST /js/main.js
  assert_equal "$status" 405
  assert_equal "$(header Allow)" "GET, HEAD"
  fetch -X TRACE /api/message
  error_is 405 invalid_request_error method_not_allowed
  assert_equal "$(header Allow)" POST
  fetch -X PUT /api/sessions
  error_is 405 invalid_request_error method_not_allowed
  assert_equal "$(header Allow)" "GET, HEAD"
}

@test "HEAD tells the length that GET would send" {
  local length
  fetch /health
  length=$(header Content-Length)
  [ "$length" -gt 0 ]
  fetch -I /health
  assert_equal "$(header Content-Length)" "$length"
}

@test "clients that read nothing of a long list hold up nobody" {
  local text session
  text=$(printf 'x%.0s' {1..30000})
  for _ in {1..12}; do say_as reader "$text"; done
  session=$(json it.session_id)
  node -e '
    const [port, key, session] = process.argv.slice(1);
    for (let i = 0; i < 20; ++i) {
      const socket = require("net").connect(Number(port), "127.0.0.1");
      socket.write(`GET /api/sessions/${session}/messages?limit=200 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nX-ARQ-User: reader\r\n\r\n`);
      socket.pause();
    }
    setTimeout(() => process.exit(0), 8000);' "${url##*:}" "$(server_key)" "$session" 3>&- &
  local readers=$!
  sleep 1
  # Less than the ten seconds after which a worker gives up on a reader.
  for _ in {1..10}; do fetch --max-time 4 /health; assert_equal "$status" 200; done
  for _ in {1..10}; do say_as somebody "hello"; assert_equal "$status" 200; done
  kill "$readers"
}

@test "the same user goes to the same slot, and users are spread" {
  local number
  for number in 1 2 3 4 5; do say_as steady "again"; done
  sleep 0.2
  assert_equal "$(grep message "$prefix/log/nginx-access.log" | tail -n 5 | grep -o 'slot[0-9]' | sort -u | wc -l)" 1
  for number in {1..30}; do get_as "user-$number" /api/sessions; done
  sleep 0.2
  [ "$(tail -n 30 "$prefix/log/nginx-access.log" | grep -o 'slot[0-9]' | sort -u | wc -l)" -ge 5 ]
}

@test "no log holds what was said or searched" {
  say_as discreet "xylophone in the cellar"
  get_as discreet "/api/search?query=xylophone"
  sleep 0.2
  run grep -r xylophone "$prefix/log"
  assert_failure 1
}

# as_visitor VALUE MESSAGE_ID
as_visitor() {
  fetch -H "X-ARQ-Visitor: $1" -H 'Content-Type: application/json' \
    -d "{\"message\": \"the flood comes\", \"message_id\": \"$2\"}" /api/message
}
# refused_of COMMAND...: how many of 12 calls in a row got a 429; the last such answer stays.
refused_of() {
  local number refused=0 kept_head='' kept_body=''
  for number in {1..12}; do
    "${@//NUMBER/$number}"
    [ "$status" != 429 ] || { refused=$((refused + 1)) kept_head=$head kept_body=$body; }
  done
  status=429 head=$kept_head body=$kept_body count=$refused
}

@test "too many requests are told to wait, but for repetitions; a changed limit is nginx's at once" {
  cp "$prefix/etc/arq.json" "$BATS_TEST_TMPDIR/arq.json"
  sed -i 's/"requests_per_second": [0-9]*, "requests_burst": [0-9]*/"requests_per_second": 1, "requests_burst": 2/' "$prefix/etc/arq.json"
  run supervisor restart
  assert_output --partial "nginx has a new configuration"
  local visitor
  fetch -X POST -H 'X-ARQ-Visitor: new' /api/visitor
  visitor=$(json it.visitor)
  as_visitor "$visitor" known
  assert_equal "$status" 200
  refused_of fetch /api/sessions
  [ "$count" -ge 6 ]
  error_is 429 rate_limit_error rate_limited
  assert_equal "$(header Retry-After)" 1
  refused_of as_visitor "$visitor" new-NUMBER
  [ "$count" -ge 6 ]
  error_is 429 rate_limit_error rate_limited
  refused_of as_visitor "$visitor" known
  assert_equal "$count" 0
  as_visitor "$visitor" known
  assert_equal "$status" 200
  assert_equal "$(header Idempotent-Replay)" true
  cp "$BATS_TEST_TMPDIR/arq.json" "$prefix/etc/arq.json"
  supervisor restart
}

@test "with no worker left nginx says so, also as health, and start mends it" {
  kill -TERM "$(cat "$prefix/run/supervisor.pid")"
  flock --wait 20 "$prefix/run/supervisor.lock" true
  fetch /api/sessions
  error_is 503 server_error no_worker
  [ -n "$(header Retry-After)" ]
  fetch /health
  error_is 503 server_error no_worker
  assert_equal "$(json it.status)" down
  fetch /
  assert_equal "$status" 200
  supervisor start
  fetch /health
  assert_equal "$status" 200
}

@test "arqctl restart ends with 0 when all serve, status too" {
  run arqctl restart
  assert_success
  run arqctl status
  assert_success
}

@test "secrets and users' files are their owner's alone" {
  assert_equal "$(stat -c %a "$prefix/etc/secrets.json")" 600
  run find "$prefix/data" "$prefix/run" -perm /077 ! -type l
  assert_output ""
}

@test "the same server stands as a snippet in an nginx that somebody else runs" {
  local short host port
  # As their prefix would: a socket's absolute address must not be too long.
  short=$(mktemp -d /tmp/arq-host.XXXXXX)
  host=$short/host
  "$BATS_TEST_DIRNAME/support/stack" up "$ARQ_RELEASE" "$short/arq"
  mkdir -p "$host"/{conf.d,tmp}
  "$short/arq/current/bin/arqctl" --prefix "$short/arq" nginx render --output "$host/arq"
  port=$((${url##*:} + 1000))
  sed -i "s/listen 80;/listen 127.0.0.1:$port;/" "$host/arq/host-listen.conf"
  ln -s ../arq/host.conf "$host/conf.d/arq.conf"
  cat >"$host/nginx.conf" <<END
pid $host/nginx.pid; error_log $host/error.log;
events {}
http {
  access_log off;
  client_body_temp_path $host/tmp/1; fastcgi_temp_path $host/tmp/2; proxy_temp_path $host/tmp/3; uwsgi_temp_path $host/tmp/4; scgi_temp_path $host/tmp/5;
  include conf.d/*.conf;
}
END
  PATH=$PATH:/usr/sbin nginx -p "$host/" -e "$host/error.log" -c "$host/nginx.conf" 3>&-
  url=http://127.0.0.1:$port
  fetch /
  page=$status
  fetch -H 'Content-Type: application/json' -d '{"message": "Hello"}' /api/message
  kill -QUIT "$(cat "$host/nginx.pid")"
  "$BATS_TEST_DIRNAME/support/stack" down "$short/arq"
  rm -rf "$short"
  assert_equal "$page" 200
  assert_equal "$status" 200
}
