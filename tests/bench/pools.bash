# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # `run` sets `work`
# The three pools, each in a prefix of its own, behind an nginx of its own with the configuration that arqctl
# renders: `arq`, `store` (the floor of a message), `constant` (the floor of an answer).

arqctl() { "$work/release/bin/arqctl" --prefix "$work/$1" "${@:2}"; }
prefix_of() { printf '%s' "$work/$1"; }
url_of() { printf 'http://127.0.0.1:%s' "$(cat "$work/$1/port")"; }

# lay_out POOL: a fresh prefix.
lay_out() {
  local prefix=$work/$1 port
  rm -rf "$prefix"
  port=$(free_port)
  mkdir -p "$prefix/releases" "$prefix/etc" "$prefix/run/nginx" "$prefix/run/tmp" "$prefix/log" &&
    ln -s "$work/release" "$prefix/releases/measured" && ln -s releases/measured "$prefix/current"
  echo "$port" >"$prefix/port"
  # All requests come from one address here.
  printf '{"web": {"address": "127.0.0.1", "port": %s, "requests_per_second": 100000, "requests_burst": 100000, "key_requests_per_second": 100000}}\n' \
    "$port" >"$prefix/etc/arq.json"
  arqctl "$1" init >/dev/null || exit 1
}

free_port() {
  local port=$((20000 + RANDOM % 9000))
  while ss -tlnH 2>/dev/null | grep -q ":$port "; do port=$((port + 1)); done
  echo "$port"
}

# start_arq [NAME=VALUE...]: the whole of it, as an operator starts it.
start_arq() {
  lay_out arq
  key=$(arqctl arq key add --role server --name bench)
  env "$@" "$work/release/bin/arq-supervisor" --prefix "$work/arq" start 2>/dev/null || exit 1
}
stop_arq() {
  [ ! -d "$work/arq" ] || "$work/release/bin/arq-supervisor" --prefix "$work/arq" stop >/dev/null 2>&1
}

# start_floor store|constant [NAME=VALUE...]
start_floor() {
  local pool=$1 arguments=("$work/$1") attempt
  shift
  lay_out "$pool"
  [ "$pool" != store ] || arguments+=("$(arqctl "$pool" config get store.open_files)")
  env "$@" "$work/bench/floor-$pool" "${arguments[@]}" 2>>"$work/$pool/log/floor.log" &
  echo $! >"$work/$pool/floor.pid"
  arqctl "$pool" nginx render --output "$work/$pool/run/nginx" || exit 1
  for attempt in {50..1}; do [ -S "$work/$pool/run/slot9.sock" ] && break; sleep 0.1; done
  [ "$attempt" -gt 1 ] || exit 1
  # The sockets' paths are relative to where nginx runs.
  (cd "$work/$pool" && exec nginx -p . -c run/nginx/arq.conf) 2>>"$work/$pool/log/nginx-start.log" || exit 1
}
stop_floor() {
  [ -f "$work/$1/floor.pid" ] || return 0
  kill "$(cat "$work/$1/run/nginx.pid")" 2>/dev/null
  pkill -TERM -P "$(cat "$work/$1/floor.pid")"
  wait "$(cat "$work/$1/floor.pid")" 2>/dev/null
  rm -f "$work/$1/floor.pid"
}

stop_all() {
  stop_arq
  stop_floor store
  stop_floor constant
}

# load POOL CONNECTIONS SECONDS message|health [USERS]: "requests/s p50 p95 p99 answers wrong"
load() {
  wrk --threads 1 --connections "$2" --duration "${3}s" --timeout 10s --script "$work/bench/load.lua" \
    "$(url_of "$1")" -- "$4" "${key:-none}" "${5:-1}" "$1$2" | sed -n 's/^RESULT //p'
}

# pss_kb PID...: the memory of processes with all below them, each shared page counted by its share.
pss_kb() {
  local pid sum=0
  for pid in "$@" $(descendants "$@"); do
    sum=$((sum + $(awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup" 2>/dev/null || echo 0)))
  done
  echo "$sum"
}
descendants() {
  local pid child
  for pid in "$@"; do
    for child in $(pgrep -P "$pid"); do
      echo "$child"
      descendants "$child"
    done
  done
}

# cpu_us PID: processor time of all processes below one, in microseconds (counted in ticks of 10 ms).
cpu_us() {
  local pid sum=0
  for pid in $(descendants "$1"); do
    sum=$((sum + $(sed 's/^.*) //' "/proc/$pid/stat" | awk '{ print $12 + $13 }')))
  done
  echo $((sum * 1000000 / $(getconf CLK_TCK)))
}
