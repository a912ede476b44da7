# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share the variables of install.sh, which reads them
# Builds a release, lays it out beside the others, and puts it into use or takes it back. How that is done with
# folders and links stands in src/releases/layout.sh, which arqctl deploy uses as well.

# The folder's build/, or, where somebody else's sources may only be read, the prefix's.
choose_build() {
  build=build
  as_builder test -w . || build=$prefix/build
}

build() {
  local make
  if [ "$build" = build ]; then
    ensure as_builder mkdir -p build
    log=$source/build/install.log
    stage=$source/build/stage
  else
    log=$prefix/log/build.log
    stage=$build/stage
  fi
  : >"$log" || err "$log can't be written."
  make='make'
  [ -z "$need_build" ] || make=$packages/bin/make
  forget_half_built
  with_progress "Building (the compiler's output goes to $log)" become_builder "$make" "-j$(jobs)" "BUILD=$build" ||
    err "the build failed. The whole output is in $log. Nothing was installed or changed."
  ensure as_builder rm -rf -- "$build/stage"
  with_progress "Putting the release together" become_builder "$make" release "BUILD=$build" "DEST=$build/stage" ||
    err "the release could not be put together. The whole output is in $log. Nothing was installed or changed."
  end_of_building
  version=$(as_builder cat "$build/stage/VERSION")
  [ -n "$version" ] || err "the release has no VERSION ($stage)."
  [ -n "$need_build" ] || return 0
  lend_libraries "$stage/lib" "$stage"/bin/*
  # For the programs of the tests, which lie elsewhere.
  [ -z "$keep_build_root" ] || ensure cp -L -- "$stage"/lib/* "$root"/usr/lib/*/libboost_unit_test_framework.so.* "$packages/lib/"
}

# A compiler that was killed leaves half a file, which make takes for a whole one. So what was written
# since the mark of a build that never came to its end is made anew. (make itself, interrupted or
# failing, removes what it was making.)
forget_half_built() {
  if as_builder test -e "$build/.building"; then
    ignore as_builder find "$build/obj" "$build/lib" "$build/bin" "$build/gen" -type f -newer "$build/.building" -delete 2>/dev/null
  fi
  ensure as_builder mkdir -p -- "$build"
  ensure as_builder touch -- "$build/.building"
  building=yes
}
# Also called by whoever stops it, after make has ended.
end_of_building() {
  [ -n "$building" ] || return 0
  building=
  ignore as_builder rm -f -- "$build/.building"
}

# One compiler per processor, and as many as fit into the memory that is free.
jobs() {
  local memory count
  count=$(nproc)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 1024 / 400) }' /proc/meminfo)
  [ "${memory:-$count}" -ge "$count" ] || count=$memory
  [ "$count" -ge 1 ] || count=1
  echo "$count"
}

# Copies the release beside the others and looks whether its programs start.
lay_out_release() {
  release_expect "$version"
  as_builder tar -C "$build/stage" -cf - . | release_take || exit 1
  release_starts
}

# Whether it could serve the data that is there, could be gone back from, and serves at all; only then it gets
# its name, in `release`.
prove_release() {
  release_serves_data "$new_release" "$version" || err "nothing was changed."
  release_leaves_way_back "$new_release" "$version" || err "nothing was changed."
  say "Trying the release ..."
  as_user "$new_release/share/releases/self-test" "$prefix" "$new_release" || err "release $version did not pass its test. What ran before still runs."
  release_settle "$version"
}

# What some users try just now would be lost.
refuse_canary() {
  if as_user grep -qE '^state (starting|running|promoting|aborting)$' data/canary 2>/dev/null; then
    err "the release $(release_of canary) is on trial in $prefix. End that first: $prefix/current/bin/arqctl canary promote (or abort)."
  fi
}

# --- switch, start, look -------------------------------------------------------------------------

switch_and_start() {
  exec 6<"$prefix/releases"
  lock_wait 6 "in $prefix/releases"
  ! is_given_up || err "given up: a rollback was asked for meanwhile. Release $release lies ready; nothing else was changed."
  links_promote "$release"
  schemas_note "$prefix/releases/$release"
  if start_or_restart && serves; then
    releases_prune "$(setting "$prefix/current" releases.keep)"
    return 0
  fi
  if [ -z "$saved_current" ] || [ "$saved_current" = "$release" ]; then
    [ -n "$saved_current" ] || { ignore supervisor stop; links_restore; }
    err "release $release does not serve (see above, and the files in $prefix/log). Nothing that worked before was replaced."
  fi
  ! is_given_up || err "given up: a rollback was asked for meanwhile, and goes on from here."
  say "Release $release does not serve; going back to $saved_current."
  links_restore
  start_or_restart || err "the release before it does not start either. See the files in $prefix/log."
  err "release $release was not put into use (see above, and the files in $prefix/log); $saved_current serves on."
}

start_or_restart() {
  say "Starting release $(release_of current) ..."
  if as_user test -e run/supervisor.lock && ! as_user flock --shared --nonblock run/supervisor.lock true; then
    supervisor restart
  else
    supervisor start
  fi
}

# One look at /health and one real message, through nginx, as a visitor would.
serves() {
  local host answer
  if [ -z "$own_nginx" ]; then
    supervisor status >&2
    return
  fi
  case $address in
    '' | 0.0.0.0) host=127.0.0.1 ;;
    :: | '[::]') host='[::1]' ;;
    *) host=$address ;;
  esac
  url=http://$host:$port
  answer=$(fetch "$url/health") || { say "$url/health does not answer 200: $answer"; return 1; }
  answer=$(fetch -H 'Content-Type: application/json' -d '{"message": "Hello"}' "$url/api/message") ||
    { say "a first message gets no answer: $answer"; return 1; }
  case $answer in
    *'"reply"'*) say "  /health is well, and a message was answered." ;;
    *) say "the answer to a first message holds no reply: $answer"; return 1 ;;
  esac
}

# The visitor's cookie is kept, so that upgrades don't make a new visitor each time.
fetch() {
  # shellcheck disable=SC2016 # for the inner shell
  as_user sh -c 'umask 077; exec "$@"' fetch "$curl" --silent --show-error --fail-with-body --noproxy '*' --max-time 30 \
    --cookie run/install-check.cookies --cookie-jar run/install-check.cookies "$@" 2>&1
}
