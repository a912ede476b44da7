#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The supervisor alone, with workers that do nothing (support/fakes). The folder's name has a space.

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

starts_of() { grep -c "^[0-9]* [0-9]* $1 " "$prefix/fake/starts"; }
more_starts_than() { [ "$(starts_of "$1")" -gt "$2" ]; }
log_has() { grep -qF -- "$1" "$prefix/log/supervisor.log"; }
nothing_left() { [ -z "$(processes_of_prefix)" ]; }
workers_left() { processes_of_prefix | while read -r pid; do tr '\0' ' ' <"/proc/$pid/cmdline"; echo; done | grep -c bin/arq-worker; }
three_workers_left() { [ "$(workers_left)" = 3 ]; }
line_of() { grep -nF -- "$1" "$prefix/log/supervisor.log" | tail -n 1 | cut -d: -f1; }

@test "start returns when all workers serve, and a second start changes nothing" {
  run supervisor start
  assert_success
  assert_output --partial "all 3 workers serve"
  local first
  first=$(pid_of_worker 1)
  run supervisor start
  assert_success
  assert_output --partial "run already"
  assert_equal "$(pid_of_worker 1)" "$first"
}

@test "each slot belongs to exactly one worker" {
  supervisor start
  run sh -c "cut -d' ' -f4 '$prefix/fake/starts' | tr , '\n' | sort -n | tr '\n' ' '"
  assert_output "20 21 22 23 24 25 26 27 28 29 "
}

@test "a killed worker is started again at once" {
  supervisor start
  local old
  old=$(pid_of_worker 2)
  kill -KILL "$old"
  eventually serves_anew 2 "$old"
  assert_equal "$(cat "$prefix/run/worker-2.restarts")" 1
  assert log_has "died of signal 9; starting another at once"
  refute log_has "next try in"
}

@test "three workers killed at once all come back, ten times in a row" {
  supervisor start
  local one two three
  for _ in {1..10}; do
    one=$(pid_of_worker 1) two=$(pid_of_worker 2) three=$(pid_of_worker 3)
    kill -KILL "$one" "$two" "$three"
    eventually serves_anew 1 "$one"
    eventually serves_anew 2 "$two"
    eventually serves_anew 3 "$three"
  done
  assert_equal "$(cat "$prefix/run/worker-3.restarts")" 10
}

@test "a worker that can't start is tried again after growing pauses, and the others go on" {
  supervisor start
  local other before
  other=$(pid_of_worker 2)
  before=$(starts_of 1)
  echo fail >"$prefix/fake/mode-1"
  kill -KILL "$(pid_of_worker 1)"
  # 200, 400 and 800 ms, and each a fifth more or less by chance.
  eventually grep -qE 'worker 1: next try in ([67][0-9][0-9]|8[0-9][0-9]|9[0-6][0-9]) ms' "$prefix/log/supervisor.log"
  run sh -c "grep -o 'next try in [0-9]*' '$prefix/log/supervisor.log' | grep -o '[0-9]*$'"
  [ "${lines[0]}" -ge 160 ] && [ "${lines[0]}" -le 240 ] && [ "${lines[1]}" -ge 320 ] && [ "${lines[1]}" -le 480 ]
  [ "$(starts_of 1)" -le $((before + 4)) ]
  assert_equal "$(pid_of_worker 2)" "$other"
  run supervisor status
  assert_failure 1
  assert_line --regexp '^worker 1 .*not ready'
  rm "$prefix/fake/mode-1"
  eventually serves_anew 1 none
}

@test "start names the worker that can't start, shows what it said, and leaves nothing running" {
  echo fail >"$prefix/fake/mode-2"
  run supervisor start
  assert_failure 1
  assert_output --partial "worker 2 ended with status 1 before it was ready"
  assert_output --partial "fake worker 2: cannot start, as told"
  eventually nothing_left
}

@test "start gives up on a worker that never becomes ready" {
  fake_set pool.start_seconds 1
  echo never >"$prefix/fake/mode-3"
  run supervisor start
  assert_failure 1
  assert_output --partial "worker 3 was not ready after 1 s"
  eventually nothing_left
}

@test "a wrong configuration stops start and restart before anything changes" {
  touch "$prefix/fake/settings-wrong"
  run supervisor start
  assert_failure 1
  assert_output --partial "etc/arq.json:3"
  rm "$prefix/fake/settings-wrong"
  supervisor start
  local old
  old=$(pid_of_worker 1)
  touch "$prefix/fake/settings-wrong"
  run supervisor restart
  assert_failure 3
  assert_equal "$(pid_of_worker 1)" "$old"
}

@test "restart puts a new worker beside each old one before that ends" {
  supervisor start
  local index old new
  local -A before
  for index in 1 2 3; do before[$index]=$(pid_of_worker "$index"); done
  run supervisor restart
  assert_success
  assert_output --partial "all 3 workers are new and serve"
  for index in 1 2 3; do
    old=${before[$index]}
    new=$(pid_of_worker "$index")
    [ "$new" != "$old" ]
    eventually log_has "worker $index (pid $old) has ended as told"
    [ "$(line_of "worker $index (pid $new) serves")" -lt "$(line_of "worker $index (pid $old) has ended")" ]
  done
  # One after the other: the second new worker starts when the first serves.
  assert_equal "$(tail -n 3 "$prefix/fake/starts" | cut -d' ' -f3 | tr '\n' ' ')" "1 2 3 "
  assert_equal "$(cat "$prefix/run/worker-1.restarts")" 0
}

@test "restart starts what current points to" {
  supervisor start
  fake_release 2
  ln -s releases/2 "$prefix/next" && mv -T "$prefix/next" "$prefix/current"
  supervisor restart
  run tail -n 3 "$prefix/fake/starts"
  assert_output --partial "/releases/2/bin"
  refute_output --partial "/releases/1/bin"
}

@test "when a new worker can't start, the old one stays and restart says so" {
  supervisor start
  local old first
  first=$(pid_of_worker 1)
  old=$(pid_of_worker 2)
  echo fail >"$prefix/fake/mode-2"
  run supervisor restart
  assert_failure 1
  assert_output --partial "new worker 2 ended with status 1"
  assert_equal "$(pid_of_worker 2)" "$old"
  kill -0 "$old"
  assert serves_anew 1 "$first"
  rm "$prefix/fake/mode-2"
  supervisor restart
}

@test "when a new worker never becomes ready, the old one stays and the new one goes" {
  supervisor start
  fake_set pool.start_seconds 1
  echo never >"$prefix/fake/mode-1"
  local old
  old=$(pid_of_worker 1)
  run supervisor restart
  assert_failure 1
  assert_output --partial "not ready after 1 s"
  assert_equal "$(pid_of_worker 1)" "$old"
  eventually three_workers_left
}

@test "an old worker killed during a restart ends as one worker per number" {
  supervisor start
  fake_set pool.start_seconds 2
  echo never >"$prefix/fake/mode-1"
  local old
  old=$(pid_of_worker 1)
  supervisor restart &
  sleep 0.5
  rm "$prefix/fake/mode-1"
  kill -KILL "$old"
  if wait $!; then fail "the restart succeeded without a worker"; fi
  supervisor restart
  eventually three_workers_left
  supervisor status
}

@test "restart with another number of workers leaves no slot unserved" {
  supervisor start
  fake_set pool.workers 2
  supervisor restart
  run sh -c "tail -n 2 '$prefix/fake/starts' | cut -d' ' -f4 | tr , '\n' | sort -n | tr '\n' ' '"
  assert_output "20 21 22 23 24 25 26 27 28 29 "
  run supervisor status
  assert_success
  refute_output --partial "worker 3"
  fake_set pool.workers 4
  supervisor restart
  run supervisor status
  assert_success
  assert_line --regexp '^worker 4 .*ready'
}

@test "two restarts at once both succeed, one after the other" {
  supervisor start
  supervisor restart &
  supervisor restart
  wait $!
  assert_equal "$(grep -c 'workers are new and serve' "$prefix/log/supervisor.log")" 2
  supervisor status
}

@test "two starts at once make one supervisor" {
  supervisor start &
  supervisor start
  wait $!
  assert_equal "$(grep -c 'starts 3 workers' "$prefix/log/supervisor.log")" 1
  assert_equal "$(wc -l <"$prefix/fake/starts")" 3
}

@test "stop ends everything, and a second stop says that nothing runs" {
  supervisor start
  run supervisor stop
  assert_success
  nothing_left
  assert_equal "$(wc -l <"$prefix/fake/ends")" 3
  run ls "$prefix/run"
  refute_output --partial worker
  run supervisor stop
  assert_success
  assert_output --partial "nothing runs"
}

@test "stop waits for no restart, and kills at once what has never served" {
  supervisor start
  fake_set pool.start_seconds 20
  fake_set pool.drain_seconds 20
  echo stubborn-never >"$prefix/fake/mode-2"
  supervisor restart 3>&- &
  eventually log_has "rolling restart"
  eventually starts_of_are 2 2
  run supervisor stop
  assert_success
  nothing_left
  ends_with 3 $!
  refute log_has "was not ready after"
  refute log_has "had not finished"
}
starts_of_are() { [ "$(starts_of "$1")" = "$2" ]; }

@test "stop ends a start that is under way" {
  fake_set pool.start_seconds 20
  echo never >"$prefix/fake/mode-2"
  supervisor start 3>&- &
  eventually log_has "starts 3 workers"
  run supervisor stop
  assert_success
  nothing_left
  ends_with 1 $!
  refute log_has "was not ready after"
  assert [ -e "$prefix/run/stopped" ]
}

@test "restart --now waits for no other restart, which says that it was given up" {
  supervisor start
  fake_set pool.start_seconds 20
  echo never >"$prefix/fake/mode-2"
  supervisor restart 2>"$BATS_TEST_TMPDIR/first" 3>&- &
  eventually starts_of_are 2 2
  rm "$prefix/fake/mode-2"
  run supervisor restart --now
  assert_success
  assert_output --partial "it is given up"
  assert_output --partial "all 3 workers are new and serve"
  ends_with 3 $!
  grep -q "it was given up: something else was asked for" "$BATS_TEST_TMPDIR/first"
  refute log_has "was not ready after"
  eventually three_workers_left
}

@test "a worker that doesn't end in time is killed, and the log says so" {
  fake_set pool.drain_seconds 1
  echo stubborn >"$prefix/fake/mode-2"
  supervisor start
  supervisor stop
  nothing_left
  assert log_has "had not finished 6 s after SIGTERM; killed"
}

@test "SIGTERM to the supervisor ends it and its workers" {
  supervisor start
  kill -TERM "$(cat "$prefix/run/supervisor.pid")"
  eventually nothing_left
  assert_equal "$(wc -l <"$prefix/fake/ends")" 3
}

@test "workers outlive a killed supervisor, and the next start takes over from them" {
  supervisor start
  local index
  local -A before
  for index in 1 2 3; do before[$index]=$(pid_of_worker "$index"); done
  kill -KILL "$(cat "$prefix/run/supervisor.pid")"
  sleep 0.3
  kill -0 "${before[1]}" "${before[2]}" "${before[3]}"
  run supervisor restart
  assert_failure 3
  assert_output --partial "nothing runs"
  run supervisor start
  assert_success
  eventually gone "${before[@]}"
  supervisor status
  supervisor stop
  nothing_left
}

@test "a killed keeper costs its worker its place, and the next one is watched again" {
  supervisor start
  local old keeper
  old=$(pid_of_worker 2)
  keeper=$(sed -n 's/^PPid:\t//p' "/proc/$old/status")
  [ "$keeper" != "$(cat "$prefix/run/supervisor.pid")" ]
  kill -KILL "$keeper"
  eventually serves_anew 2 "$old"
  eventually gone "$old"
  old=$(pid_of_worker 2)
  kill -KILL "$old"
  eventually serves_anew 2 "$old"
  three_workers_left
}

@test "stop also ends the workers of a killed supervisor" {
  supervisor start
  kill -KILL "$(cat "$prefix/run/supervisor.pid")"
  supervisor stop
  nothing_left
}

@test "a worker killed after its supervisor brings both back by itself" {
  supervisor start
  local old other
  old=$(cat "$prefix/run/supervisor.pid")
  other=$(pid_of_worker 2)
  kill -KILL "$old"
  kill -KILL "$(pid_of_worker 1)"
  eventually log_has "there is no supervisor; starting one"
  eventually supervisor status
  eventually gone "$old" "$other"
  eventually three_workers_left
  supervisor stop
  nothing_left
}

@test "workers killed after their supervisor by stop stay ended" {
  fake_set pool.drain_seconds 1
  echo stubborn >"$prefix/fake/mode-2"
  supervisor start
  kill -KILL "$(cat "$prefix/run/supervisor.pid")"
  supervisor stop
  sleep 1
  nothing_left
  refute log_has "starting one"
}

@test "workers get their slots and none of the supervisor's descriptors" {
  supervisor start
  run cat "$prefix/fake/descriptors-1"
  refute_output --partial supervisor.lock
  refute_output --partial command.lock
  refute_output --partial control
  refute_output --partial supervisor.log
}

@test "where no process can be started the supervisor stays, and makes up for it when one can" {
  supervisor start
  local supervisor old two
  supervisor=$(cat "$prefix/run/supervisor.pid")
  prlimit --pid "$supervisor" --nproc=1:
  old=$(pid_of_worker 2) two=$(pid_of_worker 3)
  kill -KILL "$old" "$two"
  eventually log_has "was broken off"
  sleep 1
  kill -0 "$supervisor"
  prlimit --pid "$supervisor" --nproc="$(ulimit -Hu):"
  eventually serves_anew 2 "$old"
  eventually serves_anew 3 "$two"
  run supervisor restart
  assert_success
  eventually three_workers_left
}

@test "an idle supervisor doesn't even wake up" {
  supervisor start
  local pid before
  pid=$(cat "$prefix/run/supervisor.pid")
  sleep 0.5
  before=$(grep -h ctxt "/proc/$pid/status")
  sleep 2
  assert_equal "$(grep -h ctxt "/proc/$pid/status")" "$before"
}

@test "status shows every process and whether it is ready" {
  run supervisor status
  assert_failure 1
  assert_line --regexp '^supervisor .*not running'
  supervisor start
  run supervisor status
  assert_success
  assert_line --regexp '^supervisor +pid [0-9]+ +running'
  assert_line --regexp '^worker 1 +pid [0-9]+ +ready +up [0-9]+ s +slots 0,3,6,9 +restarts 0'
  assert_line --partial 'web.own_nginx is false'
}

@test "a wrong call ends with 2, --help with 0" {
  run supervisor
  assert_failure 2
  run supervisor begin
  assert_failure 2
  assert_output --partial 'unknown command "begin"'
  run supervisor start stop
  assert_failure 2
  run supervisor --help
  assert_success
  assert_output --partial "Usage:"
}

@test "a prefix without a release is refused with what to do" {
  run "$prefix/current/bin/arq-supervisor" --prefix "$BATS_TEST_TMPDIR" start
  assert_failure 1
  assert_output --partial "holds no installed release"
  run "$prefix/current/bin/arq-supervisor" --prefix "$BATS_TEST_TMPDIR/none" start
  assert_failure 1
  assert_output --partial "there is no folder"
}

@test "restart also renews the supervisor's own script, which goes on with workers and all" {
  supervisor start
  local supervisor old
  supervisor=$(cat "$prefix/run/supervisor.pid")
  old=$(pid_of_worker 2)
  fake_release 2
  sed -i 's/rolling restart: /rolling restart, by the new script: /' "$prefix/releases/2/share/supervisor/rolling.sh"
  ln -sfn releases/2 "$prefix/current"
  run supervisor restart
  assert_success
  assert log_has "rolling restart, by the new script"
  assert serves_anew 2 "$old"
  assert_equal "$(cat "$prefix/run/supervisor.pid")" "$supervisor"
  # It watches as before.
  old=$(pid_of_worker 3)
  kill -KILL "$old"
  eventually serves_anew 3 "$old"
  # One that can't run doesn't take over.
  fake_release 3
  echo 'this is (no script' >"$prefix/releases/3/share/supervisor/common.sh"
  ln -sfn releases/3 "$prefix/current"
  supervisor=$prefix/releases/2/bin/arq-supervisor
  run "$supervisor" --prefix "$prefix" restart
  assert log_has "can't run; this one goes on"
  run "$supervisor" --prefix "$prefix" stop
  assert_success
  eventually nothing_left
}
