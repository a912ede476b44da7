#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The standby behind a real nginx: what the pool can't answer is its, at once and once, and what was said to the
# one is known to the other. Here it is started by hand.

bats_load_library bats-support
bats_load_library bats-assert
load support/stack
load support/standby

setup_file() {
  [ "$(id -u)" != 0 ] || skip "run by tests/system/run, as an ordinary user"
  prefix=$BATS_FILE_TMPDIR/arq
  export prefix
  url=$(stack up "$ARQ_RELEASE" "$prefix")
  export url
  # A worker that hangs is given up soon.
  sed -i 's/"web": {/"web": {"answer_seconds": 2, /' "$prefix/etc/arq.json"
  supervisor stop
  # The supervisor has no standby to start, then.
  rm "$prefix/legacy"
  supervisor start
}

setup() { standby_up; }

teardown() {
  [ -n "$BATS_TEST_COMPLETED" ] || tail -n 20 "$prefix/log/standby.log" "$prefix/log/nginx-error.log" | sed 's/^/# /' >&3
  pkill -CONT -u "$(id -u)" -f "arq-worker --prefix $prefix " || true
  [ ! -e "$BATS_TEST_TMPDIR/pids" ] || xargs kill -KILL <"$BATS_TEST_TMPDIR/pids" 2>/dev/null || true
  standby_down
  supervisor start
}

teardown_file() {
  stack down "$prefix"
}

@test "while the pool answers, nothing goes to the standby, not even a worker's own 503" {
  local file locker
  say_as calm "Hello"
  assert_equal "$status" 200
  assert_equal "$(json it.reply.variant)" production
  file=$(find "$prefix/data/users" -name '*.sqlite3')
  { echo "BEGIN IMMEDIATE;"; sleep 30; } | sqlite3 "$file" 3>&- &
  locker=$!
  sleep 0.5
  # store.busy_timeout_ms is longer than web.answer_seconds here.
  sed -i 's/"pool": {/"store": {"busy_timeout_ms": 300}, "pool": {/' "$prefix/etc/arq.json"
  supervisor restart
  say_as calm "Are you there?"
  kill "$locker" 2>/dev/null || true
  pkill -u "$(id -u)" -x sqlite3 || true
  error_is 503 storage_error storage_busy
  [[ $(answered_by) == unix:run/slot?.sock ]]
}

@test "with the pool gone, sockets and all, messages, sessions and health are the standby's" {
  local jar=$BATS_TEST_TMPDIR/jar session
  fetch -c "$jar" -H 'Content-Type: application/json' -d '{"message": "My name is Ottilie"}' /api/message
  assert_equal "$status" 200
  session=$(json it.session_id)
  pool_down
  fetch -b "$jar" -H 'Content-Type: application/json' -d '{"message": "What is my name?"}' /api/message
  assert_equal "$status" 200
  assert_equal "$(json 'it.reply.variant + " " + it.reply.responder + " " + it.session_id')" "legacy embedded $session"
  [[ $(json it.reply.text) == *Ottilie* ]]
  assert_equal "$(header X-Request-Id | wc -l)" 1
  [[ $(answered_by) == *"unix:run/legacy.sock" ]]
  fetch -b "$jar" "/api/sessions/$session/messages"
  assert_equal "$(json it.messages.length)" 4
  fetch -b "$jar" -X PATCH -H 'Content-Type: application/json' -d '{"title": "Names"}' "/api/sessions/$session"
  assert_equal "$(json it.title)" Names
  fetch -X POST -H 'X-ARQ-Visitor: new' /api/visitor
  assert_equal "$status" 200
  fetch /health
  assert_equal "$status" 200
  assert_equal "$(json 'it.status + " " + it.variant')" "degraded legacy"
  fetch -I /health/ready
  assert_equal "$status" 200
  fetch /api/nothing
  error_is 404 invalid_request_error not_found
  supervisor start
  fetch -b "$jar" "/api/sessions/$session/messages"
  assert_equal "$(json it.messages.length)" 4
  fetch -b "$jar" -X DELETE "/api/sessions/$session"
  assert_equal "$status" 204
}

@test "a message is done once, whichever of the two is asked, in whichever order" {
  local reply
  say_as twice "First" m-1
  reply=$(json it.reply.id)
  pool_down
  say_as twice "First" m-1
  assert_equal "$(header Idempotent-Replay)" true
  assert_equal "$(json 'it.reply.id + " " + it.reply.variant')" "$reply production"
  say_as twice "Something else" m-1
  error_is 409 invalid_request_error message_id_reused
  say_as twice "Second" m-2
  reply=$(json it.reply.id)
  supervisor start
  say_as twice "Second" m-2
  assert_equal "$(header Idempotent-Replay)" true
  assert_equal "$(json 'it.reply.id + " " + it.reply.variant')" "$reply legacy"
  get_as twice /api/sessions
  assert_equal "$(json 'it.sessions[0].message_count')" 4
}

@test "workers that hang: the standby answers when their time is over, and they find it answered" {
  local reply
  pkill -STOP -u "$(id -u)" -f "arq-worker --prefix $prefix "
  # Without an id of its own, nginx's id of the request is the message's: the same at both.
  say_as hung "Is anybody there?"
  assert_equal "$status" 200
  assert_equal "$(json it.reply.variant)" legacy
  assert_equal "$(json it.message_id)" "$(header X-Request-Id)"
  reply=$(json it.reply.id)
  pkill -CONT -u "$(id -u)" -f "arq-worker --prefix $prefix "
  say_as hung "Is anybody there now?"
  assert_equal "$(json it.reply.variant)" production
  get_as hung /api/sessions
  assert_equal "$(json 'it.sessions[0].message_count')" 4
  get_as hung "/api/sessions/$(json 'it.sessions[0].id')/messages"
  assert_equal "$(json 'it.messages[1].id')" "$reply"
}

@test "where the standby can't answer either, nginx says no_worker" {
  pool_down
  standby_down
  say_as nobody "Hello"
  error_is 503 server_error no_worker
  assert_equal "$(header Retry-After)" 2
  fetch /health
  error_is 503 server_error no_worker
  assert_equal "$(json it.status)" down
  head -c 300000 /dev/zero >"$BATS_TEST_TMPDIR/long"
  fetch -X POST -H 'Content-Type: application/json' --data-binary "@$BATS_TEST_TMPDIR/long" /api/message
  error_is 413 invalid_request_error body_too_large
}

# A slot whose workers die of every request: the connection is closed in the middle.
deadly_slots() {
  node -e '
    const net = require("net");
    for (let slot = 0; slot < 10; slot++)
      net.createServer((socket) => socket.once("data", () => socket.destroy()).on("error", () => {})).listen("slot" + slot + ".sock");
    setInterval(() => {}, 1000);' 3>&- &
  echo $! >>"$BATS_TEST_TMPDIR/pids"
}

@test "what has failed at two workers while others are ready is refused; else it is tried here, too" {
  local ready=$prefix/run/worker-1.pid
  pool_down
  cd "$prefix/run"
  deadly_slots
  eventually test -S slot9.sock
  # One that is ready, on a socket that nginx doesn't know.
  mkdir -p "$BATS_TEST_TMPDIR/ready"
  rm -f "$ready"
  "$prefix/current/bin/arq-listen" --directory "$BATS_TEST_TMPDIR/ready" --slots 1 -- "$prefix/current/bin/arq-worker" \
    --prefix "$prefix" --slots 20 --index 1 --ready-file "$ready" 2>/dev/null 3>&- &
  echo $! >>"$BATS_TEST_TMPDIR/pids"
  eventually test -s "$ready"
  say_as poison "Die" p-1
  error_is 503 server_error no_worker
  [[ $(json it.error.message) == *"two workers failed"* ]]
  [ -n "$(header Retry-After)" ]
  [[ $(answered_by) == unix:run/slot?.sock,\ unix:run/slot?.sock\ :\ unix:run/legacy.sock ]]
  # Its worker stands still: nobody is ready.
  kill -STOP "$(cat "$ready")"
  say_as poison "Die" p-1
  assert_equal "$status" 200
  kill -CONT "$(cat "$ready")"
  say_as poison "Die" p-2
  error_is 503 server_error no_worker
  kill -KILL "$(cat "$ready")"
  # Its pid file still stands there.
  say_as poison "Die" p-2
  assert_equal "$status" 200
  kill "$(head -n 1 "$BATS_TEST_TMPDIR/pids")"
}

the_pool() {
  sleep 1
  # shellcheck disable=SC2046 # a list of pids
  kill -KILL $(pool_pids)
  sleep 2
  supervisor start
}

@test "the pool is killed and comes back under load: nothing fails, nothing is lost, nothing is done twice" {
  local deeds
  the_pool 3>&- >"$BATS_TEST_TMPDIR/deeds" 2>&1 &
  deeds=$!
  load_for 6
  assert_success
  wait $deeds
  [ "$(grep -c 'unix:run/legacy.sock" ".*" ' "$prefix/log/nginx-access.log")" -gt 100 ]
}

# legacy_on_slots NAME: on the ten slots that it inherits.
two_on_all_slots() {
  # shellcheck disable=SC2016 # for the inner shell
  "$prefix/current/bin/arq-listen" --directory "$prefix/run" -- sh -c '
    for name in l1 l2; do
      "$1/current/bin/arq-legacy" --prefix "$1" --slots 20,21,22,23,24,25,26,27,28,29 --index $name --ready-file "$1/run/worker-$name.pid" &
    done
    wait' slots "$prefix" >>"$prefix/log/standby.log" 2>&1 3>&- &
}

@test "several serve the same slots, and one that is told to end leaves nothing unanswered" {
  pool_down
  standby_down
  two_on_all_slots
  eventually test -s "$prefix/run/worker-l1.pid"
  eventually test -s "$prefix/run/worker-l2.pid"
  (sleep 1; kill -TERM "$(cat "$prefix/run/worker-l1.pid")") 3>&- &
  load_for 3
  assert_success
  say_as slots "Hello"
  assert_equal "$(json it.reply.variant)" legacy
  eventually grep -q "standby l1 ended" "$prefix/log/standby.log"
  kill -TERM "$(cat "$prefix/run/worker-l2.pid")"
  eventually grep -q "standby l2 ended" "$prefix/log/standby.log"
  rm -f "$prefix"/run/worker-l?.pid "$prefix"/run/slot?.sock
}

@test "it runs no thread but its own and could start none" {
  assert_equal "$(sed -n 's/^Threads:\t//p' "/proc/$standby/status")" 1
  # dynamic symbols stand as text in the file
  run grep -c -a -E 'pthread_create|_M_start_thread' "$prefix/current/bin/arq-legacy"
  assert_output 0
  run grep -c -a -E '_M_start_thread' "$prefix/current/bin/arq-worker"
  refute_output 0
}

@test "it tells its version and its options, and refuses what it doesn't know" {
  run "$prefix/current/bin/arq-legacy" --version
  assert_output "arq-legacy $(cat "$prefix/current/VERSION")"
  run "$prefix/current/bin/arq-legacy" --help
  assert_success
  assert_output --partial "--variant"
  run "$prefix/current/bin/arq-legacy" --prefix "$prefix" --variant yesterday
  assert_failure 2
  run "$prefix/current/bin/arq-legacy" --frobnicate
  assert_failure 2
}
