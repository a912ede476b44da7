# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# Messages, settings, the lock, and who is who in /proc. Read by arq-supervisor.

# What `arq-supervisor restart` ends with where it has not come to know whether new workers serve (1: they don't).
not_tried=3

say() { printf 'arq-supervisor: %s\n' "$*" >&2; }

# The long-lived process has a log; its lines carry the time. By its name, because it is rotated while keepers
# hold the old one open. (Where the account has no room for a process, the time is that of the line before.)
log_time=-
log() {
  command eval 'log_time=$(date -u +%Y-%m-%dT%H:%M:%SZ)' 2>/dev/null
  printf '%s %s\n' "$log_time" "$*" >>log/supervisor.log
}

err() {
  say "$*"
  exit 1
}

wrong_call() {
  say "$1. Try: arq-supervisor --help"
  exit 2
}

need_cmd() {
  command -v "$1" >/dev/null 2>&1 || err "the program $1 is missing; on Debian it is in the package util-linux."
}

ensure() { "$@" || err "this failed: $*"; }
ignore() { "$@" || :; }

# Sets prefix and makes it the working folder: every path in run/ and log/ below is relative to it,
# because the address of a Unix socket holds 107 bytes and a home folder may be deeper than that.
enter_prefix() {
  local given
  given=${prefix:-$1/../../..}
  prefix=$(cd -P -- "$given" 2>/dev/null && pwd -P) ||
    err "there is no folder $given. Say where ARQ is installed: --prefix DIR."
  ensure cd -- "$prefix"
  [ -x current/bin/arqctl ] ||
    err "$prefix holds no installed release (current/bin/arqctl is missing). Run install.sh --prefix \"$prefix\"."
  is_root=
  [ "$(id -u)" != 0 ] || is_root=yes
  PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
  # Sockets, logs and process files are the account's own business; arq-listen sets its sockets' mode itself.
  umask 077
}

# ARQ handles what strangers send, so it never runs with root's power.
refuse_root() {
  local owner
  [ -n "$is_root" ] || return 0
  owner=$(stat -c %U -- "$prefix/etc")
  [ "$owner" != root ] || err "ARQ does not run as root, and $prefix/etc belongs to root. Install it for an ordinary user: install.sh --user NAME."
  err "ARQ does not run as root. Run it as its owner: runuser -u $owner -- \"$prefix/current/bin/arq-supervisor\" $command"
}

# setting KEY: the value in force of a key of etc/arq.json.
setting() {
  current/bin/arqctl --prefix "$prefix" config get "$1" ||
    err "the setting $1 can't be read. See: \"$prefix/current/bin/arqctl\" config check"
}

settings_check() {
  current/bin/arqctl --prefix "$prefix" config check ||
    err "the configuration is wrong (see above). Mend $prefix/etc/arq.json and try again. Nothing was changed."
}

# --- the lock ------------------------------------------------------------------------------------
# run/supervisor.lock is held by `run` as long as it lives, on descriptor 9, which none of its
# children inherits. run/command.lock lets one start, stop or restart work at a time (descriptor 8).

supervisor_runs() {
  [ -e run/supervisor.lock ] || return 1
  # A shared lock, so that two who ask at once don't take each other for the supervisor.
  ! flock --shared --nonblock run/supervisor.lock true
}

# tell LINE: to `run`. Opened for reading as well, so that it can't hang should the reader be gone.
tell() {
  [ -p run/control ] || return 1
  echo "$*" 1<>run/control
}

take_command_lock() {
  ensure mkdir -p run log
  exec 8>>run/command.lock || err "$prefix/run can't be written. It must belong to the user who runs ARQ."
  flock --nonblock 8 && return 0
  say "another start, stop or restart is at work; waiting for it."
  flock --wait 300 8 || err "another start, stop or restart has been at work for 5 minutes (run/command.lock). End it, then try again."
}

# take_command_lock_now [startup]: what has the lock is made to give up.
take_command_lock_now() {
  local rounds
  ensure mkdir -p run log
  exec 8>>run/command.lock || err "$prefix/run can't be written. It must belong to the user who runs ARQ."
  flock --nonblock 8 && return 0
  say "another start, stop or restart is at work; it is given up."
  ! supervisor_runs || ignore tell abandon "$@"
  rounds=300
  until flock --wait 1 8; do
    ! supervisor_runs || ignore tell abandon
    rounds=$((rounds - 1))
    [ "$rounds" -gt 0 ] || err "another start, stop or restart has been at work for 5 minutes (run/command.lock). End it, then try again."
  done
}

# --- processes -----------------------------------------------------------------------------------

# arguments_of PID: sets `arguments` to the process's arguments without anything between them
# (read drops the zero bytes). Needs no other program, so all of /proc can be looked through quickly.
arguments_of() {
  arguments=
  # There is no newline at the end, so read "fails" although it has read everything.
  read -r arguments 2>/dev/null <"/proc/$1/cmdline" || [ -n "$arguments" ]
}

# is_ours PID: a worker of this prefix, or a process of a supervisor's `run` of this prefix. Only of
# our own user: anybody can call a program what they like.
is_ours() {
  [ -O "/proc/$1" ] || [ -n "$is_root" ] || return 1
  arguments_of "$1" || return 1
  case $arguments in
    *"$prefix/current/bin/arq-worker--prefix$prefix--"*) return 0 ;;
    *"$prefix/current/bin/arq-watch--prefix$prefix--"*) return 0 ;;
    *"$prefix/canary/bin/arq-worker--prefix$prefix--"*) return 0 ;;
    *"$prefix/legacy/bin/arq-legacy--prefix$prefix--"*) return 0 ;;
    *"arq-supervisor--prefix${prefix}run") return 0 ;;
  esac
  return 1
}

# find_ours: sets `ours` to the pids of all those processes but this one.
find_ours() {
  local entry pid
  ours=
  for entry in /proc/[0-9]*; do
    pid=${entry#/proc/}
    [ "$pid" != "$$" ] && is_ours "$pid" && ours="$ours $pid"
  done
}

signal_ours() {
  local signal pid
  signal=$1
  shift
  for pid; do
    if is_ours "$pid"; then ignore kill "-$signal" "$pid" 2>/dev/null; fi
  done
}

# end_ours SECONDS PID...: asks them to end, waits, and ends by force what is left then.
end_ours() {
  local tenths pid left
  tenths=$(($1 * 10))
  shift
  signal_ours TERM "$@"
  while [ "$tenths" -gt 0 ]; do
    left=
    for pid; do is_ours "$pid" && left=yes; done
    [ -n "$left" ] || return 0
    sleep 0.1
    tenths=$((tenths - 1))
  done
  say "some processes did not end in time and are ended by force:$(for pid; do is_ours "$pid" && printf ' %s' "$pid"; done)"
  signal_ours KILL "$@"
}
