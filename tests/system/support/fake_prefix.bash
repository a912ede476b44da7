# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A prefix that holds the real supervisor and fake programs, so that a test of the supervisor takes
# seconds and needs nothing built.

root_of_source=$(cd -P "${BASH_SOURCE[0]%/*}/../../.." && pwd -P)

# fake_prefix DIR: lays it out; sets prefix.
fake_prefix() {
  prefix=$1
  mkdir -p "$prefix"/{etc,fake}
  fake_release 1
  ln -s releases/1 "$prefix/current"
  fake_set web.own_nginx false
  fake_set web.nginx_program nginx
  fake_set web.port 8080
  fake_set pool.workers 3
  fake_set pool.socket_mode 0600
  fake_set pool.start_seconds 5
  fake_set pool.drain_seconds 2
  fake_set pool.restart_pause_ms 200
  fake_set releases.keep 3
  fake_set pool.fallback_deaths 5
  fake_set pool.fallback_seconds 60
  fake_set pool.unserved_seconds 2
  fake_set pool.trial_pause_seconds 1
  fake_set pool.trial_seconds 1
  fake_set notify.command ""
  fake_set notify.seconds 30
  fake_set notify.pause_seconds 300
  fake_set log.rotate_mib 16
  fake_set log.rotate_days 7
  fake_set log.keep 5
}

fake_release() {
  local release=$prefix/releases/$1
  mkdir -p "$release"/{bin,share/supervisor,share/releases}
  cp "$root_of_source"/tests/system/support/fakes/* "$root_of_source/src/supervisor/arq-supervisor" "$release/bin/"
  cp "$root_of_source"/src/supervisor/*.sh "$release/share/supervisor/"
  cp "$root_of_source"/src/releases/* "$release/share/releases/"
  # The real one wants real programs.
  printf '#!/bin/sh\n' >"$release/share/releases/self-test"
  echo "$1" >"$release/VERSION"
}

# fake_set KEY VALUE
fake_set() {
  { grep -v "^$1 " "$prefix/fake/settings" 2>/dev/null || true; echo "$1 $2"; } >"$prefix/fake/settings.new"
  mv "$prefix/fake/settings.new" "$prefix/fake/settings"
}

supervisor() { "$prefix/current/bin/arq-supervisor" --prefix "$prefix" "$@"; }

# What the supervisor has to do, it does without being waited for: look until it is so, 10 s at most.
eventually() {
  local rounds
  for ((rounds = 0; rounds < 200; rounds++)); do
    if "$@"; then return 0; fi
    sleep 0.05
  done
  echo "never came true: $*" >&2
  return 1
}

# ends_with STATUS PID: of a command in the background.
ends_with() {
  local status=0
  wait "$2" || status=$?
  assert_equal "$status" "$1"
}

pid_of_worker() { cat "$prefix/run/worker-$1.pid" 2>/dev/null; }

# serves_anew INDEX OLD: the worker is ready and is another process than OLD.
serves_anew() {
  local pid
  pid=$(pid_of_worker "$1")
  [ -n "$pid" ] && [ "$pid" != "$2" ] && kill -0 "$pid" 2>/dev/null
}

# gone PID...
gone() {
  local pid
  for pid; do
    # A zombie has no arguments; it is gone for our purposes.
    if [ -s "/proc/$pid/cmdline" ] 2>/dev/null && [ -n "$(tr -d '\0' <"/proc/$pid/cmdline" 2>/dev/null)" ]; then return 1; fi
  done
}

# Every process that has to do with this prefix, whoever its parent is.
processes_of_prefix() {
  local directory
  for directory in /proc/[0-9]*; do
    if [ "${directory#/proc/}" != $$ ] && tr '\0' ' ' 2>/dev/null <"$directory/cmdline" | grep -qF -- "--prefix $prefix "; then
      echo "${directory#/proc/}"
    fi
  done
}

# More than once: a keeper whose worker was killed after the supervisor starts another one.
kill_everything_of_prefix() {
  local pid pids
  while pids=$(processes_of_prefix) && [ -n "$pids" ]; do
    for pid in $pids; do kill -KILL "$pid" 2>/dev/null || true; done
  done
}
