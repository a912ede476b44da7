# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# Alarms: the operator's own command (notify.command), run beside the supervisor, which never waits for it.
# docs/operations.md says what each alarm means.

notify_settings() {
  notify_command=$(setting notify.command) || notify_command=
  notify_seconds=$(setting notify.seconds) || notify_seconds=30
  notify_pause_seconds=$(setting notify.pause_seconds) || notify_pause_seconds=300
}

# notify EVENT TEXT: EVENT is fallback, recovery, crash_loop, canary_failed, disk_nearly_full, worker_hung or nginx_down.
notify() {
  [ -n "$notify_command" ] || return 0
  notify_run "$1" "$2" &
}

# Body of a subshell. Of each event one command at a time; run/notify.EVENT.said tells by its age when the
# last one was run (a touch that a full disk lets through).
notify_run() {
  local said status
  trap - TERM INT CHLD EXIT
  exec 3>&- 9>&-
  exec 7>>"run/notify.$1"
  flock --nonblock 7 || exit 0
  said=$(stat -c %Y "run/notify.$1.said" 2>/dev/null) || said=0
  [ $(($(date +%s) - said)) -ge "$notify_pause_seconds" ] || exit 0
  touch "run/notify.$1.said"
  status=0
  # In a process group of its own, so that at the end of its time everything ends that it has started.
  ARQ_EVENT=$1 ARQ_TEXT=$2 timeout --kill-after=5 "$notify_seconds" sh -c "$notify_command" notify "$1" "$2" \
    </dev/null >>log/supervisor.log 2>&1 7>&- || status=$?
  case $status in
    0) ;;
    124 | 137) log "notify.command ($1) had not finished after $notify_seconds s (notify.seconds); ended" ;;
    *) log "notify.command ($1) ended with status $status" ;;
  esac
  exit 0
}
