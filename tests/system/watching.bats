#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the supervisor does with what arq-watch tells it, with workers that do nothing (support/fakes): the tests write
# into run/control themselves. stack.bats and limits.bats have the real one.

bats_load_library bats-support
bats_load_library bats-assert
load support/fake_prefix

setup() {
  [ "$(id -u)" != 0 ] || skip "run by tests/system/run, as an ordinary user"
  fake_prefix "$BATS_TEST_TMPDIR/a prefix"
}

teardown() {
  [ -n "$BATS_TEST_COMPLETED" ] || sed 's/^/# /' "$prefix/log/supervisor.log" 2>/dev/null >&3 || true
  kill_everything_of_prefix
}

tell() { echo "$*" 1<>"$prefix/run/control"; }
log_has() { grep -qF -- "$1" "$prefix/log/supervisor.log"; }
watches() { wc -l <"$prefix/fake/watches"; }
pid_of_watch() { tail -n 1 "$prefix/fake/watches" | cut -d' ' -f1; }
more_watches_than() { [ "$(watches)" -gt "$1" ]; }
has_lines() { [ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]; }
line_of() { grep -nF -- "$1" "$prefix/log/supervisor.log" | tail -n 1 | cut -d: -f1; }
# told EVENT: the operator's command was run for it, with the same in its arguments and its environment.
told() { grep -q "^$1|.*|$1|.*" "$prefix/told"; }
tell_operator() { fake_set notify.command "printf '%s|%s|%s|%s\\n' \"\$1\" \"\$2\" \"\$ARQ_EVENT\" \"\$ARQ_TEXT\" >>'$prefix/told'$1"; }

@test "arq-watch runs with the supervisor, comes back when it dies, and ends with it" {
  supervisor start
  eventually has_lines "$prefix/fake/watches" 1
  assert_equal "$(cut -d' ' -f2- "$prefix/fake/watches")" "--prefix $prefix --supervisor $(cat "$prefix/run/supervisor.pid")"
  local first
  first=$(pid_of_watch)
  kill -KILL "$first"
  eventually more_watches_than 1
  assert log_has "arq-watch (pid $first) died of signal 9; starting another in 0 ms"
  supervisor stop
  [ -z "$(processes_of_prefix)" ]
}

@test "an arq-watch that always dies is started again after growing pauses" {
  touch "$prefix/fake/watch"
  echo fail >"$prefix/fake/watch"
  supervisor start
  eventually more_watches_than 3
  run grep -o 'starting another in [0-9]* ms' "$prefix/log/supervisor.log"
  assert_line --index 0 "starting another in 0 ms"
  # 200, 400, … a fifth more or less
  assert_line --index 1 --regexp 'in (1[6-9].|2[0-4].) ms'
  assert_line --index 2 --regexp 'in (3[2-9].|4[0-8].) ms'
  supervisor stop
}

@test "a killed subshell of arq-watch is replaced" {
  supervisor start
  eventually has_lines "$prefix/fake/watches" 1
  local keeper
  keeper=$(sed -n 's/^PPid:\t//p' "/proc/$(pid_of_watch)/status")
  kill -KILL "$keeper"
  eventually more_watches_than 1
  assert log_has "the process that watched arq-watch is gone"
}

@test "a restart starts arq-watch anew" {
  supervisor start
  eventually has_lines "$prefix/fake/watches" 1
  local first
  first=$(pid_of_watch)
  supervisor restart
  eventually more_watches_than 1
  eventually gone "$first"
}

@test "a worker that hangs is ended, by force if need be, and started again; the log holds all that was told" {
  tell_operator
  supervisor start
  local old
  old=$(pid_of_worker 2)
  kill -STOP "$old"
  tell hung 2 "$old" "state=T cpu_s=0.1 wchan=do_signal_stop:1 threads=1 fds=31 private_kib=100"
  eventually serves_anew 2 "$old"
  assert log_has "worker 2 (pid $old) hangs: two probes in a row without a sign of life; ending it: state=T cpu_s=0.1 wchan=do_signal_stop:1 threads=1 fds=31 private_kib=100"
  assert log_has "pid $old had not ended 3 s after SIGTERM; killed"
  assert_equal "$(cat "$prefix/run/worker-2.restarts")" 1
  eventually told worker_hung
  assert grep -q "worker 2 (pid $old) hung" "$prefix/told"
}

@test "a worker that comes to itself at SIGTERM is not killed" {
  supervisor start
  local old
  old=$(pid_of_worker 1)
  tell hung 1 "$old" state=S
  eventually serves_anew 1 "$old"
  assert grep -q "^$old ended" "$prefix/fake/ends"
  sleep 3.5
  refute log_has "killed"
}

@test "what is told of a process that has gone, or of another's number, changes nothing" {
  supervisor start
  local one two
  one=$(pid_of_worker 1) two=$(pid_of_worker 2)
  tell hung 1 "$two" state=S
  tell hung 7 "$one" state=S
  tell large 1 1 70000
  tell served 3 "$one" 100000
  tell hung
  tell disk
  tell minute
  tell hung 1 '*' state=S
  supervisor restart
  run grep -cE "hangs|is replaced|not understood" "$prefix/log/supervisor.log"
  assert_output 0
}

@test "a worker with too much memory or enough requests makes room without a gap" {
  supervisor start
  local old new
  old=$(pid_of_worker 3)
  tell large 3 "$old" 70000
  eventually serves_anew 3 "$old"
  new=$(pid_of_worker 3)
  eventually log_has "worker 3 (pid $old) has ended as told"
  assert log_has "70000 KiB of memory of its own (pool.worker_memory_mib)"
  [ "$(line_of "worker 3 (pid $new) serves")" -lt "$(line_of "worker 3 (pid $old) has ended")" ]
  assert_equal "$(tail -n 1 "$prefix/fake/starts" | cut -d' ' -f4)" "$(awk '$3 == 3 { print $4; exit }' "$prefix/fake/starts")"
  tell served 3 "$new" 100000
  eventually serves_anew 3 "$new"
  assert log_has "100000 requests (pool.worker_requests)"
}

@test "a disk that is nearly full is told to the operator, once in notify.pause_seconds" {
  tell_operator
  supervisor start
  tell disk nearly_full
  eventually told disk_nearly_full
  tell disk ok
  eventually log_has "the disk has enough room again"
  tell disk nearly_full
  tell disk ok
  supervisor restart
  assert_equal "$(wc -l <"$prefix/told")" 1
  # Long enough ago.
  touch -d '301 seconds ago' "$prefix/run/notify.disk_nearly_full.said"
  tell disk nearly_full
  eventually has_lines "$prefix/told" 2
}

@test "a worker that dies again and again is told to the operator" {
  tell_operator
  fake_set pool.restart_pause_ms 10
  supervisor start
  echo fail >"$prefix/fake/mode-2"
  kill -KILL "$(pid_of_worker 2)"
  eventually told crash_loop
  assert grep -q "worker 2 dies again and again: 4 times in a row" "$prefix/told"
}

@test "a command that takes too long is ended with all it has started, and holds up nobody" {
  tell_operator "; sleep 600 & sleep 600"
  fake_set notify.seconds 1
  fake_set notify.pause_seconds 0
  supervisor start
  tell disk nearly_full
  eventually told disk_nearly_full
  # At most one at a time.
  tell disk nearly_full
  supervisor restart
  eventually log_has "notify.command (disk_nearly_full) had not finished after 1 s (notify.seconds); ended"
  assert_equal "$(wc -l <"$prefix/told")" 1
  run pgrep -u "$(id -u)" -x sleep -a
  refute_output --partial "sleep 600"
  tell disk nearly_full
  eventually has_lines "$prefix/told" 2
}

@test "a command that fails is said in the log, and what it prints goes there" {
  fake_set notify.command 'echo it prints this; exit 7'
  supervisor start
  tell disk nearly_full
  eventually log_has "notify.command (disk_nearly_full) ended with status 7"
  assert log_has "it prints this"
  supervisor status
}

# --- nginx ---------------------------------------------------------------------------------------

# An nginx that serves nothing; PREFIX/fake/nginx-fails: it can't start.
fake_nginx() {
  echo '#!/bin/sh' >"$prefix/fake/nginx"
  cat >>"$prefix/fake/nginx" <<'END'
prefix=${2%/}
echo start >>"$prefix/fake/nginx-starts"
[ ! -e "$prefix/fake/nginx-fails" ] || exit 1
mkfifo "$prefix/fake/nginx-wait"
(
  exec 4<>"$prefix/fake/nginx-wait" 3>&-
  rm "$prefix/fake/nginx-wait"
  read -r _ <&4
) &
echo $! >"$prefix/run/nginx.pid"
END
  chmod +x "$prefix/fake/nginx"
  : >"$prefix/fake/nginx.conf"
  fake_set web.nginx_program "$prefix/fake/nginx"
  fake_set web.own_nginx true
}
# nginx_is_new OLD
nginx_is_new() {
  local pid
  pid=$(cat "$prefix/run/nginx.pid")
  [ "$pid" != "$1" ] && kill -0 "$pid" 2>/dev/null
}

@test "our own nginx is started again at once, then after growing pauses, and told of" {
  tell_operator
  fake_nginx
  supervisor start
  local old
  old=$(cat "$prefix/run/nginx.pid")
  touch "$prefix/fake/nginx-fails"
  kill -KILL "$old"
  tell nginx gone
  eventually has_lines "$prefix/fake/nginx-starts" 4
  # What is told again meanwhile is known.
  tell nginx gone
  rm "$prefix/fake/nginx-fails"
  eventually nginx_is_new "$old"
  run grep -o 'nginx: next try in [0-9]* ms' "$prefix/log/supervisor.log"
  # 200, 400, … a fifth more or less
  assert_line --index 0 --regexp 'in (1[6-9].|2[0-4].) ms'
  assert_line --index 1 --regexp 'in (3[2-9].|4[0-8].) ms'
  assert log_has "nginx could not be started; it is tried again"
  eventually told nginx_down
  supervisor stop
  gone "$(cat "$prefix/run/nginx.pid")"
}

@test "an nginx that runs is left alone, and one that was stopped" {
  fake_nginx
  supervisor start
  tell nginx gone
  tell minute 60
  supervisor restart
  assert_equal "$(wc -l <"$prefix/fake/nginx-starts")" 1
  refute log_has "nginx is gone"
  supervisor stop
  assert_equal "$(wc -l <"$prefix/fake/nginx-starts")" 1
}

@test "an nginx that doesn't answer is told of and not touched" {
  tell_operator
  fake_nginx
  supervisor start
  local old
  old=$(cat "$prefix/run/nginx.pid")
  tell nginx silent
  eventually told nginx_down
  assert_equal "$(cat "$prefix/run/nginx.pid")" "$old"
  kill -0 "$old"
  supervisor stop
}

@test "somebody else's nginx is never started" {
  tell_operator
  fake_nginx
  fake_set web.own_nginx false
  supervisor start
  tell nginx gone
  supervisor restart
  [ ! -e "$prefix/fake/nginx-starts" ]
  refute log_has "nginx is gone"
  [ ! -e "$prefix/told" ]
}

# --- logs ----------------------------------------------------------------------------------------

rotated() { compgen -G "$prefix/log/$1.log.[0-9]*$2" | wc -l; }
was_rotated() { [ "$(rotated "$1" "${2:-}")" -ge "${3:-1}" ]; }
# As long a file as log.rotate_mib says, with something in it to be found again.
fill() { { echo "the first line of $1"; head -c "${2:-1048600}" /dev/zero | tr '\0' x; echo; } >>"$prefix/log/$1.log"; }

@test "a log that has grown is put aside, compressed in the next round, and nothing of it is lost" {
  fake_set log.rotate_mib 1
  supervisor start
  fill requests
  fill supervisor
  fill small 100
  tell minute 60
  eventually was_rotated requests
  eventually was_rotated supervisor
  [ ! -e "$prefix/log/requests.log" ]
  # The supervisor goes on in a new file, its own errors too.
  tell disk nearly_full
  eventually log_has "the disk is nearly full"
  tell minute 120
  eventually was_rotated requests .gz
  eventually was_rotated supervisor .gz
  assert_equal "$(readlink "/proc/$(cat "$prefix/run/supervisor.pid")/fd/2")" "$prefix/log/supervisor.log"
  assert_equal "$(zcat "$prefix"/log/requests.log.*.gz | wc -c)" "$((1048600 + 28))"
  assert_equal "$(zcat "$prefix"/log/supervisor.log.*.gz | grep -c 'all 3 workers serve\|the first line of supervisor')" 2
  assert_equal "$(rotated small '')" 0
  assert_equal "$(cd "$prefix/log" && compgen -G 'requests.log.*' | grep -cE '^requests\.log\.[0-9]{8}-[0-9]{6}\.gz$')" 1
}

@test "so many are kept" {
  fake_set log.rotate_mib 1
  fake_set log.keep 2
  supervisor start
  touch "$prefix"/log/requests.log.2026010{1,2,3,4}-000000.gz
  fill requests
  tell minute 60
  eventually was_rotated requests '[0-9]' 1
  eventually [ ! -e "$prefix/log/requests.log.20260103-000000.gz" ]
  [ -e "$prefix/log/requests.log.20260104-000000.gz" ]
  assert_equal "$(rotated requests '')" 2
}

@test "after so many days all of them are put aside, but for empty ones" {
  fake_set log.rotate_days 2
  supervisor start
  fill requests 10
  : >"$prefix/log/empty.log"
  tell minute 60
  eventually [ -e "$prefix/run/logs.since" ]
  touch -d '47 hours ago' "$prefix/run/logs.since"
  tell minute 120
  supervisor restart
  assert_equal "$(rotated requests '')" 0
  touch -d '49 hours ago' "$prefix/run/logs.since"
  tell minute 180
  eventually was_rotated requests
  eventually was_rotated supervisor
  assert_equal "$(rotated empty '')" 0
}

@test "where nothing can be compressed it is kept as it is, said once, and the service goes on" {
  fake_set log.rotate_mib 1
  mkdir "$prefix/fake/bin"
  printf '#!/bin/sh\nexit 1\n' >"$prefix/fake/bin/gzip"
  chmod +x "$prefix/fake/bin/gzip"
  PATH=$prefix/fake/bin:$PATH supervisor start
  fill requests
  tell minute 60
  eventually was_rotated requests
  tell minute 120
  eventually log_has "can't be compressed (is the disk full?)"
  tell minute 180
  sleep 0.5
  tell minute 240
  sleep 0.5
  assert_equal "$(grep -c "can't be compressed" "$prefix/log/supervisor.log")" 1
  supervisor status
}
