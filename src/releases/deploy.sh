# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share the variables of arq-releases, which reads them
# A new release: taken in beside the others, proved, put into use; and the way back.

command_deploy() {
  local at_once what
  at_once=
  from_source=
  what=
  while [ $# -gt 0 ]; do
    case $1 in
      --now) at_once=yes ;;
      --from-source) from_source=yes ;;
      -*) wrong "unknown option $1" ;;
      *) [ -z "$what" ] || wrong "one release at a time, not $what and $1"; what=$1 ;;
    esac
    shift
  done
  [ -z "$from_source" ] || what=${what:-.}
  [ -n "$what" ] || wrong "which release? Name its archive or folder"
  case $what in /*) ;; *) what=$called_from/$what ;; esac
  [ -e "$what" ] || err "there is no $what. Nothing was changed."
  enter
  back_remember
  refuse_second_canary
  [ -n "$at_once" ] || ! legacy_serves || err "production fails and the legacy build serves, so a new release can't be compared with anything. Put it into use for all at once: arqctl deploy --now. It serves when it has proved healthy."
  [ -n "$at_once" ] || supervisor_runs || err "nothing runs, so a new release can't be compared with anything. Start ARQ (arq-supervisor start), or put it into use for all at once: arqctl deploy --now."
  [ -n "$at_once" ] || refuse_without_room
  if [ -n "$from_source" ]; then build_from "$what"; what=$built; fi
  lock_layout
  find_release "$what"
  say "taking in release $version ..."
  release_expect "$version"
  tar -C "$found" -cf - . | release_take || exit 1
  prove_release "$version"
  release_settle "$version"
  lock_switch || err "another change of the release is under way (it has taken 2 minutes). Release $release lies ready; try again."
  ! is_given_up || err "given up: a rollback was asked for meanwhile. Release $release lies ready; nothing else was changed."
  # Somebody else's deploy may have come to its end in between.
  refuse_second_canary
  if [ "$release" = "$(release_of current)" ]; then
    say "release $release is the one that serves already. Nothing was changed."
    return 0
  fi
  release_leaves_way_back "$prefix/releases/$release" "$release" || err "nothing was changed."
  if [ -n "$at_once" ]; then
    deploy_now
  else
    canary_begin "$release"
  fi
}

# While a step is taken two workers more than usual run for a moment. With what stands beside them: 7 processes; what
# asks for the step: 3, and 2 while a worker starts; each worker that serves, of 3 threads: 5; each new one at first: 3.
refuse_without_room() {
  local limit need
  limit=$(ulimit -p)
  case $limit in '' | *[!0-9]*) return 0 ;; esac
  need=$((7 + 3 + 2 + 2 * 3 + 5 * $(current/bin/arqctl --prefix "$prefix" fit 2>/dev/null)))
  [ "$limit" -ge "$need" ] || err "this account may run $limit processes and threads (ulimit -u), and $need are needed to let some users try a release beside the other. Put it into use for all at once: arqctl deploy --now. Nothing was changed."
}

refuse_second_canary() {
  canary_read
  if canary_is_on; then err "release $canary_release is on trial: end that first, by arqctl canary promote or arqctl canary abort. Nothing was changed."; fi
}

deploy_now() {
  local before
  before=$(release_of current)
  switch_to "$release"
  case $? in
    0) ;;
    "$not_tried")
      ! is_given_up || err "given up: a rollback was asked for meanwhile, and goes on from here."
      links_restore
      err "release $release could not be tried (see above): the supervisor was not there. $before serves on. See arqctl status, then try again."
      ;;
    *) err "release $release does not serve (see above, and the files in $prefix/log); $before serves on." ;;
  esac
  say "release $release serves all users. Back to $before: arqctl rollback"
  prune
}

prune() {
  local keep
  keep=$(setting releases.keep) || return 0
  releases_prune "$keep"
}

# build_from FOLDER: install.sh knows how, also where the compiler has to be fetched. Sets built.
build_from() {
  [ -x "$1/install.sh" ] || err "$1 holds no sources of ARQ (no install.sh). Name their folder: arqctl deploy --from-source FOLDER. Nothing was changed."
  built=$("$1/install.sh" --prefix "$prefix" --build-only) ||
    err "the sources in $1 could not be built (see above). Nothing was changed."
}

# find_release ARCHIVE-OR-FOLDER: the folder that holds it, in `found`, and its `version`. Of an archive it may
# be the one folder in it.
find_release() {
  local file
  found=$1
  if [ ! -d "$1" ]; then
    ensure sh -c 'rm -rf -- releases/.unpacked-*'
    unpacked=$(mktemp -d "$prefix/releases/.unpacked-XXXXXX") || err "$prefix/releases can't be written. Nothing was changed."
    tar -C "$unpacked" --no-same-owner -xf "$1" || err "$1 could not be unpacked (see above): it must be a tar archive of a release, and the disk must have room for it. Nothing was changed."
    found=$unpacked
    if [ ! -e "$found/VERSION" ]; then
      for file in "$unpacked"/*/VERSION; do
        [ ! -e "$file" ] || found=${file%/VERSION}
      done
    fi
  fi
  version=$(cat -- "$found/VERSION" 2>/dev/null)
  [ -n "$version" ] ||
    err "$1 holds no release of ARQ (no file VERSION). Make one with: make release DEST=folder. Nothing was changed."
}

# prove_release VERSION: new_release starts, could serve today's files and be gone back from, and serves.
prove_release() {
  release_starts
  release_serves_data "$new_release" "$1" || err "nothing was changed."
  release_leaves_way_back "$new_release" "$1" || err "nothing was changed."
  say "trying release $1 beside the running one ..."
  "$pieces/self-test" "$prefix" "$new_release" || err "release $1 did not pass its test. Nothing was changed; what ran runs on."
}

# switch_to RELEASE: for all users, without a gap. Leaves everything as it was where that release doesn't serve, and
# the links to it where that was not found out ($not_tried).
switch_to() {
  links_promote "$1"
  schemas_note "$prefix/releases/$1"
  restart_or_back
}

# After the links were changed. (A restart that fails may have got half-way, hence the second one.)
restart_or_back() {
  local status
  if nothing_runs; then
    say "nothing runs; arq-supervisor start starts release $(release_of current)."
    return 0
  fi
  status=0
  if [ -n "$going_back" ]; then restart_now || status=$?; else restart_patiently || status=$?; fi
  [ "$status" != 0 ] || return 0
  [ "$status" != "$not_tried" ] && ! is_given_up || return "$not_tried"
  say "going back to release $saved_current ..."
  links_restore
  restart_pool || say "the pool could not be restarted with $saved_current either; see the files in $prefix/log. Workers that served before serve on."
  return 1
}

command_rollback() {
  local target
  [ $# = 0 ] || wrong "rollback takes no arguments"
  enter
  going_back=yes
  lock_switch_now
  canary_read
  if canary_is_on; then
    canary_over "rolled back by the operator"
    canary_abort "rolled back by the operator" || exit 1
    say_who_serves "all users have release $(release_of current) again."
    return 0
  fi
  target=$(release_of previous)
  [ -x previous/bin/arq-worker ] ||
    err "there is no release before this one to go back to (no link previous). Put another one into use: arqctl deploy. Nothing was changed."
  release_serves_data "$prefix/previous" "$target" || err "nothing was changed."
  links_save
  link_to previous "$saved_current"
  link_to current "$target"
  touch -c -- "releases/$target"
  schemas_note "$prefix/current"
  restart_or_back
  case $? in
    0) ;;
    "$not_tried")
      ! is_given_up || err "given up: another rollback was asked for meanwhile, and goes on from here."
      err "release $target is the one to serve, but the pool could not be asked to start it (see above, and arqctl status): arq-supervisor start, or arqctl restart."
      ;;
    *) err "release $target does not serve any more (see above, and the files in $prefix/log). Nothing was changed." ;;
  esac
  say_who_serves "release $target serves all users."
  say "forward to $saved_current again: arqctl rollback"
}

# say_who_serves TEXT: which is so unless the legacy build serves.
say_who_serves() {
  if ! legacy_serves; then
    say "$1"
    return 0
  fi
  say "production fails, so the legacy build goes on serving all users; release $(release_of current) is tried beside it and takes over when it has proved healthy (arqctl status tells)."
}
