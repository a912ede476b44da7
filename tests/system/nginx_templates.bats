#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The templates for an nginx that somebody else runs: each is rendered from settings, accepted by `nginx -t`, and
# serves a page and a message: one domain, its names, TLS with HTTP/2, a front over several machines.

bats_load_library bats-support
bats_load_library bats-assert
load support/stack
load support/standby

setup_file() {
  [ "$(id -u)" != 0 ] || skip "run by tests/system/run, as an ordinary user"
  # A socket's absolute address must not be too long.
  folder=$(mktemp -d /tmp/arq-nginx.XXXXXX)
  export folder prefix=$folder/arq
  url=$(stack up "$ARQ_RELEASE" "$prefix")
  export url pool_url=$url
  rm "$prefix/legacy"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=arq.test \
    -addext "subjectAltName=DNS:arq.test,DNS:*.arq.test" -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
}

teardown() {
  [ -n "$BATS_TEST_COMPLETED" ] || tail -n 20 "$folder"/host/error.log 2>/dev/null | sed 's/^/# /' >&3
  host_down
  if [ -d "$folder/other" ]; then
    stack down "$folder/other"
    rm -rf "$folder/other"
  fi
}

teardown_file() {
  stack down "$prefix"
  rm -rf "$folder"
}

# settings JSON-OF-WEB [JSON-MEMBERS]: etc/arq.json for rendering.
settings() {
  printf '{"web": {"address": "127.0.0.1", "port": %s, "requests_per_second": 100000, "requests_burst": 100000, "key_requests_per_second": 100000, %s} %s}\n' \
    "${pool_url##*:}" "$1" "${2:-}" >"$prefix/etc/arq.json"
}

# host_up TEMPLATE: an nginx with it, on high ports; sets http and https.
host_up() {
  local host=$folder/host
  rm -rf "$host"
  mkdir -p "$host"/{conf.d,tmp}
  arqctl nginx render --output "$host/arq"
  http=$((${pool_url##*:} + 1000))
  while grep -qi ":$(printf %04X "$http") " /proc/net/tcp; do http=$((http + 2)); done
  https=$((http + 1))
  sed -i "s/^listen 80;/listen 127.0.0.1:$http;/; s/^listen 443 /listen 127.0.0.1:$https /" "$host"/arq/host-listen.conf
  ln -s "../arq/$1" "$host/conf.d/arq.conf"
  cat >"$host/nginx.conf" <<END
pid $host/nginx.pid; error_log $host/error.log;
events {}
http {
  access_log off;
  client_body_temp_path $host/tmp/1; fastcgi_temp_path $host/tmp/2; proxy_temp_path $host/tmp/3; uwsgi_temp_path $host/tmp/4; scgi_temp_path $host/tmp/5;
  include conf.d/*.conf;
}
END
  host_nginx -t
  host_nginx
}

host_nginx() { PATH=$PATH:/usr/sbin nginx -q -p "$folder/host/" -e "$folder/host/error.log" -c "$folder/host/nginx.conf" "$@" 3>&-; }

host_down() {
  local pid
  [ -s "$folder/host/nginx.pid" ] || return 0
  pid=$(cat "$folder/host/nginx.pid")
  kill -QUIT "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
}

# at NAME CURL-ARGUMENT... PATH: by plain HTTP, under a name; atls: by TLS, which verifies the certificate.
at() { url=http://$1:$http fetch --resolve "$1:$http:127.0.0.1" "${@:2}"; }
atls() { url=https://$1:$https fetch --resolve "$1:$https:127.0.0.1" --cacert "$folder/cert.pem" "${@:2}"; }

hello=(-H 'Content-Type: application/json' -d '{"message": "Hello"}' /api/message)

@test "one domain: pages and messages under its name, and the standby where the pool is gone" {
  supervisor stop
  supervisor start
  settings '"server_names": ["arq.test", "chat.arq.test"]'
  host_up host.conf
  grep -q 'server_name arq.test chat.arq.test;' "$folder/host/arq/host.conf"
  at arq.test /
  assert_equal "$status" 200
  assert_equal "$(header Strict-Transport-Security)" ""
  at chat.arq.test "${hello[@]}"
  assert_equal "$status" 200
  assert_equal "$(json it.reply.variant)" production
  standby_up
  pool_down
  at arq.test "${hello[@]}"
  standby_down
  assert_equal "$status" 200
  assert_equal "$(json it.reply.variant)" legacy
  at arq.test "${hello[@]}"
  error_is 503 server_error no_worker
  supervisor start
}

@test "what an ACME client puts down is found, with and without TLS, and nothing beside it" {
  mkdir -p "$prefix/acme/.well-known/acme-challenge"
  echo proof >"$prefix/acme/.well-known/acme-challenge/token"
  settings '"server_names": ["arq.test"]'
  host_up host.conf
  at arq.test /.well-known/acme-challenge/token
  assert_equal "$status $body" "200 proof"
  at arq.test /.well-known/acme-challenge/nothing
  assert_equal "$status" 404
  at arq.test /.well-known/other
  assert_equal "$status" 404
  host_down
  settings "\"server_names\": [\"arq.test\"], \"tls_certificate\": \"$folder/cert.pem\", \"tls_key\": \"$folder/key.pem\""
  host_up host.conf
  at arq.test /.well-known/acme-challenge/token
  assert_equal "$status $body" "200 proof"
  atls arq.test /.well-known/acme-challenge/token
  assert_equal "$status $body" "200 proof"
}

@test "www. and app. have the page, api. the API alone, the bare domain goes to www." {
  settings '"server_names": ["arq.test"]'
  host_up host-names.conf
  local name
  for name in www app; do
    at $name.arq.test /
    assert_equal "$status" 200
    [[ $(header Content-Type) == text/html* ]]
    at $name.arq.test "${hello[@]}"
    assert_equal "$status" 200
  done
  at api.arq.test "${hello[@]}"
  assert_equal "$status" 200
  assert_equal "$(header X-Content-Type-Options)" nosniff
  at api.arq.test /health
  assert_equal "$(json it.status)" ok
  at api.arq.test /
  error_is 404 invalid_request_error not_found
  at api.arq.test /index.html
  error_is 404 invalid_request_error not_found
  at arq.test '/some/where?x=1'
  assert_equal "$status" 301
  assert_equal "$(header Location)" 'http://www.arq.test/some/where?x=1'
}

@test "TLS: HTTP/2, modern protocols, everything plain is sent there, HSTS if it is wanted" {
  settings "\"server_names\": [\"arq.test\"], \"tls_certificate\": \"$folder/cert.pem\", \"tls_key\": \"$folder/key.pem\", \"hsts_seconds\": 86400"
  host_up host.conf
  atls arq.test --http2 /
  assert_equal "$status" 200
  [[ $(head -n 1 <<<"$head") == HTTP/2* ]]
  assert_equal "$(header Strict-Transport-Security)" max-age=86400
  local jar=$BATS_TEST_TMPDIR/jar
  atls arq.test --http2 -c "$jar" "${hello[@]}"
  assert_equal "$status" 200
  header Set-Cookie | grep -q '; Secure'
  [ "$(header X-Request-Id | wc -l)" = 1 ]
  atls arq.test --http2 -b "$jar" /api/sessions
  assert_equal "$(json it.sessions.length)" 1
  atls arq.test --http1.1 --tls-max 1.2 /health
  assert_equal "$status" 200
  atls arq.test --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0 /health || true
  assert_equal "$status" 000
  at arq.test '/page?x=1'
  assert_equal "$status" 301
  assert_equal "$(header Location)" 'https://arq.test/page?x=1'
  assert_equal "$(header Strict-Transport-Security)" ""
  at arq.test "${hello[@]}"
  assert_equal "$status" 301
}

@test "TLS for the names, too" {
  settings "\"server_names\": [\"arq.test\"], \"tls_certificate\": \"$folder/cert.pem\", \"tls_key\": \"$folder/key.pem\""
  host_up host-names.conf
  atls api.arq.test --http2 "${hello[@]}"
  assert_equal "$status" 200
  [[ $(head -n 1 <<<"$head") == HTTP/2* ]]
  atls app.arq.test --http2 /
  assert_equal "$status" 200
  atls arq.test /x
  assert_equal "$status" 301
  assert_equal "$(header Location)" 'https://www.arq.test/x'
  at api.arq.test /health
  assert_equal "$status" 301
  assert_equal "$(header Location)" 'https://api.arq.test/health'
}

@test "a certificate without its key is a wrong setting, as is a path that nginx can't hold" {
  settings "\"tls_certificate\": \"$folder/cert.pem\""
  run arqctl nginx render --output "$folder/wrong"
  assert_failure
  assert_output --partial "web.tls_key"
  settings '"tls_certificate": "/etc/a;b", "tls_key": "/etc/c"'
  run arqctl config check
  assert_failure
  settings '"server_names": ["arq.test; return 200"]'
  run arqctl config check
  assert_failure
  settings '"machines": ["10.0.0.1"]'
  run arqctl config check
  assert_failure
}

# Another machine: another prefix with the same secrets and the same keys.
other_machine() {
  mkdir -p "$folder/other/etc" "$folder/other/data"
  server_key >/dev/null
  cp "$prefix/etc/secrets.json" "$folder/other/etc/"
  cp "$prefix/data/host.sqlite3" "$folder/other/data/"
  other_url=$(stack up "$ARQ_RELEASE" "$folder/other")
}

files_of() { find "$1/data/users" -name '*.sqlite3' -printf '%f\n' | sort; }

@test "a front over several machines: each user's file is on one of them, whatever happens to the other" {
  local number own there visitor all=()
  supervisor stop
  rm -rf "$prefix/data/users"
  settings '"own_nginx": true'
  other_machine
  settings "\"server_names\": [\"arq.test\"], \"machines\": [\"127.0.0.1:${pool_url##*:}\", \"127.0.0.1:${other_url##*:}\"], \"tls_certificate\": \"$folder/cert.pem\", \"tls_key\": \"$folder/key.pem\"" \
    ', "access": {"trusted_proxies": ["127.0.0.1"]}'
  sed -i 's/^{/{"access": {"trusted_proxies": ["127.0.0.1"]},/' "$folder/other/etc/arq.json"
  supervisor start
  "$folder/other/current/bin/arq-supervisor" --prefix "$folder/other" restart
  host_up front.conf
  # Nobody's first message could land anywhere.
  atls arq.test --http2 "${hello[@]}"
  error_is 401 authentication_error credentials_required
  assert_equal "$(header WWW-Authenticate)" Bearer
  atls arq.test -H 'X-ARQ-Visitor: new' "${hello[@]}"
  error_is 401 authentication_error credentials_required
  atls arq.test /
  assert_equal "$status" 200
  for number in {1..12}; do
    atls arq.test -X POST -H 'X-ARQ-Visitor: new' /api/visitor
    assert_equal "$status" 200
    visitor=$(json it.visitor)
    all+=("$visitor")
    atls arq.test --http2 -H "X-ARQ-Visitor: $visitor" "${hello[@]}"
    assert_equal "$status" 200
    atls arq.test -b "arq_visitor=$visitor" "${hello[@]}"
    assert_equal "$status" 200
    atls arq.test -H "Authorization: Bearer $(server_key)" -H "X-ARQ-User: user-$number" "${hello[@]}"
    assert_equal "$status" 200
  done
  own=$(files_of "$prefix")
  there=$(files_of "$folder/other")
  [ -n "$own" ] && [ -n "$there" ]
  assert_equal "$(sort <<<"$own"$'\n'"$there" | uniq -d)" ""
  assert_equal "$(wc -l <<<"$own"$'\n'"$there")" 24
  # The address that counts is the client's, and the machine knows that TLS ended before it.
  atls arq.test -X POST /api/visitor
  header Set-Cookie | grep -q '; Secure'
  "$folder/other/current/bin/arq-supervisor" --prefix "$folder/other" stop
  local served=0 refused=0
  for visitor in "${all[@]}"; do
    atls arq.test -H "X-ARQ-Visitor: $visitor" /api/sessions
    case $status in
      200)
        assert_equal "$(json 'it.sessions[0].message_count')" 4
        served=$((served + 1))
        ;;
      *)
        error_is 503 server_error no_worker
        [ -n "$(header Retry-After)" ]
        refused=$((refused + 1))
        ;;
    esac
  done
  [ "$served" -gt 0 ] && [ "$refused" -gt 0 ]
  assert_equal "$(files_of "$prefix")" "$own"
}
