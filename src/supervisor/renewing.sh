# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# A new release's supervisor, a part of `run`: its script takes over in the same process. Lock, sockets, run/control
# and children stay, and what stands in these variables goes along.


run_state="rows generation batch workers serving deaths unserved recovered_at trial_wait fallback_reason timers watcher
start_seconds drain_seconds restart_pause_ms fallback_deaths fallback_seconds unserved_seconds trial_pause_seconds trial_seconds"

# run_renew ANSWER: does not return where `current` is another release than this script's and its supervisor can run.
run_renew() {
  local name
  [ "$(readlink current)" != "$run_release" ] && [ -z "$rolling" ] && [ -z "$startup" ] || return 0
  if ! current/bin/arq-supervisor --version >/dev/null 2>&1; then
    log "the supervisor of $(readlink current) can't run; this one goes on"
    return 0
  fi
  log "the supervisor of $(readlink current) takes over"
  for name in $run_state; do eval "export \"ARQ_RUN_$name=\${$name:-}\""; done
  export "ARQ_RUN_answer=$1"
  exec "$prefix/current/bin/arq-supervisor" --prefix "$prefix" run
}

run_go_on() {
  local name
  for name in $run_state; do
    eval "$name=\$ARQ_RUN_$name"
    unset "ARQ_RUN_$name"
  done
  rolling=
  roll_wanted=
  roll_standby=
  startup=
  startup_answer=
  startup_trouble=
  orphans=
  recovering=
  trial_answer=
  trial_generation=
  unserved_timer=
  canary_given_up=
  cover_awaited=
  legacy_left=
  legacy_waiting=
  trial_awaited=
  trap run_broken EXIT
  pool_settings || log "the settings of the pool can't be read"
  log "supervisor $$ goes on with the script of $run_release"
  # Whoever ended meanwhile.
  keepers_check
  name=$ARQ_RUN_answer
  unset ARQ_RUN_answer
  roll_begin "$name"
}
