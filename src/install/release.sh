# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share the variables of install.sh, which reads them
# Builds a release, lays it out beside the others, and puts it into use or takes it back.

# The folder's build/, or, where somebody else's sources may only be read, the prefix's.
choose_build() {
  build=build
  as_builder test -w . || build=$prefix/build
}

build() {
  local make stage
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

# Copies the release beside the others, looks whether its programs start, and only then gives it its name.
lay_out_release() {
  local number
  new_release=$prefix/releases/.new-$version
  # Also what a run that was killed has left of another version.
  # shellcheck disable=SC2016 # for the inner shell
  ensure as_user sh -c 'rm -rf -- releases/.new-*'
  ensure as_user mkdir -p -- "$new_release"
  as_builder tar -C "$build/stage" -cf - . | as_user tar -C "$new_release" --no-same-owner -xf - || err "the release could not be copied to $new_release. Is the disk full?"
  for program in arq-worker arq-legacy arq-listen arq-watch arqctl arq-supervisor; do
    as_user "$new_release/bin/$program" --version >/dev/null || err "$program of the new release does not start (see above). Nothing was changed."
  done
  number=1
  release=$version
  while as_user test -e "releases/$release"; do
    if as_user diff -rq -- "$new_release" "releases/$release" >/dev/null 2>&1; then
      say "Release $release is there already, the same to the byte."
      ensure as_user rm -rf -- "$new_release"
      new_release=
      return 0
    fi
    number=$((number + 1))
    release=$version.$number
  done
  ensure as_user mv -T -- "$new_release" "releases/$release"
  new_release=
  # What a power cut may not take back once current points to it.
  ignore as_user sync -f releases
}

# --- switch, start, look -------------------------------------------------------------------------

point_current_to() {
  ensure as_user ln -sfn -- "$1" .current-new
  ensure as_user mv -T -- .current-new current
}

switch_and_start() {
  before=$(as_user readlink current 2>/dev/null)
  point_current_to "releases/$release"
  if start_or_restart && serves; then
    return 0
  fi
  if [ -z "$before" ] || [ "$before" = "releases/$release" ]; then
    [ -n "$before" ] || { ignore supervisor stop; ignore as_user rm -f current; }
    err "release $release does not serve (see above, and the files in $prefix/log). Nothing that worked before was replaced."
  fi
  say "Release $release does not serve; going back to ${before#releases/}."
  point_current_to "$before"
  start_or_restart || err "the release before it does not start either. See the files in $prefix/log."
  err "release $release was not put into use (see above, and the files in $prefix/log); ${before#releases/} serves on."
}

start_or_restart() {
  say "Starting release $(as_user readlink current | cut -d/ -f2) ..."
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
