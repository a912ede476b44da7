# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154,SC2153,SC2034 # `run` sets what stands in capitals, `work`; compare sets ratios
# The figures, each a part of the table. What is compared is taken in turn, because the machine is not ours alone.

figure_message() {
  local status=0
  settings=$all_of_60
  fresh arq store
  compare_heading "POST /api/message, 60 users in turn, all files open (store.open_files=64): ARQ and the floor of one durable transaction" "ARQ     floor"
  # Users of its own for each round, so that the histories don't grow from one to the next.
  fresh_messages=20
  compare_messages 60 || status=1
  fresh_messages=''
  settings=''
  fresh arq store
  # Each user has spoken before it counts: nobody's file is made meanwhile.
  fill arq 1000 3 && fill store 1000 3 || return 1
  compare_heading "POST /api/message, 1,000 users in turn: ARQ and the floor of one durable transaction" "ARQ     floor"
  compare_messages 1000 || status=1
  return "$status"
}
# compare_messages USERS: with 1, 16 and 64 connections.
compare_messages() {
  local users=$1 connections status=0
  : >"$work/rates"; : >"$work/tails"; : >"$work/lengths"
  for connections in 1 16 64; do
    compare "$connections" message arq "$users" store "$users" || status=1
    echo "$ratio" >>"$work/rates"; echo "$ratio_p99" >>"$work/tails"; cat "$work/histories" >>"$work/lengths"
  done
  if [ -n "$fresh_messages" ]; then
    echo "each round's users have said $fresh_messages messages before, and at its end on average (ARQ floor): $(paste -sd ';' "$work/lengths" | sed 's/;/, /g')"
  else
    echo "each user's messages at the end: $(($(cat "$work/arq/sent") / users)) with ARQ, $(($(cat "$work/store/sent") / users)) with the floor"
  fi
  goal "message, $users users: requests/s against the floor, lowest" "$(lowest "$work/rates")" '>=' 1.00 2
  goal "message, $users users: p99 against the floor, highest" "$(highest "$work/tails")" '<=' 1.00 2
}

# What a message costs those who have said much: all files open, processor time of the pool.
figure_history() {
  local step said=0 pool
  settings=$all_of_60
  fresh arq store
  settings=
  heading "60 users who have said much: processor time of the pool per message, us, and requests/s (not in turn)"
  printf '%-34s %10s %10s %8s %16s\n' "each user's messages" ARQ floor ratio "requests/s"
  for step in 20 80 100 200 200; do
    for pool in arq store; do spend "$pool" 60 "$step" || return 1; done | xargs |
      awk -v what="from $said to $((said + step))" '{ printf "%-34s %10.0f %10.0f %8.2f %8.0f %7.0f\n", what, $1, $3, $1 / $3, $2, $4 }'
    said=$((said + step))
  done
}
# spend POOL USERS EACH: "us of processor time per message" and "messages per second".
spend() {
  local before began
  before=$(cpu_us "$(parent_of "$1")") began=$(date +%s%N)
  fill "$@" || return 1
  awk -v us=$(($(cpu_us "$(parent_of "$1")") - before)) -v ns=$(($(date +%s%N) - began)) '{ print us / $7, $7 / ns * 1e9 }' "$work/fill"
}

# What a recall takes, however long the history: in the store alone, without the pool.
figure_recall() {
  heading "a recall for a user with so many messages (both roles): us, and us of processor time"
  printf '%-34s %10s %10s %10s %16s\n' messages median "99 of 100" CPU "found of asked"
  stop_all
  mkdir -p "$work/recall" && "$work/bench/bench-recall" "$work/recall" >"$work/recalls" || return 1
  rm -rf "$work/recall"
  awk '{ printf "%-34d %10d %10d %10d %16s\n", $1, $2, $3, $4, $5 }' "$work/recalls"
  goal "a recall with 1,000,000 messages against one with 1,000, times" \
    "$(awk '$1 == 1000 { few = $2 } $1 == 1000000 { print $2 / few }' "$work/recalls")" '<=' 5.00 2
}

figure_health() {
  local connections status=0
  fresh arq constant
  compare_heading "GET /health: ARQ and the floor of a constant" "ARQ     floor"
  : >"$work/rates"
  for connections in 1 16 64; do
    compare "$connections" health arq 1 constant 1 || status=1
    echo "$ratio" >>"$work/rates"
  done
  goal "health: requests/s against the floor, lowest" "$(lowest "$work/rates")" '>=' 0.95 2
  return "$status"
}

# ARQ against itself: users in turn whose files don't all stay open.
figure_turns() {
  local status=0
  stop_all
  start arq
  start open '"open_files": 1000'
  start few "$all_of_60"
  fill arq 1000 3 && fill open 1000 3 && fill few 60 3 || return 1
  compare_heading "POST /api/message, ARQ against itself: 1,000 users in turn, against …" "default  other"
  echo "… all 1,000 files kept open (store.open_files=1000)"
  compare 16 message arq 1000 open 1000 || status=1
  echo "… 60 users, all open (store.open_files=64)"
  compare 16 message arq 1000 few 60 || status=1
  goal "1,000 users in turn against 60 users all open" "$ratio" '>=' 0.50 2
  return "$status"
}

# From the start of everything to the first answers, as a client sees them.
figure_start() {
  local round began column starter
  : >"$work/starts"
  stop_all
  for ((round = 0; round < ROUNDS; round++)); do
    lay_out arq
    began=$(date +%s%N)
    "$work/release/bin/arq-supervisor" --prefix "$work/arq" start >/dev/null 2>&1 &
    starter=$!
    eventually curl -fs -o /dev/null "$(url_of arq)/health" && since "$began" >"$work/start" &&
      eventually curl -fs -o /dev/null -H "Authorization: Bearer $(cat "$work/arq/key")" -H 'X-ARQ-User: first' \
        -H 'Content-Type: application/json' -d '{"message": "hello", "message_id": "first"}' \
        "$(url_of arq)/api/message" && since "$began" >>"$work/start" || return 1
    xargs <"$work/start" >>"$work/starts"
    wait "$starter"
    stop arq
  done
  heading "from starting the supervisor to the first answer, ms: median (least to most)"
  for column in 1 2; do summary "$work/starts" "$column"; done | awk '
    { printf "%-34s %6d (%d to %d)\n", NR == 1 ? "200 on /health" : "the first message'\''s reply", $1, $2, $3 }'
}
since() { echo $((($(date +%s%N) - $1) / 1000000)); }
# Tried every few milliseconds, for a minute at most.
eventually() {
  local rounds
  for ((rounds = 0; rounds < 4000; rounds++)); do
    if "$@"; then return 0; fi
    sleep 0.005
  done
  echo "never came true: $*"
  return 1
}

figure_memory() {
  local pool title kind
  heading "memory of the pool, kB: supervisor, listener and workers, and apart from them nginx; no other pool running"
  printf '%-34s %10s %16s %18s\n' "" idle "after 60 users" "after 1,000 users"
  for pool in arq store constant; do
    title=$pool
    [ "$pool" = arq ] || title="floor ($pool)"
    fresh "$pool"
    sleep 1
    rm -f "$work"/memory-*
    note_memory "$pool"
    if [ "$pool" != constant ]; then
      fill "$pool" 60 20 && note_memory "$pool" && fill "$pool" 1000 4 && note_memory "$pool" || return 1
    fi
    for kind in pss alone nginx; do
      xargs <"$work/memory-$kind" | awk -v title="$title" -v kind="$kind" '
        BEGIN { what["pss"] = title ": PSS"; what["alone"] = "    shared pages in full"; what["nginx"] = "    its nginx: PSS" }
        { line = sprintf("%-34s %10s %16s %18s", what[kind], $1, $2, $3); sub(/ *$/, "", line); print line }'
    done
    if [ "$pool" = arq ]; then
      goal "memory of the pool, idle, kB (PSS)" "$(sed -n 1p "$work/memory-pss")" '<=' 6000 0
      goal "memory of the pool after 1,000 users, kB (PSS)" "$(sed -n 3p "$work/memory-pss")" '<=' 17800 0
    fi
  done
}
note_memory() {
  sleep 2
  pss_kb "$(parent_of "$1")" >>"$work/memory-pss"
  alone_kb "$(parent_of "$1")" >>"$work/memory-alone"
  pss_kb "$(nginx_of "$1")" >>"$work/memory-nginx"
}

# What a pool writes and syncs, counted at its system calls, and the processor time that it takes. The same number of
# messages for all: with 60 users two whole batches of the full-text index (it counts replies too).
figure_io() {
  local each
  each=$(default_of store.index_batch_messages)
  heading "per message of about 80 bytes"
  printf '%-34s %10s %10s %10s %10s %10s\n' "" "B written" writes syncs "CPU us" messages
  count_io arq 60 "$each" message "arq, 60 users in turn" || return 1
  goal "bytes written per message, file open" "$(cut -d ' ' -f 1 "$work/each")" '<=' 6000 0
  goal "syncs per message, file open" "$(cut -d ' ' -f 3 "$work/each")" '<=' 1.2 2
  count_io arq 60 "$each" plain "arq, 60 users, nothing taught" &&
    count_io store 60 "$each" message "floor, 60 users in turn" &&
    count_io arq 1000 6 message "arq, 1,000 users in turn" &&
    count_io store 1000 6 message "floor, 1,000 users in turn"
}
# count_io POOL USERS EACH KIND TITLE: leaves "bytes writes syncs us" in $work/each.
count_io() {
  local pool=$1 counts=$work/counts settings=
  [ "$2" != 60 ] || settings=$all_of_60
  rm -f "$counts"
  preloaded=(LD_PRELOAD="$work/bench/libcounted-writes.so" ARQ_BENCH_COUNTS="$counts")
  fresh "$pool"
  preloaded=()
  fill "$pool" "$2" 3 "$4" || return 1
  { counted "$counts"; cpu_us "$(parent_of "$pool")"; } | xargs >"$work/before"
  fill "$pool" "$2" "$3" "$4" || return 1
  { counted "$counts"; cpu_us "$(parent_of "$pool")"; } | xargs >"$work/after"
  paste -d ' ' "$work/before" "$work/after" | awk -v n="$(cut -d ' ' -f 7 "$work/fill")" '
    { print ($5 - $1) / n, ($6 - $2) / n, ($7 - $3) / n, ($8 - $4) / n, n }' >"$work/each"
  awk -v what="$5" '{ printf "%-34s %10.0f %10.1f %10.2f %10.0f %10d\n", what, $1, $2, $3, $4, $5 }' "$work/each"
  stop_all
}
# counted FILE: "bytes writes syncs" so far.
counted() { od -An -t u8 -w24 "$1"; }

# 100 messages of each user, when all files are closed: all that lies below the users' folder.
figure_disk() {
  local pool title file folder users=40 each=100
  heading "on disk per message, $each messages of each of $users users, files closed"
  printf '%-34s %10s %16s\n' "" "B in files" "B in blocks"
  for pool in arq store; do
    title=$pool
    [ "$pool" = arq ] || title=floor
    fresh "$pool"
    fill "$pool" "$users" "$each" || return 1
    stop "$pool"
    folder=$work/$pool/data
    if [ "$pool" = arq ]; then
      folder=$folder/users
    else
      # The floor's workers just die: what closing the files does is done here.
      for file in "$folder"/floor/*.sqlite3; do sqlite3 "$file" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null; done
      folder=$folder/floor
    fi
    find "$folder" -type f -printf '%s %b\n' | awk -v n="$(cat "$work/$pool/sent")" '
      { bytes += $1; blocks += $2 } END { print bytes / n, blocks * 512 / n }' >"$work/each"
    awk -v what="$title" '{ printf "%-34s %10.0f %16.0f\n", what, $1, $2 }' "$work/each"
    # Whose pages they are; what belongs to one full-text index goes together.
    find "$folder" -name '*.sqlite3' -exec sqlite3 {} 'SELECT name, sum(pgsize) FROM dbstat GROUP BY name' \; |
      awk -F '|' -v n="$(cat "$work/$pool/sent")" '
        { sub(/_index_.*/, "_index", $1); bytes[$1] += $2 / n }
        END { for (name in bytes) printf "%.0f|%s\n", bytes[name], name }' | sort -rn |
      awk -F '|' '{ list = list sep $2 " " $1; sep = ", " } END { print "    of it: " list }'
    [ "$pool" != arq ] || goal "bytes on disk per message, 100 of each user" "$(cut -d ' ' -f 1 "$work/each")" '<=' 900 0
  done
}

# The load client of the system tests checks each answer, and afterwards looks for each message that was acknowledged.
figure_kills() {
  local killed=0 load_pid status failed
  fresh arq
  "$work/bench/arq-load" --url "$(url_of arq)" --key "$(cat "$work/arq/key")" --connections 64 --users 200 \
    --seconds $((KILLS * 6 / 10 + 3)) >"$work/load.log" 2>"$work/load.err" &
  load_pid=$!
  sleep 1
  while [ "$killed" -lt "$KILLS" ] && kill -0 "$load_pid" 2>/dev/null; do
    # Each in turn, as soon as it serves again.
    kill -KILL "$(cat "$work/arq/run/worker-$((killed % 2 + 1)).pid" 2>/dev/null)" 2>/dev/null && killed=$((killed + 1))
    sleep 0.45
  done
  wait "$load_pid"
  status=$?
  heading "workers killed (kill -9) under 64 connections: $killed of $KILLS"
  sed 's/^/    /' "$work/load.log" "$work/load.err"
  failed=$(sed -n 's/.*"failed":\([0-9]*\).*/\1/p' "$work/load.log")
  goal "failed requests, $killed kills" "${failed:-999999}" '<=' 0 0
  goal "acknowledged messages lost or there twice, $killed kills" \
    "$(sed -n 's/.*"lost":\([0-9]*\),"doubled":\([0-9]*\).*/\1 \2/p' "$work/load.log" | awk '{ print $1 + $2; found = 1 } END { if (!found) print 999999 }')" '<=' 0 0
  [ "$killed" = "$KILLS" ] || { echo "    the load ended before all were killed"; return 1; }
  return "$status"
}
