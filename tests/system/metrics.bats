#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What is told of the pool from outside: /health, /metrics as Prometheus reads them, the log of requests.

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

teardown() {
  [ -z "${prometheus_pid:-}" ] || kill "$prometheus_pid" 2>/dev/null || true
}

need() { command -v "$1" >/dev/null || skip "there is no $1 on this machine: Debian's package prometheus has it"; }

# health EXPRESSION: of /health, a moment later (rates are kept for a second).
health() {
  fetch /health
  json "$1"
}

# eventually COMMAND...: until it is so, 15 s at most.
eventually() {
  local rounds
  for ((rounds = 0; rounds < 150; rounds++)); do
    if "$@"; then return 0; fi
    sleep 0.1
  done
  echo "never came true: $*" >&2
  return 1
}
health_is() { [ "$(health "$1")" = "$2" ]; }

@test "promtool finds nothing to complain of in /metrics" {
  need promtool
  say_as anna "Remember that I like green tea"
  get_as anna /api/sessions
  get_as anna /api/sessions/no-such-session
  fetch /metrics
  assert_equal "$status" 200
  assert_equal "$(header Content-Type)" "text/plain; version=0.0.4; charset=utf-8"
  run promtool check metrics <"$BATS_TEST_TMPDIR/body"
  assert_success
  assert_output ""
}

@test "a real Prometheus scrapes it and answers what was asked how often" {
  need prometheus
  local number port answer
  for number in 1 2 3; do say_as boris "hello $number"; done
  port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
  cat >"$BATS_TEST_TMPDIR/prometheus.yml" <<END
global: {scrape_interval: 1s}
scrape_configs:
  - job_name: arq
    static_configs: [{targets: ["${url#http://}"]}]
END
  prometheus --config.file="$BATS_TEST_TMPDIR/prometheus.yml" --storage.tsdb.path="$BATS_TEST_TMPDIR/tsdb" \
    --web.listen-address="127.0.0.1:$port" >"$BATS_TEST_TMPDIR/prometheus.log" 2>&1 3>&- &
  prometheus_pid=$!
  # ask EXPRESSION: sets answer to the value of the one series that it gives.
  ask() {
    answer=$(curl --silent --noproxy '*' --get --data-urlencode "query=$1" "http://127.0.0.1:$port/api/v1/query" |
      node -e 'let all = ""; process.stdin.on("data", (d) => all += d).on("end", () => {
        try { console.log(JSON.parse(all).data.result.map((r) => r.value[1]).join()); } catch { console.log(""); } })')
  }
  answers() { ask "$1" && [ "$answer" = "$2" ]; }
  positive() { ask "$1" && [ -n "$answer" ] && [ "$answer" != 0 ]; }
  eventually answers 'up{job="arq"}' 1
  eventually positive 'sum(arq_requests_total{route="/api/message",status="2xx",responder="embedded"})'
  [ "$answer" -ge 3 ]
  eventually answers 'arq_up' 1
  eventually answers 'count(arq_worker_ready{variant="production"} == 1)' 2
  eventually positive 'histogram_quantile(0.95, sum by (le) (arq_request_duration_seconds_bucket{route="/api/message"}))'
}

@test "/metrics is for the machine itself and for administrators" {
  fetch -H 'X-Forwarded-For: 203.0.113.7' /metrics
  error_is 401 authentication_error credentials_required
  fetch -H "Authorization: Bearer $(server_key)" /metrics
  error_is 403 permission_error forbidden
  local admin
  admin=$(arqctl key add --role admin --name watcher)
  fetch -H 'X-Forwarded-For: 203.0.113.7' -H "Authorization: Bearer $admin" /metrics
  assert_equal "$status" 200
}

@test "/health tells the same of the pool, whichever worker answers" {
  local user total
  for user in one two three four five six; do say_as "$user" "hello"; done
  eventually health_is 'it.requests.p95_ms > 0' true
  total=$(health it.requests.total)
  [ "$total" -ge 6 ]
  for user in {1..20}; do assert_equal "$(health it.requests.total)" "$total"; done
  assert_equal "$(health it.workers.ready)" 2
  assert_equal "$(health it.requests.errors)" 0
  assert_equal "$(health it.variant)" production
  [ "$(health it.uptime_s)" -ge 1 ]
}

@test "a worker that is killed is told of, and no count is lost" {
  local total restarts
  say_as anna "before"
  total=$(health it.requests.total)
  restarts=$(health it.workers.restarts)
  kill -KILL "$(cat "$prefix/run/worker-1.pid")"
  eventually health_is it.workers.restarts $((restarts + 1))
  eventually health_is it.workers.ready 2
  assert_equal "$(health it.requests.total)" "$total"
  supervisor restart
  assert_equal "$(health it.workers.restarts)" $((restarts + 1))
  assert_equal "$(health it.requests.total)" "$total"
}

@test "each request is one line of JSON in log/requests.log, also after a rotation" {
  mv "$prefix/log/requests.log" "$prefix/log/requests.log.1"
  sleep 1.1
  say_as anna "nobody shall read zanzibar"
  local id
  id=$(header X-Request-Id)
  logged() { grep -q "$id" "$prefix/log/requests.log" 2>/dev/null; }
  eventually logged
  body=$(grep "$id" "$prefix/log/requests.log")
  assert_equal "$(json 'Object.keys(it).join()')" "time,id,method,route,status,ms,bytes,variant,worker,responder"
  assert_equal "$(json '[it.method, it.route, it.status, it.variant, it.responder].join()')" "POST,/api/message,200,production,embedded"
  run grep -rc "zanzibar\|$(server_key)\|anna" "$prefix/log/requests.log"
  assert_output 0
}

@test "each answer tells how long it took" {
  say_as anna "hello"
  header Server-Timing | grep -qE '^total;dur=[0-9.]+, store;dur=[0-9.]+, recall;dur=[0-9.]+$'
  fetch /health
  header Server-Timing | grep -qE '^total;dur=[0-9.]+$'
}
