# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154,SC2153 # `run` sets what stands in capitals, and `work`
# The figures, each a part of the table. Rounds go in turn, since the machine is not ours alone: compared is
# what was measured beside each other; of the rounds the median stands, with the least and the most.

say_conditions() {
  local open_files
  open_files=$("$work/release/bin/arqctl" config describe | awk -F '`' '$2 == "store.open_files" { print $4 }')
  cat <<END
ARQ $(cat "$work/release/VERSION"), $(nproc) cores, Linux $(uname -r), $(stat -f -c %T "$work") below $(dirname "$work")
ROUNDS=$ROUNDS SECONDS_PER_ROUND=$SECONDS_PER_ROUND KILLS=$KILLS; 2 workers of 8 threads, $open_files open files each; defaults but for the limits of requests
END
}

# row COLUMN...: one line of the table.
row() { printf '%-34s %10s %10s %8s %-15s\n' "$@"; }

# median_of FILE COLUMN, spread_of FILE COLUMN
median_of() { sort -n -k "$2,$2" "$1" | awk -v c="$2" '{ v[NR] = $c } END { print v[int((NR + 1) / 2)] }'; }
spread_of() { sort -n -k "$2,$2" "$1" | awk -v c="$2" 'NR == 1 { low = $c } END { printf "%.2f to %.2f", low, $c }'; }

# compare TITLE FLOOR CONNECTIONS KIND [USERS]: both in turn.
compare() {
  local title=$1 floor=$2 connections=$3 kind=$4 users=${5:-1} round arq other rounds
  rounds=$(mktemp "$work/rounds.XXXXXX")
  for ((round = 0; round < ROUNDS; round++)); do
    arq=$(load arq "$connections" "$SECONDS_PER_ROUND" "$kind" "$users")
    other=$(load "$floor" "$connections" "$SECONDS_PER_ROUND" "$kind" "$users")
    echo "$arq $other" >>"$rounds"
  done
  awk '{ print $1, $7, $1 / $7, $2, $8, $3, $9, $4, $10, $4 / $10, $6 + $12, $2 / $8 }' "$rounds" >"$rounds.sum"
  row "$title, $connections conn., req/s" "$(median_of "$rounds.sum" 1)" "$(median_of "$rounds.sum" 2)" \
    "$(median_of "$rounds.sum" 3 | xargs printf %.2f)" "$(spread_of "$rounds.sum" 3)"
  row "    p50 ms" "$(median_of "$rounds.sum" 4)" "$(median_of "$rounds.sum" 5)" \
    "$(median_of "$rounds.sum" 12 | xargs printf %.2f)" "$(spread_of "$rounds.sum" 12)"
  row "    p95 ms" "$(median_of "$rounds.sum" 6)" "$(median_of "$rounds.sum" 7)" "" ""
  row "    p99 ms" "$(median_of "$rounds.sum" 8)" "$(median_of "$rounds.sum" 9)" \
    "$(median_of "$rounds.sum" 10 | xargs printf %.2f)" "$(spread_of "$rounds.sum" 10)"
  local wrong
  wrong=$(awk '{ sum += $11 } END { print sum + 0 }' "$rounds.sum")
  [ "$wrong" = 0 ] || { echo "    $wrong answers were wrong or missing"; return 1; }
}

heading() {
  echo
  row "$1" ARQ "${2:-floor}" ratio "least to most"
}

# Each user has spoken before it counts, so that nobody's file is made meanwhile.
warm_up() { for pool in arq store; do load "$pool" 16 $(($1 / 500 + 2)) message "$1" >/dev/null; done; }

figure_message() {
  local users connections status=0
  for users in 60 1000; do
    start_arq
    start_floor store
    warm_up "$users"
    heading "message, $users users in turn" "floor"
    for connections in 1 16 64; do
      compare "$users users" store "$connections" message "$users" || status=1
    done
    stop_all
  done
  return "$status"
}

figure_health() {
  local connections status=0
  start_arq
  start_floor constant
  heading "GET /health" "constant"
  for connections in 1 16 64; do compare health constant "$connections" health || status=1; done
  stop_all
  return "$status"
}

# counted FILE: "bytes writes syncs" so far.
counted() { od -An -t u8 -w24 "$1" | tr -s ' ' | sed 's/^ //'; }

figure_io() {
  local pool counts=$work/counts before after answers users pids
  echo
  printf '%-34s %10s %10s %8s %10s\n' "per message" "B written" writes syncs "CPU us"
  for users in 60 1000; do
    for pool in arq store; do
      rm -f "$counts"
      if [ "$pool" = arq ]; then
        start_arq LD_PRELOAD="$work/bench/libcounted-writes.so" ARQ_BENCH_COUNTS="$counts"
      else
        start_floor store LD_PRELOAD="$work/bench/libcounted-writes.so" ARQ_BENCH_COUNTS="$counts"
      fi
      load "$pool" 16 $((users / 500 + 1)) message "$users" >/dev/null
      if [ "$pool" = arq ]; then pids=$(cat "$work/arq/run/supervisor.pid"); else pids=$(cat "$work/store/floor.pid"); fi
      before="$(counted "$counts") $(cpu_us "$pids")"
      answers=$(load "$pool" 16 $((SECONDS_PER_ROUND * 2)) message "$users" | cut -d ' ' -f 5)
      after="$(counted "$counts") $(cpu_us "$pids")"
      echo "$before $after $answers" | awk -v what="$pool, $users users in turn" '
        { printf "%-34s %10.0f %10.1f %8.2f %10.0f\n", what, ($5 - $1) / $9, ($6 - $2) / $9, ($7 - $3) / $9, ($8 - $4) / $9 }'
      stop_all
    done
  done
}

# 100 messages of each user, counted when all files are closed.
figure_disk() {
  local before after
  start_arq
  echo
  load_exactly 40 4000
  stop_arq
  after=$(find "$work/arq/data/users" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
  before=$(find "$work/arq/data/users" -name '*-wal' | wc -l)
  printf '%-34s %10.0f\n' "bytes on disk per message (100 each)" "$(awk -v a="$after" 'BEGIN { print a / 4000 }')"
  [ "$before" = 0 ] || echo "    $before logs were left"
  stop_all
}
# load_exactly USERS MESSAGES: by the load client that audits.
load_exactly() {
  "$work/bench/arq-load" --url "$(url_of arq)" --key "$key" --connections 8 --users "$1" --messages "$2" >"$work/load.log" ||
    { cat "$work/load.log"; return 1; }
}

figure_memory() {
  local idle
  start_arq
  sleep 1
  idle=$(pool_kb)
  echo
  printf '%-34s %10s %10s %10s\n' "memory of the pool, kB (PSS)" idle "60 users" "1000 users"
  load arq 16 4 message 60 >/dev/null
  local some
  some=$(pool_kb)
  load arq 16 8 message 1000 >/dev/null
  printf '%-34s %10s %10s %10s\n' "workers, supervisor, listener" "$idle" "$some" "$(pool_kb)"
  stop_all
}
pool_kb() { pss_kb "$(cat "$work/arq/run/supervisor.pid")"; }

# From the start of everything to the first answer, as a client sees it.
figure_start() {
  local round began
  echo
  printf '%-34s %10s\n' "from start to the first, ms" "median"
  for what in health message; do
    : >"$work/starts"
    for ((round = 0; round < ROUNDS; round++)); do
      lay_out arq
      key=$(arqctl arq key add --role server --name bench)
      began=$(date +%s%N)
      "$work/release/bin/arq-supervisor" --prefix "$work/arq" start >/dev/null 2>&1 &
      until first_answer "$what"; do sleep 0.005; done
      echo $((($(date +%s%N) - began) / 1000000)) >>"$work/starts"
      wait $!
      stop_arq
    done
    printf '%-34s %10s\n' "    answer to $what" "$(median_of "$work/starts" 1)"
  done
}
first_answer() {
  if [ "$1" = health ]; then
    curl -fs -o /dev/null "$(url_of arq)/health"
  else
    curl -fs -o /dev/null -H "Authorization: Bearer $key" -H 'X-ARQ-User: first' -H 'Content-Type: application/json' \
      -d '{"message": "hello", "message_id": "first"}' "$(url_of arq)/api/message"
  fi
}

# The load client checks each answer and looks afterwards for each message that was acknowledged.
figure_kills() {
  local killed=0 load_pid
  start_arq
  echo
  "$work/bench/arq-load" --url "$(url_of arq)" --key "$key" --connections 64 --users 200 \
    --seconds $((KILLS / 2 + 3)) >"$work/load.log" 2>&1 &
  load_pid=$!
  sleep 1
  while [ "$killed" -lt "$KILLS" ]; do
    kill -KILL "$(cat "$work/arq/run/worker-$((killed % 2 + 1)).pid")" 2>/dev/null && killed=$((killed + 1))
    sleep 0.45
  done
  wait "$load_pid"
  local status=$?
  echo "$killed workers killed under 64 connections:"
  sed 's/^/    /' "$work/load.log"
  stop_all
  return "$status"
}
