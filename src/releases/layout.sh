# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # whoever reads it sets and reads its variables
# Releases on the disk: taken in beside the others, named, linked to, removed. There is one way of doing
# each, and both install.sh (also as root, for another user) and arq-releases go it. Whoever reads this
# has `prefix`, say, err, ensure, ignore and
#   as_user COMMAND...   runs it in the prefix, as the user that owns it
# The links in the prefix:
#   current    what serves                  previous  what served before: where rollback goes
#   canary     what some of the users try   legacy    whose arq-legacy stands by

# release_expect VERSION: sets new_release to where release_take puts it; whoever calls removes that when they
# end early.
release_expect() {
  case $1 in
    '' | .* | *[!A-Za-z0-9._+~-]*) err "\"$1\" can't be a release's version (its file VERSION): letters, digits and . _ + ~ - only. Nothing was changed." ;;
  esac
  new_release=$prefix/releases/.new-$1
}

# release_take: a release, as a tar on standard input. One at a time: whoever calls holds the prefix's lock.
release_take() {
  # Also what somebody who was killed has left.
  # shellcheck disable=SC2016 # for the inner shell
  ensure as_user sh -c 'rm -rf -- releases/.new-* releases/.old-*'
  ensure as_user mkdir -p -- "$new_release"
  as_user tar -C "$new_release" --no-same-owner -xf - || err "the release could not be copied to $new_release. Is the disk full? Nothing was changed."
}

# Whether each program of the new release starts on this machine, with its libraries.
release_starts() {
  local program
  for program in arq-worker arq-legacy arq-listen arq-watch arqctl arq-supervisor; do
    as_user test -x "$new_release/bin/$program" || err "what is to be the new release holds no bin/$program. Make one with: make release DEST=folder. Nothing was changed."
  done
  for program in "$new_release"/bin/*; do
    as_user timeout 30 "$program" --version >/dev/null || err "${program##*/} of the new release does not start (see above). Nothing was changed."
  done
}

# release_settle VERSION: gives the new release its name, in `release`: its version, or, where another
# build of that version lies there, the next number of it.
release_settle() {
  local number
  number=1
  release=$1
  while as_user test -e "releases/$release"; do
    if as_user diff -rq -- "$new_release" "releases/$release" >/dev/null 2>&1; then
      say "Release $release is there already, the same to the byte."
      ensure as_user rm -rf -- "$new_release"
      new_release=
      return 0
    fi
    number=$((number + 1))
    release=$1.$number
  done
  ensure as_user mv -T -- "$new_release" "releases/$release"
  new_release=
  # What a power cut may not take back once a link points to it.
  ignore as_user sync -f releases
}

# release_of LINK: the name of the release that it points to.
release_of() {
  local target
  target=$(as_user readlink -- "$1" 2>/dev/null) || return 1
  printf '%s\n' "${target#releases/}"
}

# link_to LINK RELEASE: in one step, so that there is never none.
link_to() {
  ensure as_user ln -sfn -- "releases/$2" ".$1-new"
  ensure as_user mv -T -- ".$1-new" "$1"
}

links_save() {
  saved_current=$(release_of current) || saved_current=
  saved_previous=$(release_of previous) || saved_previous=
  saved_legacy=$(release_of legacy) || saved_legacy=
}
links_restore() {
  if [ -n "$saved_current" ]; then link_to current "$saved_current"; else ignore as_user rm -f current; fi
  if [ -n "$saved_previous" ]; then link_to previous "$saved_previous"; else ignore as_user rm -f previous; fi
  if [ -n "$saved_legacy" ]; then link_to legacy "$saved_legacy"; else ignore as_user rm -f legacy; fi
}

# links_promote RELEASE: it becomes what serves. What stands by is the arq-legacy of the release before, which
# has served for longer: what is wrong with the new one's store or memory isn't wrong with the standby too.
# `current` comes last, so that whoever is stopped in the middle can begin again.
links_promote() {
  links_save
  if [ -n "$saved_current" ] && [ "$saved_current" != "$1" ]; then
    link_to previous "$saved_current"
    if as_user test -x "releases/$saved_current/bin/arq-legacy"; then link_to legacy "$saved_current"; fi
  fi
  if ! as_user test -x legacy/bin/arq-legacy && as_user test -x "releases/$1/bin/arq-legacy"; then link_to legacy "$1"; fi
  link_to current "$1"
  # By this is known which were used last.
  ignore as_user touch -c -- "releases/$1"
}

# --- who goes back -------------------------------------------------------------------------------
# A rollback waits for nobody. It writes run/back anew; whoever changes what serves has looked at it before
# (back_remember), and where it is another by now leaves everything as it is.

back_remember() { back_seen=$(as_user cat run/back 2>/dev/null) || back_seen=; }
is_given_up() { [ "$(as_user cat run/back 2>/dev/null)" != "$back_seen" ]; }
back_begin() {
  printf '%s %s\n' "$$" "$(date +%s%N)" >run/.back-new && mv -f run/.back-new run/back
  back_remember
}

# releases_prune KEEP: removes all but the KEEP that were used last, none that a link leads to or that runs.
releases_prune() {
  local kept name
  kept=0
  for name in $(as_user ls -1t -- releases); do
    kept=$((kept + 1))
    [ "$kept" -gt "$1" ] || continue
    ! release_is_linked "$name" || continue
    ! release_runs "$name" || continue
    # Its name goes at once, so that nobody who is killed leaves half a release under it.
    if as_user mv -T -- "releases/$name" "releases/.old-$name" && as_user rm -rf -- "releases/.old-$name"; then
      say "Release $name is removed (releases.keep is $1)."
    fi
  done
}

release_is_linked() {
  local link
  for link in current previous legacy canary; do
    [ "$(release_of "$link")" != "$1" ] || return 0
  done
  return 1
}

# A program runs from it, or a shell that reads one of its scripts.
release_runs() {
  [ -n "$(as_user find /proc/[0-9]*/exe /proc/[0-9]*/fd -lname "$prefix/releases/$1/*" -print -quit 2>/dev/null)" ]
}

# --- what they write in users' files -------------------------------------------------------------
# A release states with `arqctl schema`, for each kind of file, "KIND NEWEST OLDEST": the newest schema that
# it knows and writes, and the oldest whose releases can serve a file that it has written. data/schemas holds
# the same of all that has ever served here. Releases only a number of steps apart serve each other's files.

# schemas_of RELEASE-FOLDER. One that can't tell is older than the first that asked for anything.
schemas_of() {
  as_user "$1/bin/arqctl" schema 2>/dev/null || printf 'user 1 1\nhost 1 1\n'
}

# schema_number KIND COLUMN SCHEMAS
schema_number() {
  printf '%s\n' "$3" | while read -r kind newest oldest; do
    [ "$kind" = "$1" ] || continue
    if [ "$2" = newest ]; then echo "$newest"; else echo "$oldest"; fi
  done
}

# The schemas of the data in this prefix.
schemas_of_data() {
  if as_user test -s data/schemas; then as_user cat data/schemas
  elif as_user test -x current/bin/arqctl; then schemas_of "$prefix/current"
  else printf 'user 0 0\nhost 0 0\n'; fi
}

# release_serves_data RELEASE-FOLDER NAME: says why where it can't.
release_serves_data() {
  local kind data its knows asked
  data=$(schemas_of_data)
  its=$(schemas_of "$1")
  for kind in user host; do
    knows=$(schema_number "$kind" newest "$its")
    asked=$(schema_number "$kind" oldest "$data")
    [ "${knows:-1}" -ge "${asked:-0}" ] && continue
    say "release $2 knows $(schema_words "$kind") up to schema $knows, and today's ask for a release that knows schema $asked: it could not serve them. Put a newer release into use instead (arqctl deploy), or, if it must be this one, restore a backup from its days first."
    return 1
  done
}

# release_leaves_way_back RELEASE-FOLDER NAME: whether what it writes can be served by what would be gone back
# to: the release that serves now, and the standby. Says why where it can't.
release_leaves_way_back() {
  local link kind its writes knows
  its=$(schemas_of "$1")
  for link in current legacy; do
    as_user test -x "$link/bin/arqctl" || continue
    for kind in user host; do
      writes=$(schema_number "$kind" oldest "$its")
      knows=$(schema_number "$kind" newest "$(schemas_of "$prefix/$link")")
      [ "${knows:-1}" -ge "${writes:-0}" ] && continue
      say "release $2 would make $(schema_words "$kind") such that only releases that know schema $writes can serve them, and $(release_of "$link") ($link) knows schema $knows: there would be no way back. Deploy first a release in between, one that knows schema $writes and does not ask for it yet; when that has been in use twice (as current and as legacy), this one can follow."
      return 1
    done
  done
}

schema_words() { if [ "$1" = user ]; then echo "users' files"; else echo "the host's file"; fi; }

# schemas_note RELEASE-FOLDER: from now on it writes. Each number only grows.
schemas_note() {
  local kind data its newest oldest other
  data=$(schemas_of_data)
  its=$(schemas_of "$1")
  for kind in user host; do
    newest=$(schema_number "$kind" newest "$its")
    other=$(schema_number "$kind" newest "$data")
    [ "${other:-0}" -le "${newest:-0}" ] || newest=$other
    oldest=$(schema_number "$kind" oldest "$its")
    other=$(schema_number "$kind" oldest "$data")
    [ "${other:-0}" -le "${oldest:-0}" ] || oldest=$other
    echo "$kind ${newest:-1} ${oldest:-1}"
  done | as_user sh -c 'umask 077; cat >data/.schemas-new && sync data/.schemas-new && mv -f data/.schemas-new data/schemas' ||
    err "$prefix/data/schemas can't be written. Is the disk full? Nothing was changed."
}
