# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# Rotation of the files in log/. One that is due is renamed, NAME.log.20261124-130000; whoever writes to it opens
# NAME.log anew: workers and arq-watch look once a second whether their file still has its name, nginx is told,
# the supervisor looks here. So no line is lost. It is compressed a round later, when nobody writes to it any more.
# run/logs.since tells by its age when all were last put aside for their age.

logs_settings() {
  log_rotate_mib=$(setting log.rotate_mib) || log_rotate_mib=16
  log_rotate_days=$(setting log.rotate_days) || log_rotate_days=7
  log_keep=$(setting log.keep) || log_keep=5
}

# logs_rotate: once a minute, from `run`, which never waits for it.
logs_rotate() {
  logs_follow
  logs_round &
}

# What this shell's own errors go to. (exec would end the shell if the file could not be opened.)
logs_follow() {
  [ log/supervisor.log -ef /proc/self/fd/2 ] && return 0
  if true 2>/dev/null >>log/supervisor.log; then exec >>log/supervisor.log 2>&1; fi
}

# Body of a subshell: whatever fails here, on a full disk say, fails until the next minute.
logs_round() {
  local file aged nginx_renamed
  trap - TERM INT CHLD EXIT
  exec 3>&- 9>&-
  exec 7>>run/logs.lock
  flock --nonblock 7 || exit 0
  for file in log/*.log.[0-9]*; do
    case $file in
      *.gz | *'*') ;;
      *) if nice gzip -f -- "$file" 2>/dev/null; then rm -f run/logs.complained; else logs_complain "$file"; fi ;;
    esac
  done
  logs_look_at_age
  nginx_renamed=
  for file in log/*.log; do
    logs_is_due "$file" || continue
    mv -f -- "$file" "$file.$(date -u +%Y%m%d-%H%M%S)" || continue
    case $file in log/nginx-*) nginx_renamed=yes ;; esac
    logs_drop_oldest "$file"
  done
  if [ -n "$nginx_renamed" ]; then
    nginx_program=$(setting web.nginx_program) || nginx_program=nginx
    if nginx_running; then kill -USR1 "$nginx_pid"; fi
  fi
  exit 0
}

logs_look_at_age() {
  aged=
  if [ ! -e run/logs.since ]; then
    touch run/logs.since
  elif [ "$log_rotate_days" -gt 0 ] && [ -n "$(find run/logs.since -mmin +$((log_rotate_days * 1440)))" ]; then
    aged=yes
    touch run/logs.since
  fi
}

logs_is_due() {
  local size
  size=$(stat -c %s -- "$1" 2>/dev/null) || return 1
  [ "$size" -gt 0 ] || return 1
  [ -n "$aged" ] || [ "$size" -ge $((log_rotate_mib * 1048576)) ]
}

# The names sort by their dates.
logs_drop_oldest() {
  local file keep
  file=$1
  keep=$log_keep
  set -- "$file".[0-9]*
  while [ $# -gt "$keep" ]; do
    rm -f -- "$1"
    shift
  done
}

# logs_complain FILE: once, until another one could be compressed.
logs_complain() {
  [ ! -e run/logs.complained ] || return 0
  touch run/logs.complained
  log "$1 can't be compressed (is the disk full?); it is kept as it is"
}
