# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# The nginx of our own: its configuration in run/nginx is made from current/nginx-conf at each start,
# its working folder is the prefix (the sockets in the configuration are relative to that).

nginx_settings() {
  nginx_wanted=$(setting web.own_nginx) || exit 1
  nginx_program=$(setting web.nginx_program) || exit 1
}

# nginx_running: sets nginx_pid when ours runs.
nginx_running() {
  local name
  nginx_pid=
  if [ -e run/nginx.pid ]; then read -r nginx_pid <run/nginx.pid; fi
  [ -n "$nginx_pid" ] || return 1
  name=
  read -r name 2>/dev/null <"/proc/$nginx_pid/comm" || return 1
  # The process id may have gone to somebody else since: it must be an nginx that works in this prefix.
  [ "$name" = nginx ] || [ "$name" = "$(basename -- "${nginx_program:-nginx}" | cut -c 1-15)" ] || return 1
  [ "$(readlink -- "/proc/$nginx_pid/cwd" 2>/dev/null)" = "$prefix" ]
}

# nginx_orphans SIGNAL: to all workers of an nginx of ours whose master is gone. Returns 1 where there are none.
nginx_orphans() {
  local entry name found
  found=1
  for entry in /proc/[0-9]*; do
    name=
    read -r name 2>/dev/null <"$entry/comm" || continue
    [ "$name" = nginx ] || [ "$name" = "$(basename -- "${nginx_program:-nginx}" | cut -c 1-15)" ] || continue
    [ -O "$entry" ] || continue
    [ "$(readlink -- "$entry/cwd" 2>/dev/null)" = "$prefix" ] || continue
    ignore kill "-$1" "${entry#/proc/}" 2>/dev/null
    found=0
  done
  return "$found"
}

nginx_render() {
  rm -rf -- "$1"
  ensure current/bin/arqctl --prefix "$prefix" nginx render --output "$1"
}

# nginx_call FOLDER ARGUMENT...: our nginx with the configuration of that folder.
nginx_call() {
  local folder
  folder=$1
  shift
  ignore mkdir -p run/tmp log
  "$nginx_program" -p "$prefix/" -e log/nginx-error.log -c "$folder/arq.conf" "$@" </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

nginx_start() {
  command -v "$nginx_program" >/dev/null 2>&1 || {
    say "there is no program $nginx_program. Install nginx (Debian: the package nginx), or name another in web.nginx_program, or set web.own_nginx to false."
    return 1
  }
  nginx_render run/nginx
  # Workers of a master that was killed serve on and hold the port: they finish what they have. One that hangs
  # doesn't, and nginx itself waits for the port for a while.
  if nginx_orphans QUIT; then sleep 0.2; fi
  nginx_call run/nginx || { nginx_orphans KILL && nginx_call run/nginx; } || {
    say "nginx could not be started (its message stands above). If its port is taken, change web.port in $prefix/etc/arq.json."
    return 1
  }
}

# nginx_refresh: reloads only if the configuration has changed, because a reload is the one thing
# that can cut a kept client connection.
nginx_refresh() {
  nginx_render run/nginx.new
  if [ "$(cd run/nginx.new && sha256sum -- *)" = "$(cd run/nginx 2>/dev/null && sha256sum -- * 2>/dev/null)" ]; then
    rm -rf run/nginx.new
    return 0
  fi
  nginx_call run/nginx.new -q -t || {
    say "nginx refuses the new configuration in $prefix/run/nginx.new (its message stands above); the running one stays in force."
    return 1
  }
  rm -rf run/nginx.old
  ensure mv run/nginx run/nginx.old
  ensure mv run/nginx.new run/nginx
  nginx_reload || {
    # What is in force stands there, so that the next time sees the difference, and arq-watch where to ask.
    rm -rf run/nginx
    mv run/nginx.old run/nginx
    return 1
  }
  rm -rf run/nginx.old
}

# The test above can't see that a new port is taken; nginx then stays with what it had and says so.
nginx_reload() {
  local before
  before=$(stat -c %s log/nginx-error.log)
  kill -HUP "$nginx_pid" || return 1
  sleep 1
  case $(tail -c "+$((before + 1))" log/nginx-error.log) in
    *'[emerg]'*)
      say "nginx did not take the new configuration: see the end of $prefix/log/nginx-error.log."
      return 1
      ;;
  esac
  say "nginx has a new configuration."
}

# nginx_stop SECONDS: lets it finish what it has begun, for that long.
nginx_stop() {
  local tenths
  nginx_running || return 0
  kill -QUIT "$nginx_pid" 2>/dev/null
  tenths=$(($1 * 10))
  while nginx_running; do
    case $tenths in
      0) say "nginx still had connections after $1 s; they are cut."; kill -TERM "$nginx_pid" 2>/dev/null ;;
      -50) kill -KILL "$nginx_pid" 2>/dev/null ;;
      -80) say "nginx (pid $nginx_pid) does not end."; return 1 ;;
    esac
    sleep 0.1
    tenths=$((tenths - 1))
  done
}
