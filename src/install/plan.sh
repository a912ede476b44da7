# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share the variables of install.sh, which reads them
# What would be done, the room that it takes, and the words at the end.

# In MB, measured, with some to spare. What is fetched and unpacked goes when ARQ serves.
room_build=150
room_release=50
room_packages=370
room_nginx=80
room_tests=150

# check_room: sets room, in words; stops where there is too little.
check_room() {
  local inside outside free
  inside=$room_release
  outside=$room_build
  if [ -n "$need_build" ]; then
    inside=$((inside + room_packages))
    [ -z "$keep_build_root" ] || inside=$((inside + room_tests))
  elif [ -n "$wanted" ]; then
    inside=$((inside + room_nginx))
  fi
  # The objects of an earlier build are overwritten, not added.
  [ ! -d "$source/build/obj/src" ] || outside=0
  if [ "$(stat -c %d -- "$(existing "$prefix")")" = "$(stat -c %d -- "$source")" ] || [ "$build" != build ]; then
    inside=$((inside + outside))
    outside=0
  fi
  free=$(free_mb "$(existing "$prefix")")
  room="$inside MB in $prefix, where $free MB are free"
  [ "$free" -ge "$inside" ] || err "building and installing needs $inside MB of disk below $prefix, and $free MB are free there. Make room, or choose another --prefix."
  [ "$outside" != 0 ] || return 0
  free=$(free_mb "$source")
  room="$room; $outside MB in $source, where $free MB are free"
  [ "$free" -ge "$outside" ] || err "building needs $outside MB of disk below $source, and $free MB are free there. Make room, or move the sources."
}

# Of a path the part that exists.
existing() {
  local path
  path=$1
  while [ ! -d "$path" ]; do path=$(dirname -- "$path"); done
  printf '%s\n' "$path"
}
free_mb() { df -Pk -- "$1" | awk 'NR == 2 { print int($4 / 1024) }'; }

print_plan() {
  local action fetch
  action=install
  [ ! -e "$prefix/current" ] || action="upgrade of $(readlink "$prefix/current" | cut -d/ -f2)"
  planned_version
  fetch=nothing
  [ -z "$missing" ] || [ -z "$as_root" ] || fetch="installed by apt-get: $missing"
  [ -z "$wanted" ] || fetch="unpacked in $prefix/.packages$([ -n "$keep_build_root" ] || printf ', deleted at the end'): $wanted, and what these depend on"
  plan_line action "$action"
  plan_line release "$version"
  plan_line user "$user$([ -z "$as_root" ] || id -u "$user" >/dev/null 2>&1 || printf ' (will be made)')"
  plan_line prefix "$prefix"
  plan_line port "${port:-none}"
  plan_line address "${address:-0.0.0.0}"
  plan_line nginx "$(planned_nginx)"
  plan_line crontab "$(planned_crontab)"
  plan_line missing "${missing:-nothing}"
  plan_line packages "$fetch"
  plan_line build "$build"
  plan_line room "$room"
  say "Nothing was changed."
}
plan_line() { printf '%s %s\n' "$1" "$2"; }

planned_crontab() {
  if [ -n "$no_crontab" ]; then
    echo "untouched"
  elif command -v crontab >/dev/null 2>&1; then
    crontab_line
  else
    echo "none on this machine"
  fi
}

planned_nginx() {
  if [ -z "$own_nginx" ]; then
    echo "none, somebody else's serves"
  elif has_nginx; then
    case ${nginx_program:-nginx} in
      nginx | "$unpacked_nginx") command -v nginx ;;
      *) echo "$nginx_program" ;;
    esac
  elif [ -n "$as_root" ]; then
    echo "to be installed"
  else
    echo "$prefix/$unpacked_nginx, unpacked"
  fi
}

# What `make version` prints, also where there is no make yet.
planned_version() {
  if [ -n "${VERSION:-}" ]; then
    version=$VERSION
  else
    version=$(sed -n 's/^VERSION_NUMBER := //p' "$source/Makefile")$(as_builder git rev-parse --short=8 HEAD 2>/dev/null | sed 's/^/-g/')
  fi
  [ ! -e "$prefix/releases/$version" ] || version="$version if it is the same to the byte, else the next number of it"
}

print_next() {
  local make
  say ""
  say "ARQ $release runs as $user in $prefix ($(($(date +%s) - started)) s)."
  if [ -n "$own_nginx" ]; then
    say "  open      $url/"
    ! command -v curl >/dev/null 2>&1 ||
      say "  or try    curl -s $url/api/message -H 'Content-Type: application/json' -d '{\"message\": \"Remember that I like tea\"}'"
  else
    say "  its nginx is somebody else's: the head of $prefix/current/nginx-conf/host.conf says what that one needs"
  fi
  say "  status    $prefix/current/bin/arqctl status"
  say "  settings  $prefix/etc/arq.json, then: $prefix/current/bin/arqctl restart"
  say "  stop      $prefix/current/bin/arq-supervisor stop (and start, also after a reboot)"
  [ -z "$as_root" ] || say "  as root, put in front of these: runuser -u $user --"
  [ -n "$need_build" ] || return 0
  make=$prefix/.packages/bin/make
  if [ -n "$keep_build_root" ]; then
    say "  tests     $make test-unit test-integration (in $source; the other tests need more, see docs/dependencies.md)"
    say "  the compiler and its libraries stay in $prefix/.packages ($(du -sm -- "$prefix/.packages" | cut -f 1) MB)"
  else
    say "  tests     the unpacked make and compiler are deleted again; with --keep-build-root they stay, and"
    say "            $make test-unit test-integration runs what needs nothing else"
  fi
}
