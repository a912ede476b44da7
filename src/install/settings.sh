# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share the variables of install.sh, which reads them
# The port, and what the operator's own configuration has to say about it.

# Whoever listens on it, on whichever address: the kernel's own list, since ss may not be there.
port_taken() {
  local hex line
  hex=$(printf '%04X' "$1")
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | while read -r _ line _ state _; do
    case $line in *:"$hex") [ "$state" != 0A ] || echo taken ;; esac
  done | grep -q taken
}

# Where there is a configuration, it decides; init takes what is chosen here for a new one.
choose_port() {
  local wanted unprivileged
  if [ -e "$prefix/etc/arq.json" ]; then
    compare_with_configuration "$prefix/current"
    return 0
  fi
  [ -n "$own_nginx" ] || return 0
  wanted=${port:-8080}
  unprivileged=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null || echo 1024)
  [ "$wanted" -ge "$unprivileged" ] || err "ports below $unprivileged are root's, and ARQ never runs as root. Choose a higher one, and let a web server or your router pass port $wanted on to it."
  port=$wanted
  while port_taken "$port"; do
    port=$((port + 1))
    [ "$port" -le 65535 ] || err "no port from $wanted to 65535 is free."
  done
  [ "$port" = "$wanted" ] || say "Port $wanted is taken; ARQ takes the next free one, $port."
}

# compare_with_configuration RELEASE: what was asked for on the command line must be what stands there.
compare_with_configuration() {
  local there key asked
  [ -x "$1/bin/arqctl" ] || return 0
  nginx_program=$(setting "$1" web.nginx_program) || nginx_program=
  for key in port address own_nginx; do
    there=$(setting "$1" "web.$key") || err "$prefix/etc/arq.json can't be read (see above). Mend it, then run install.sh again."
    case $key in
      port) asked=$port port=$there ;;
      address) asked=$address address=$there ;;
      own_nginx) if [ -n "$own_nginx" ]; then asked=; else asked=false; fi; [ "$there" = true ] || own_nginx= ;;
    esac
    [ -z "$asked" ] || [ "$asked" = "$there" ] || err "$prefix/etc/arq.json says web.$key is $there, you say $asked, and what is in that file is yours. Change it there, then: $prefix/current/bin/arqctl restart"
  done
}

configure() {
  set -- init
  [ -z "$port" ] || set -- "$@" --port "$port"
  [ -z "$address" ] || set -- "$@" --address "$address"
  [ -n "$own_nginx" ] || set -- "$@" --no-nginx
  as_user "$new_release/bin/arqctl" --prefix "$prefix" "$@" || err "the configuration could not be written to $prefix/etc (see above)."
  compare_with_configuration "$new_release"
  name_nginx
  as_user "$new_release/bin/arqctl" --prefix "$prefix" config check || err "$prefix/etc/arq.json does not suit this release (see above). Mend it, then run install.sh again. What ran before still runs."
}

# Sees to it that web.nginx_program leads to an nginx: to the unpacked one where the machine has none.
name_nginx() {
  local line
  [ -n "$own_nginx" ] || return 0
  case $nginx_program in
    "$unpacked_nginx")
      if command -v nginx >/dev/null 2>&1 && ! as_user test -L "$unpacked_nginx"; then link_nginx; fi
      return 0
      ;;
    nginx) ! command -v nginx >/dev/null 2>&1 || return 0 ;;
    *) return 0 ;;
  esac
  line="\"nginx_program\": \"$unpacked_nginx\","
  if ! as_user grep -q '"nginx_program"' etc/arq.json; then
    ensure as_user cp -p -- etc/arq.json etc/.arq.json.before
    ensure as_user sed -i "0,/^[[:space:]]*\"web\"[[:space:]]*:[[:space:]]*{[[:space:]]*\$/{//s|\$|\n    $line|}" etc/arq.json
    nginx_program=$(setting "$new_release" web.nginx_program) 2>/dev/null
    [ "$nginx_program" = "$unpacked_nginx" ] || ensure as_user mv -f -- etc/.arq.json.before etc/arq.json
    ignore as_user rm -f -- etc/.arq.json.before
    [ "$nginx_program" != "$unpacked_nginx" ] || return 0
  fi
  err "this machine has no nginx but the one just unpacked, and $prefix/etc/arq.json, which is yours, does not name it. Write in its \"web\": $line then run install.sh again."
}
