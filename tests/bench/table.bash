# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154,SC2153,SC2034 # `run` sets what stands in capitals, `work`; others use `ratio`
# How figures are put together and printed.

# Under what conditions all that follows was measured.
print_head() {
  local settings="pool.workers pool.threads store.open_files store.page_cache_kib store.wal_checkpoint_pages store.index_batch_messages"
  cat <<END
make bench ROUNDS=$ROUNDS SECONDS=$ROUND_SECONDS KILLS=$KILLS ONLY=$ONLY   $(date -u '+%Y-%m-%d %H:%M') UTC, $(id -un)
ARQ $(cat "$work/release/VERSION"); $(nginx_version), SQLite $(sqlite3 --version | cut -d ' ' -f 1), $(wrk_version)
$(nproc) cores ($(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1)), Linux $(uname -r), $(df --output=fstype "$work" | tail -n 1) below $(dirname "$work"), load before: $(cut -d ' ' -f 1-3 /proc/loadavg)
ARQ's defaults ($(for key in $settings; do printf '%s=%s ' "$key" "$(default_of "$key")"; done | sed 's/ $//')),
but for: web.address, web.port, and web.requests_per_second, web.requests_burst, web.key_requests_per_second=100000
END
  if df --output=fstype "$work" | grep -q tmpfs; then
    echo "NOTE: this lies in memory, where a sync costs nothing: set TMPDIR to a folder on a disk."
  fi
}
default_of() { "$work/release/bin/arqctl" config describe | awk -F '`' -v key="$1" '$2 == key { print $4 }'; }
nginx_version() { PATH=$PATH:/usr/sbin nginx -v 2>&1 | sed 's/^nginx version: //; s,/, ,'; }
wrk_version() { wrk -v 2>&1 | sed -n 's/^\(wrk [^ ]*\).*/\1/p' | head -n 1; }

# summary FILE COLUMN: "median least most" of a column of numbers.
summary() {
  sort -g -k "$2,$2" "$1" |
    awk -v c="$2" '{ v[NR] = $c } END { print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2), v[1], v[NR] }'
}
median() { summary "$@" | cut -d ' ' -f 1; }

heading() { printf '\n%s\n' "$*"; }

compare_heading() {
  heading "$1"
  printf '%-12s %18s %20s %15s %15s %15s %20s\n' \
    "" "requests/s" "ratio" "p50 ms" "p95 ms" "p99 ms" "ratio of p99" \
    "connections" "$2" "(least to most)" "$2" "$2" "$2" "(least to most)"
}

fresh_messages=
# compare CONNECTIONS KIND ONE USERS OTHER USERS: both pools in turn, ROUNDS times; prints a line of medians and of
# the rounds' own ratios. Sets ratio and ratio_p99. Fails when an answer was wrong. Where `fresh_messages` is set, each
# round has users of its own, who have said so much before.
compare() {
  ratio=0 ratio_p99=999
  local connections=$1 kind=$2 one=$3 users=$4 other=$5 other_users=$6 round column rounds=$work/rounds wrong
  : >"$rounds"
  for ((round = 0; round < ROUNDS; round++)); do
    if [ -n "$fresh_messages" ]; then
      names=c$connections-$round-u
      fill "$one" "$users" "$fresh_messages" && fill "$other" "$other_users" "$fresh_messages" || return 1
    fi
    echo "$(load "$one" "$connections" "$ROUND_SECONDS" "$kind" "$users")" \
      "$(load "$other" "$connections" "$ROUND_SECONDS" "$kind" "$other_users")" >>"$rounds"
  done
  names=u
  [ "$(awk 'NF == 14' "$rounds" | wc -l)" = "$ROUNDS" ] || { echo "$connections: a run gave nothing"; return 1; }
  awk '{ print $0, $1 / $8, $4 / $11 }' "$rounds" >"$rounds.ratios"
  ratio=$(median "$rounds.ratios" 15)
  ratio_p99=$(median "$rounds.ratios" 16)
  awk -v users="$users" -v other="$other_users" -v before="${fresh_messages:-0}" '
    { one += $7 / users; two += $14 / other } END { printf "%.0f %.0f\n", before + one / NR, before + two / NR }' "$rounds" >"$work/histories"
  for column in 1 8 15 2 9 3 10 4 11 16; do summary "$rounds.ratios" "$column"; done | awk -v connections="$connections" '
    { median[NR] = $1; range[NR] = sprintf("%.2f (%.2f-%.2f)", $1, $2, $3) }
    END { printf "%-12s %8.0f %9.0f %20s %7.2f %7.2f %7.2f %7.2f %7.2f %7.2f %20s\n", connections, median[1], median[2], range[3],
                 median[4], median[5], median[6], median[7], median[8], median[9], range[10] }'
  wrong=$(awk '{ sum += $6 + $13 } END { print sum + 0 }' "$rounds")
  [ "$wrong" = 0 ] || { echo "    $wrong answers were wrong or missing"; return 1; }
}

# What the load client takes of the same processors, alike for all.
print_client() {
  local kind
  [ -s "$work/load-message" ] || [ -s "$work/load-health" ] || return 0
  heading "processor time of the load client itself, us per answer"
  for kind in message health; do
    [ ! -s "$work/load-$kind" ] || awk -v kind="$kind" '
      { spent += $8 + $9; answers += $5 } END { printf "%-34s %10.0f\n", kind, spent * 1e6 / answers }' "$work/load-$kind"
  done
}

# goal NAME VALUE '>='|'<=' LIMIT DECIMALS: kept for the list at the end.
goal() { printf '%s|%s|%s|%s|%s\n' "$@" >>"$work/goals"; }

print_goals() {
  [ -s "$work/goals" ] || return 0
  heading "goals"
  awk -F '|' '{
    met = $3 == ">=" ? $2 >= $4 : $2 <= $4
    printf "%-66s %s %-8s %12.*f  %s\n", $1, $3, $4, $5, $2, met ? "met" : "MISSED" }' "$work/goals"
}
# The worst of what was added to a file: lowest FILE, highest FILE.
lowest() { sort -g "$1" | head -n 1; }
highest() { sort -g "$1" | tail -n 1; }
