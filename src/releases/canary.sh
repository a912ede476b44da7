# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share the variables of arq-releases, which reads them
# A release that some of the users try. What is so stands in data/canary, replaced as a whole, and is written
# down before it is done: whoever finds `starting`, `aborting` or `promoting` there does it (again), so that it
# doesn't matter who is stopped where. Its lines:
#   state STATE           starting → running → … → promoting → promoted, or aborting → aborted
#   release, before R     the one on trial, and the one that serves the others
#   share N               how many of the ten slots it has: 1, 5, 10
#   began, since T        unix seconds: of the trial, of this share
#   step N FROM TO TEXT   each share that is over, and what was found
#   reason TEXT           why it ended, or what is waited for
# run/canary.share and the link `canary` follow from it: they are what the supervisor reads.

canary_read() {
  local key value
  canary_state=none
  canary_release=
  canary_before=
  canary_share=0
  canary_began=0
  canary_since=0
  canary_steps=
  canary_reason=
  [ -r data/canary ] || return 0
  while read -r key value; do
    case $key in
      state) canary_state=$value ;;
      release) canary_release=$value ;;
      before) canary_before=$value ;;
      share) canary_share=$value ;;
      began) canary_began=$value ;;
      since) canary_since=$value ;;
      step) canary_steps="${canary_steps}step $value
" ;;
      reason) canary_reason=$value ;;
    esac
  done <data/canary
}

canary_write() {
  (
    umask 077
    {
      printf 'state %s\nrelease %s\nbefore %s\nshare %s\nbegan %s\nsince %s\n' \
        "$canary_state" "$canary_release" "$canary_before" "$canary_share" "$canary_began" "$canary_since"
      printf '%s' "$canary_steps"
      printf 'reason %s\n' "$canary_reason"
    } >data/.canary-new && sync data/.canary-new && mv -f data/.canary-new data/canary && sync data
  )
}

canary_is_on() {
  case $canary_state in starting | running | promoting | aborting) return 0 ;; esac
  return 1
}

# The first tenth.
canary_begin() {
  canary_release=$1
  canary_before=$(release_of current)
  canary_began=$(date +%s)
  canary_steps=
  canary_reason=
  schemas_note "$prefix/releases/$1"
  canary_enter 1 || exit 1
  say "release $1 serves a tenth of the users; $canary_before serves the others. How it does: arqctl canary status"
}

# canary_enter SHARE
canary_enter() {
  canary_state=starting
  canary_share=$1
  canary_since=$(date +%s)
  canary_write || { say "data/canary can't be written: is the disk full?"; return 1; }
  link_to canary "$canary_release"
  echo "$1" >run/.canary-share-new && mv -f run/.canary-share-new run/canary.share
  canary_restart || {
    canary_failed "its workers could not be put behind $1 of the 10 slots: see log/supervisor.log and log/worker.log"
    return 1
  }
  canary_state=running
  # Only from here on both have the users that they are to have.
  canary_since=$(date +%s)
  canary_write
}

# canary_restart: for a step. Where it fails by something else than what was started, the step is taken up again by
# the next minute in which that is possible: the release is not to blame.
canary_restart() {
  local status
  status=0
  restart_patiently || status=$?
  [ "$status" != 0 ] || return 0
  if is_given_up; then
    say "given up: a rollback was asked for meanwhile, and goes on from here."
  elif [ "$status" = "$not_tried" ] || legacy_serves; then
    say "this step could not be taken yet (see above); it is taken when the supervisor is there and production serves."
  else
    return 1
  fi
  exit 1
}

# canary_over TEXT: this share is over.
canary_over() {
  canary_steps="${canary_steps}step $canary_share $canary_since $(date +%s) $1
"
}

# canary_failed REASON: by itself, so the operator is told.
canary_failed() {
  canary_abort "$1"
  tell_operator canary_failed "Release $canary_release is taken back from all users: $canary_reason. $canary_before serves."
}

# canary_abort REASON. The link goes last: until then a worker of its may still have to be started.
canary_abort() {
  canary_state=aborting
  canary_reason=$1
  # On a full disk it is enough that nobody takes it up again. (What failed may have been a process that could not be
  # started just then.)
  canary_write || { ignore sleep 1; canary_write; } || ignore rm -f data/canary
  rm -f run/canary.share
  # Whoever promoted it may have been stopped half way.
  [ "$(release_of current)" != "$canary_release" ] || ignore link_to current "$canary_before"
  if ! nothing_runs && ! restart_again; then
    ! is_given_up || err "given up: a rollback was asked for meanwhile, and goes on from here."
    say "its workers could not be replaced; the supervisor tries again each minute. See $prefix/log/supervisor.log."
    return 1
  fi
  rm -f canary
  canary_state=aborted
  [ ! -e data/canary ] || canary_write
  say "release $canary_release is taken back from all users: $canary_reason."
}

# A restart of somebody else's may just be under way.
restart_again() {
  local tries
  if [ -n "$going_back" ]; then
    restart_now
    return
  fi
  tries=5
  while ! restart_pool; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] && ! is_given_up || return 1
    sleep 1
  done
}

canary_finish() {
  canary_state=promoting
  canary_write || err "data/canary can't be written: is the disk full? Nothing was changed."
  rm -f run/canary.share
  switch_to "$canary_release"
  case $? in
    0) ;;
    "$not_tried")
      say "release $canary_release could not be put into use for all yet (see above); it is when the supervisor is there."
      exit 1
      ;;
    *)
      canary_failed "it did not serve as the one for all: see log/supervisor.log"
      return 1
      ;;
  esac
  rm -f canary
  canary_state=promoted
  canary_write
  say "release $canary_release serves all users. Back to $canary_before: arqctl rollback"
  prune
}

# The supervisor runs the operator's command (notify.sh).
tell_operator() { tell notify "$@" || :; }

command_canary() {
  local action
  action=${1:-}
  case $action in
    promote | abort | tick) [ $# = 1 ] || wrong "$action takes no arguments" ;;
    lost) [ $# = 2 ] || wrong "lost needs a reason" ;;
    *) wrong "unknown action $action" ;;
  esac
  enter
  back_remember
  case $action in
    abort)
      going_back=yes
      lock_switch_now
      canary_by_hand abort
      ;;
    tick)
      canary_speaks_to_log
      # Where somebody is just changing something, the next minute is soon enough.
      lock_switch 0 || return 0
      canary_minute
      ;;
    lost)
      canary_speaks_to_log
      lock_switch || return 1
      canary_read
      if canary_is_on && [ "$canary_state" != aborting ]; then
        canary_over "$2"
        canary_failed "$2"
      fi
      ;;
    *)
      lock_switch || err "another change of the release is under way (it has taken 2 minutes). Try again."
      canary_by_hand "$action"
      ;;
  esac
}

# Called by the supervisor: what is said goes into its log, with the time.
canary_speaks_to_log() {
  say() { log "canary: $*"; }
}

canary_by_hand() {
  canary_read
  canary_is_on || err "no release is on trial. arqctl deploy puts one on trial."
  if [ "$1" = abort ]; then
    canary_over "aborted by the operator"
    canary_abort "aborted by the operator"
  else
    canary_over "promoted by the operator"
    canary_reason="promoted by the operator"
    canary_finish
  fi
}

# Once a minute.
canary_minute() {
  local answer
  canary_read
  case $canary_state in
    starting | running)
      if legacy_serves; then
        canary_wait "production fails and the legacy build serves, so nothing can be compared"
        return 0
      fi
      ;;
  esac
  case $canary_state in
    starting) canary_enter "$canary_share" ;;
    aborting) canary_abort "$canary_reason" ;;
    promoting) canary_finish ;;
    running) canary_look ;;
  esac
}

canary_look() {
  local answer verdict text
  answer=$("$bin/arqctl" --prefix "$prefix" canary judge) || {
    say "it can't be judged (see above), so it stays as it is."
    return 1
  }
  verdict=${answer%% *}
  text=${answer#* }
  case $verdict in
    worse)
      canary_over "$text"
      canary_failed "$text"
      ;;
    well)
      say "$text"
      canary_over "$text"
      canary_reason=
      case $canary_share in
        1) canary_enter 5 ;;
        5) canary_enter 10 ;;
        *) canary_finish ;;
      esac
      ;;
    hold) canary_wait "$text" ;;
    wait) ;;
    *) say "the judge said what nobody understands: $answer" ;;
  esac
}

# canary_wait FOR-WHAT: said once, not each minute, however the numbers in it change.
canary_wait() {
  [ "$canary_reason" != "$1" ] || return 0
  [ -n "$canary_reason" ] || say "$1"
  canary_reason=$1
  canary_write
}
