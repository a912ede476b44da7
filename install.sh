#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck shell=dash
#
# Builds ARQ from this folder and installs it below one prefix, or upgrades what is there. Nothing is
# written outside the prefix and this folder's build/, except, as root, Debian packages and a user.
# A release becomes `current` only when it is complete and its programs start; if it then doesn't
# serve, `current` goes back to the release before it.
# ARQ_PRINT=plan shows what would be done, and does nothing.

set -u

usage() {
  cat <<'END'
Usage: ./install.sh [OPTIONS]

Builds ARQ, installs it and starts it. A second run upgrades in place; nothing you have changed in
etc/ is overwritten.

  --prefix DIR    where everything goes (default: arq in the user's home)
  --port N        port of its web server (default 8080; the next free one if that is taken)
  --address A     address it listens on (default 0.0.0.0)
  --user NAME     as root: the user that runs ARQ, made if missing (default arq)
  --no-nginx      without a web server of its own, for an nginx that somebody else runs
  --uninstall     stops ARQ and removes its programs; data/ and etc/ stay
  --help          this text

As root it installs the Debian packages that are missing; otherwise it names them.
END
}

main() {
  prefix=
  port=
  address=
  user=
  own_nginx=yes
  uninstall=
  plan=
  [ "${ARQ_PRINT:-}" != plan ] || plan=yes
  step_pid=
  policy_saved=
  new_release=
  log=
  parse_arguments "$@"
  umask 022
  PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
  started=$(date +%s)
  trap cleanup EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  choose_user
  choose_prefix
  if [ -n "$uninstall" ]; then
    uninstall
    return
  fi
  source=$(cd -P -- "$(dirname -- "$0")" && pwd -P)
  [ -r "$source/Makefile" ] || err "$source holds no sources of ARQ (no Makefile). Run install.sh from its own folder."
  # shellcheck source=src/install/packages.sh
  . "$source/src/install/packages.sh"
  # shellcheck source=src/install/settings.sh
  . "$source/src/install/settings.sh"
  # shellcheck source=src/install/release.sh
  . "$source/src/install/release.sh"
  choose_build
  choose_port
  find_missing
  if [ -n "$plan" ]; then
    print_plan
    return
  fi
  # A lock, so that two runs don't build in the same folder. The system lets it go when this ends.
  exec 9<"$source/Makefile"
  flock --nonblock 9 || err "another install.sh is at work in $source. Wait for it, then try again."
  get_packages
  make_user
  make_prefix
  build
  lay_out_release
  configure
  switch_and_start
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
      --uninstall) uninstall=yes ;;
      -h | --help) usage; exit 0 ;;
      *) wrong_call "unknown option $1" ;;
    esac
    shift
  done
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

# Also when it is interrupted. A compiler may be stopped anywhere, apt-get may not.
cleanup() {
  if [ -n "$step_pid" ]; then
    if [ -n "$policy_saved" ]; then say "apt-get must finish first ..."; else kill "$step_pid" 2>/dev/null; fi
    wait "$step_pid"
  fi
  if [ -n "$policy_saved" ]; then policy_restore; fi
  if [ -n "$new_release" ]; then ignore as_user rm -rf -- "$new_release"; fi
}

# with_progress WHAT COMMAND...: its output goes to $log; says every 15 s that it is still at work.
with_progress() {
  local what began round status
  what=$1
  shift
  say "$what ..."
  began=$(date +%s)
  "$@" >>"$log" 2>&1 </dev/null 9>&- &
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
  ensure useradd --system --user-group --create-home --home-dir "$home" --shell /usr/sbin/nologin "$user"
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

# --- the end -------------------------------------------------------------------------------------

print_plan() {
  local name
  [ -n "$missing" ] || missing=nothing
  printf '%s\n' "user $user" "prefix $prefix" "port ${port:-none}" "address ${address:-0.0.0.0}" \
    "nginx ${own_nginx:-no}" "missing $missing" "build $build"
  name=install
  [ ! -e "$prefix/current" ] || name=upgrade
  printf '%s\n' "action $name"
}

print_next() {
  say ""
  say "ARQ $release runs as $user in $prefix ($(($(date +%s) - started)) s)."
  if [ -n "$own_nginx" ]; then
    say "  open      $url/"
    say "  or try    curl -s $url/api/message -H 'Content-Type: application/json' -d '{\"message\": \"Remember that I like tea\"}'"
  else
    say "  its nginx is somebody else's: the head of $prefix/current/nginx-conf/host.conf says what that one needs"
  fi
  say "  status    $prefix/current/bin/arqctl status"
  say "  settings  $prefix/etc/arq.json, then: $prefix/current/bin/arqctl restart"
  say "  stop      $prefix/current/bin/arq-supervisor stop (and start, also after a reboot)"
  [ -z "$as_root" ] || say "  as root, put in front of these: runuser -u $user --"
}

uninstall() {
  if [ ! -e "$prefix/releases" ] && [ ! -L "$prefix/current" ]; then
    say "There is no ARQ in $prefix; nothing to remove."
    return 0
  fi
  if [ -n "$plan" ]; then
    printf '%s\n' "user $user" "prefix $prefix" "action uninstall"
    return 0
  fi
  if [ -x "$prefix/current/bin/arq-supervisor" ]; then
    supervisor stop || err "ARQ could not be stopped (see above), so nothing was removed."
  fi
  ensure as_user rm -rf -- releases current run log build
  say "ARQ is removed from $prefix. Its data and its settings stay: $prefix/data and $prefix/etc. Remove them by hand if nobody needs them."
}


main "$@"
