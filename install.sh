#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck shell=dash
#
# Builds ARQ from this folder and installs it below one prefix, or upgrades what is there. Nothing is
# written outside the prefix and this folder's build/, except one line in the user's crontab and, as root, Debian
# packages and a user.
# A release becomes `current` only when it is complete and its programs start; if it then doesn't
# serve, `current` goes back to the release before it. It may be interrupted anywhere and run again.
#   src/install/packages.sh  what is missing, and Debian's packages as root
#   src/install/rootless.sh  the same packages without root, unpacked in the prefix
#   src/install/settings.sh  the port, and what the operator's configuration has to say
#   src/install/release.sh   builds, lays out, switches, looks whether it serves
#   src/install/crontab.sh   the line in the crontab that starts ARQ again
#   src/releases/layout.sh   releases on the disk, shared with arqctl deploy
#   src/install/plan.sh      --dry-run, room on the disk, the closing words
#   src/install/remove.sh    --uninstall

set -u

usage() {
  cat <<'END'
Usage: ./install.sh [OPTIONS]

Builds ARQ, installs it and starts it. A second run upgrades in place; nothing you have changed in
etc/ is overwritten.

  --prefix DIR       where everything goes (default: arq in the user's home)
  --port N           port of its web server (default 8080; the next free one if that is taken)
  --address A        address it listens on (default 0.0.0.0)
  --user NAME        as root: the user that runs ARQ, made if missing (default arq)
  --no-nginx         without a web server of its own, for an nginx that somebody else runs
  --dry-run          prints what would be done, and changes nothing
  --no-crontab       without the line in the crontab that starts ARQ after a reboot or a crash
  --keep-build-root  without root: keeps the compiler and libraries that were fetched, with what
                     make test-unit and make test-integration need besides (about 410 MB)
  --build-only       builds the release, prints the folder it lies in, and changes nothing else (what
                     arqctl deploy --from-source begins with)
  --uninstall        stops ARQ and removes its programs; data/ and etc/ stay
  --purge            with --uninstall: removes data/ and etc/ as well, and as root the user, if
                     install.sh made it and nothing else belongs to it
  --help             this text

As root it installs the Debian packages that are missing. Otherwise it unpacks them in the prefix
(.packages, about 350 MB while it builds), which needs apt-get and dpkg-deb but no rights. What the
programs need of them goes into the release; the rest is deleted once ARQ serves, and fetched again by
a later run, unless --keep-build-root was given.
END
}

main() {
  prefix=
  port=
  address=
  user=
  own_nginx=yes
  plan=
  keep_build_root=
  no_crontab=
  build_only=
  uninstall=
  purge=
  step_pid=
  policy_saved=
  building=
  new_release=
  log=
  nginx_program=
  need_build=
  wanted=
  curl=curl
  parse_arguments "$@"
  umask 022
  PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
  started=$(date +%s)
  trap cleanup EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  source=$(cd -P -- "$(dirname -- "$0")" && pwd -P)
  [ -r "$source/Makefile" ] || err "$source holds no sources of ARQ (no Makefile). Run install.sh from its own folder."
  # shellcheck source=src/install/packages.sh
  . "$source/src/install/packages.sh"
  # shellcheck source=src/install/rootless.sh
  . "$source/src/install/rootless.sh"
  # shellcheck source=src/install/settings.sh
  . "$source/src/install/settings.sh"
  # shellcheck source=src/install/release.sh
  . "$source/src/install/release.sh"
  # shellcheck source=src/install/crontab.sh
  . "$source/src/install/crontab.sh"
  # shellcheck source=src/releases/layout.sh
  . "$source/src/releases/layout.sh"
  # shellcheck source=src/install/plan.sh
  . "$source/src/install/plan.sh"
  # shellcheck source=src/install/remove.sh
  . "$source/src/install/remove.sh"
  choose_user
  choose_prefix
  if [ -n "$uninstall" ]; then
    uninstall
    return
  fi
  choose_build
  if [ -n "$build_only" ]; then own_nginx=; else choose_port; fi
  find_missing
  [ -n "$as_root" ] || choose_wanted
  check_room
  if [ -n "$plan" ]; then
    print_plan
    return
  fi
  lock_source
  [ -z "$as_root" ] || install_packages
  make_user
  make_prefix
  lock_prefix
  [ -n "$as_root" ] || unpack_packages
  build
  if [ -n "$build_only" ]; then
    [ -n "$keep_build_root" ] || drop_packages
    printf '%s\n' "$stage"
    return
  fi
  refuse_canary
  back_remember
  lay_out_release
  install_nginx
  configure
  prove_release
  switch_and_start
  add_crontab
  [ -n "$keep_build_root" ] || drop_packages
  print_next
}

parse_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --prefix | --port | --address | --user)
        [ -n "${2:-}" ] || wrong_call "$1 needs a value"
        case $1 in
          --prefix) prefix=$2 ;;
          --port) port=$2 ;;
          --address) address=$2 ;;
          --user) user=$2 ;;
        esac
        shift
        ;;
      --no-nginx) own_nginx= ;;
      --dry-run) plan=yes ;;
      --no-crontab) no_crontab=yes ;;
      --keep-build-root) keep_build_root=yes ;;
      --build-only) build_only=yes ;;
      --uninstall) uninstall=yes ;;
      --purge) purge=yes ;;
      -h | --help) usage; exit 0 ;;
      *) wrong_call "unknown option $1" ;;
    esac
    shift
  done
  [ -z "$purge" ] || [ -n "$uninstall" ] || wrong_call "--purge goes with --uninstall"
  case $port in
    '') ;;
    *[!0-9]* | ??????* | 0*) wrong_call "--port needs a number from 1 to 65535, not $port" ;;
    *) [ "$port" -le 65535 ] || wrong_call "--port needs a number from 1 to 65535, not $port" ;;
  esac
}

# --- messages ------------------------------------------------------------------------------------

say() { printf '%s\n' "$*" >&2; }
warn() { say "note: $*"; }
err() {
  say "install.sh: $*"
  exit 1
}
wrong_call() {
  say "install.sh: $1. Try: ./install.sh --help"
  exit 2
}
need_cmd() { command -v "$1" >/dev/null 2>&1 || err "the program $1 is missing. $2"; }
ensure() { "$@" || err "this failed: $*"; }
ignore() { "$@" || :; }

# Also when it is interrupted. A compiler may be stopped anywhere, apt-get as root may not.
cleanup() {
  local status=$?
  if [ -n "$step_pid" ]; then
    if [ -n "$policy_saved" ]; then say "apt-get must finish first ..."; else kill "$step_pid" 2>/dev/null; fi
    wait "$step_pid"
  fi
  if [ -n "$policy_saved" ]; then policy_restore; fi
  if [ -n "$building" ]; then end_of_building; fi
  if [ -n "$new_release" ]; then ignore as_user rm -rf -- "$new_release"; fi
  [ "$status" = 0 ] || [ -z "$wanted" ] || [ -n "$plan" ] || [ ! -d "$prefix/.packages" ] ||
    say "What was fetched stays in $prefix/.packages for the next run; delete that folder if there will be none."
}

# Locks, so that two runs don't build in the same folder or write in the same prefix. What this run
# starts inherits them: whoever kills it with -9 and runs it again waits for the compiler it left.
lock_source() {
  exec 9<"$source/Makefile"
  lock_wait 9 "in $source"
}
lock_prefix() {
  exec 7<"$prefix"
  lock_wait 7 "in $prefix"
}
lock_wait() {
  flock --nonblock "$1" && return 0
  say "Another install.sh, or what an interrupted one has started, is still at work $2; waiting for its end."
  flock --wait 900 "$1" || err "it has been at work $2 for 15 minutes. End it, then try again."
}

# with_progress WHAT COMMAND...: its output goes to $log; says every 15 s that it is still at work.
with_progress() {
  local what began round status
  what=$1
  shift
  say "$what ..."
  began=$(date +%s)
  "$@" >>"$log" 2>&1 </dev/null &
  step_pid=$!
  round=0
  while kill -0 "$step_pid" 2>/dev/null; do
    sleep 0.5
    round=$((round + 1))
    [ $((round % 30)) != 0 ] || say "  still at it after $(($(date +%s) - began)) s, $(wc -l <"$log") lines in $log"
  done
  status=0
  wait "$step_pid" || status=$?
  step_pid=
  if [ "$status" != 0 ]; then
    say "the last lines of $log:"
    tail -n 15 -- "$log" | sed 's/^/    /' >&2
    return 1
  fi
  say "  done in $(($(date +%s) - began)) s"
}

# --- who and where -------------------------------------------------------------------------------

made_by_us='ARQ (made by its install.sh)'

choose_user() {
  if [ "$(id -u)" != 0 ]; then
    [ -z "$user" ] || [ "$user" = "$(id -un)" ] || err "only root can install for another user. Run it as $user, without --user."
    user=$(id -un)
    as_root=
    home=${HOME:-}
  else
    as_root=yes
    user=${user:-arq}
    case $user in
      *[!a-z0-9_-]* | [!a-z_]*) wrong_call "--user needs a user name of small letters, digits, _ and -, not $user" ;;
    esac
    home=/home/$user
    if id -u "$user" >/dev/null 2>&1; then
      [ "$(id -u "$user")" != 0 ] || err "ARQ never runs as root. Name an ordinary user: --user arq (made if missing)."
      home=$(getent passwd "$user" | cut -d: -f6)
    fi
    need_cmd setpriv "On Debian it is in the package util-linux."
  fi
}

choose_prefix() {
  if [ -z "$prefix" ]; then
    case $home in '' | / | /nonexistent) err "the user $user has no home folder. Say where ARQ is to go: --prefix DIR." ;; esac
    prefix=$home/arq
  fi
  case $prefix in
    /*) ;;
    *) prefix=$PWD/$prefix ;;
  esac
  # The same that arqctl refuses when it writes nginx's configuration, but before anything is built.
  case $prefix in
    *[[:space:]\;\{\}\$\"\'\\]*) err "$prefix holds a blank or another character that nginx's configuration can't hold (; { } \$ \" ' \\). Choose another folder with --prefix." ;;
  esac
  # What exists of it, in its real form: the programs compare paths.
  if [ -d "$prefix" ]; then prefix=$(cd -P -- "$prefix" 2>/dev/null && pwd -P) || err "the folder $prefix can't be entered."; fi
  [ "$prefix" != / ] || err "/ can't be the prefix."
  if [ -d "$prefix" ] && [ ! -d "$prefix/releases" ] && [ ! -d "$prefix/etc" ] && [ -n "$(ls -A -- "$prefix" 2>/dev/null)" ]; then
    err "$prefix is not empty and holds no ARQ. Choose another folder with --prefix, or empty that one."
  fi
  [ ! -e "$prefix" ] || [ -d "$prefix" ] || err "$prefix is not a folder. Choose another with --prefix."
}

# as_user COMMAND...: in the prefix, as the user that owns it. Root itself writes nothing in there,
# because what it finds there may have been put there by whoever took over a worker.
as_user() (
  cd -- "$prefix" 2>/dev/null || cd / || exit 1
  if [ -n "$as_root" ]; then
    exec setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups --reset-env -- "$@"
  fi
  exec "$@"
)

# as_builder COMMAND...: in the sources, as the user that owns them.
as_builder() (
  become_builder "$@"
)
# The same, by becoming the command.
become_builder() {
  local owner
  owner=$(stat -c %U -- "$source")
  cd -- "$source" || exit 1
  if [ -n "$as_root" ] && [ "$owner" != root ] && id -u "$owner" >/dev/null 2>&1; then
    exec setpriv --reuid "$owner" --regid "$(id -g "$owner")" --init-groups --reset-env -- "$@"
  fi
  exec "$@"
}

supervisor() { as_user "$prefix/current/bin/arq-supervisor" --prefix "$prefix" "$@"; }
# setting RELEASE KEY
setting() { as_user "$1/bin/arqctl" --prefix "$prefix" config get "$2"; }

make_user() {
  [ -n "$as_root" ] || return 0
  id -u "$user" >/dev/null 2>&1 && return 0
  say "Making the user $user, without a password and without a shell."
  # By the comment --purge knows that it made this user.
  ensure useradd --system --user-group --create-home --home-dir "$home" --shell /usr/sbin/nologin --comment "$made_by_us" "$user"
}

make_prefix() {
  if [ ! -d "$prefix" ] && ! as_user mkdir -p -- "$prefix" 2>/dev/null; then
    [ -n "$as_root" ] || err "$prefix can't be made. Choose a folder of yours with --prefix."
    ensure mkdir -p -- "$prefix"
    ensure chown "$user:" -- "$prefix"
  fi
  # An empty folder that root made and names is meant for that user.
  if [ -n "$as_root" ] && [ -z "$(ls -A -- "$prefix")" ]; then ensure chown "$user:" -- "$prefix"; fi
  as_user test -w "$prefix" || err "$user may not write in $prefix. Choose another --prefix or --user, or give that folder to $user."
  ensure as_user mkdir -p -- releases log
}

main "$@"
