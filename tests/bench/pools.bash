# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154,SC2034 # `run` sets `work`
# The pools, each in a prefix of its own below $work, behind an nginx of its own with the configuration that arqctl
# renders: `store` (the floor of a message), `constant` (the floor of an answer), and ARQ under any other name.

arqctl() { "$work/release/bin/arqctl" --prefix "$work/$1" "${@:2}"; }
url_of() { printf 'http://127.0.0.1:%s' "$(cat "$work/$1/port")"; }

# Where all of 60 users' files stay open, in ARQ as in the floor.
all_of_60='"open_files": 64'
settings=

# lay_out POOL [STORE-SETTINGS]: a fresh prefix, with what `settings` holds where no others are given.
lay_out() {
  local prefix=$work/$1 port
  rm -rf "$prefix"
  port=$(free_port)
  mkdir -p "$prefix/releases" "$prefix/etc" "$prefix/run/nginx" "$prefix/run/tmp" "$prefix/log" &&
    ln -s "$work/release" "$prefix/releases/measured" && ln -s releases/measured "$prefix/current" && ln -s releases/measured "$prefix/legacy" || exit 1
  echo "$port" >"$prefix/port"
  echo 0 >"$prefix/sent"
  # All requests come from one address here.
  printf '{"web": {"address": "127.0.0.1", "port": %s, "requests_per_second": 100000, "requests_burst": 100000, "key_requests_per_second": 100000}, "store": {%s}}\n' \
    "$port" "${2:-$settings}" >"$prefix/etc/arq.json"
  arqctl "$1" init >/dev/null || exit 1
  arqctl "$1" key add --role server --name bench >"$prefix/key" || exit 1
}

free_port() {
  local port=$((20000 + RANDOM % 9000))
  while grep -qi ":$(printf %04X "$port") " /proc/net/tcp /proc/net/tcp6 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

# start POOL [STORE-SETTINGS]; what `preloaded` holds is put into its environment.
start() {
  case $1 in
    store | constant) start_floor "$1" ;;
    *) start_arq "$@" ;;
  esac
}
stop() {
  case $1 in
    store | constant) stop_floor "$1" ;;
    *) "$work/release/bin/arq-supervisor" --prefix "$work/$1" stop >/dev/null 2>&1 ;;
  esac
}
stop_all() {
  local port
  for port in "$work"/*/port; do [ ! -f "$port" ] || stop "$(basename "$(dirname "$port")")"; done
}
# fresh POOL...: stops all that runs, then starts these, empty.
fresh() {
  local pool
  stop_all
  for pool; do start "$pool"; done
}

preloaded=()
names=u

# The whole of it, as an operator starts it.
start_arq() {
  lay_out "$@"
  env "${preloaded[@]}" "$work/release/bin/arq-supervisor" --prefix "$work/$1" start 2>"$work/$1/log/start.log" ||
    { cat "$work/$1/log/start.log" >&2; exit 1; }
}

start_floor() {
  local pool=$1 arguments attempt
  lay_out "$pool"
  arguments=("$work/$pool" "$(arqctl "$pool" config get pool.workers)" "$(arqctl "$pool" config get pool.threads)")
  [ "$pool" != store ] || arguments+=("$(arqctl "$pool" config get store.open_files)")
  env "${preloaded[@]}" "$work/bench/floor-$pool" "${arguments[@]}" 2>>"$work/$pool/log/floor.log" &
  echo $! >"$work/$pool/floor.pid"
  arqctl "$pool" nginx render --output "$work/$pool/run/nginx" || exit 1
  for attempt in {50..0}; do [ -S "$work/$pool/run/slot9.sock" ] && break; sleep 0.1; done
  [ "$attempt" -gt 0 ] || { cat "$work/$pool/log/floor.log" >&2; exit 1; }
  # The sockets' paths are relative to where nginx runs.
  (cd "$work/$pool" && PATH=$PATH:/usr/sbin exec nginx -p ./ -e log/nginx-error.log -c run/nginx/arq.conf) || exit 1
}
stop_floor() {
  local pid nginx
  [ -f "$work/$1/floor.pid" ] || return 0
  pid=$(cat "$work/$1/floor.pid")
  rm -f "$work/$1/floor.pid"
  nginx=$(cat "$work/$1/run/nginx.pid" 2>/dev/null) && kill "$nginx" 2>/dev/null
  pkill -TERM -P "$pid"
  wait "$pid" 2>/dev/null
  while [ -n "$nginx" ] && kill -0 "$nginx" 2>/dev/null; do sleep 0.05; done
}

# The process above all others of a pool, and its nginx.
parent_of() { cat "$work/$1/floor.pid" 2>/dev/null || cat "$work/$1/run/supervisor.pid"; }
nginx_of() { cat "$work/$1/run/nginx.pid"; }

# load POOL CONNECTIONS SECONDS message|plain|health [USERS [COUNT]]: "requests/s p50 p95 p99 answers wrong sent". With
# COUNT for so many answers, however long it takes. The users' names begin with what `names` holds. The processor time that it took itself is noted in load-KIND.
load() {
  local pool=$1 from result TIMEFORMAT='%U %S'
  from=$(cat "$work/$pool/sent")
  result=$( { time wrk --threads 1 --connections "$2" --duration "${3}s" --timeout 10s --script "$work/bench/load.lua" \
    "$(url_of "$pool")" -- "$4" "$(cat "$work/$pool/key")" "${5:-1}" "$names" "$pool-$from" "$from" "${6:-0}" |
    sed -n 's/^RESULT //p'; } 2>"$work/load-time")
  [ -n "$result" ] || { echo "wrk said nothing of $pool" >&2; return 1; }
  echo $((from + $(cut -d ' ' -f 7 <<<"$result"))) >"$work/$pool/sent"
  echo "$result $(cat "$work/load-time")" >>"$work/load-$4"
  echo "$result"
}

# fill POOL USERS EACH [KIND]: so many messages of each user, in turn, and the few that are under way then. Leaves what
# load said in $work/fill.
fill() {
  load "$1" 16 600 "${4:-message}" "$2" $(($2 * $3)) >"$work/fill"
  [ "$(cut -d ' ' -f 6 "$work/fill")" = 0 ] || { echo "wrong answers while $1 was filled: $(cat "$work/fill")" >&2; return 1; }
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

# alone_kb PID...: the same as it would be if nobody else on the machine used the same libraries: what is shared
# counts in full, once for each file.
alone_kb() {
  local pid
  for pid in "$@" $(descendants "$@"); do cat "/proc/$pid/smaps" 2>/dev/null && echo end; done | awk '
    /^[0-9a-f]+-[0-9a-f]+ / { name = $6 == "" ? "none" : $6 }
    /^Private_(Clean|Dirty):/ { sum += $2 }
    /^Shared_(Clean|Dirty):/ { shared[name] += $2 }
    /^end/ { for (name in shared) if (shared[name] > most[name]) most[name] = shared[name]; split("", shared) }
    END { for (name in most) sum += most[name]; print sum }'
}

# cpu_us PID: processor time of a process and all below it, in microseconds (the kernel counts ticks of 10 ms).
cpu_us() {
  local pid
  for pid in "$1" $(descendants "$1"); do sed 's/^.*) //' "/proc/$pid/stat" 2>/dev/null; done |
    awk -v tick="$(getconf CLK_TCK)" '{ sum += $12 + $13 } END { printf "%.0f\n", sum * 1e6 / tick }'
}
