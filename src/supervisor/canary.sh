# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# A release that some of the users try, as far as `run` has to do with it: it sees to it that somebody looks once a
# minute, and says so when its workers die. What is decided and done then stands in src/releases/canary.sh, in a
# process of its own: `run` never waits for it. What it wants comes back as any operator's wish does, a `restart`
# through run/control.

# canary_restore: before the first workers are started. data/canary is what counts; run/ may have been emptied.
canary_restore() {
  local key value state share release
  state=
  share=0
  release=
  if [ -r data/canary ]; then
    while read -r key value; do
      case $key in
        state) state=$value ;;
        share) share=$value ;;
        release) release=$value ;;
      esac
    done <data/canary
  fi
  case $state in
    starting | running)
      echo "$share" >run/canary.share
      [ "$(readlink canary)" = "releases/$release" ] || ln -sfn -- "releases/$release" canary
      ;;
    *) rm -f run/canary.share ;;
  esac
}

# canary_tick: once a minute.
canary_tick() {
  ! canary_is_over || return 0
  # Who was told so could not end it: there was no room for a process, say.
  if [ -n "${canary_given_up:-}" ] && [ "$canary_given_up" = "$batch" ]; then canary_call lost "$canary_trouble"; else canary_call tick; fi
}

# canary_lost REASON: too many of its workers have died. Each further death says so again, and only the first counts.
canary_lost() {
  ! canary_is_over || return 0
  log "the canary fails: $1"
  canary_call lost "$1"
}

canary_is_over() {
  local key state
  state=
  if [ -r data/canary ]; then read -r key state <data/canary; fi
  case $state in
    '' | promoted | aborted) return 0 ;;
  esac
  return 1
}

# By a shell that ends at once, so that nobody has to wait for it. (arqctl lets go of the sockets.)
canary_call() {
  (
    trap - TERM INT CHLD EXIT
    current/bin/arqctl --prefix "$prefix" canary "$@" </dev/null >>log/supervisor.log 2>&1 3>&- 9>&- &
  )
}
