# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share the variables of install.sh, which reads them
# --uninstall and --purge: stops ARQ and takes away, by name, what was put into the prefix.

uninstall() {
  local names name there
  names='current previous legacy canary .current-new .previous-new .legacy-new .canary-new releases programs run log build .packages'
  [ -z "$purge" ] || names="$names data etc"
  there=
  for name in $names; do
    if [ -e "$prefix/$name" ] || [ -L "$prefix/$name" ]; then there="$there $name"; fi
  done
  if [ -n "$plan" ]; then
    plan_line action "uninstall${purge:+ and purge}"
    plan_line user "$user"
    plan_line prefix "$prefix"
    plan_line remove "${there:- nothing}"
    [ -z "$purge" ] || [ -z "$as_root" ] || plan_line remove-user "$user, if install.sh made it and nothing else belongs to it"
    say "Nothing was changed."
    return 0
  fi
  if [ -n "$there" ]; then
    if [ -x "$prefix/current/bin/arq-supervisor" ]; then
      supervisor stop || err "ARQ could not be stopped (see above), so nothing was removed."
    fi
    for name in $there; do ensure as_user rm -rf -- "$name"; done
  else
    say "There is no ARQ in $prefix; nothing to remove."
  fi
  remove_crontab
  if [ -n "$purge" ]; then
    purge_rest
  elif [ -n "$there" ]; then
    say "ARQ is removed from $prefix. Its data and its settings stay: $prefix/data and $prefix/etc. To remove them as well: --uninstall --purge."
  fi
  mention_crontab
}

purge_rest() {
  if [ -d "$prefix" ] && ! as_user rmdir -- "$prefix" 2>/dev/null && ! rmdir -- "$prefix" 2>/dev/null; then
    say "ARQ is removed from $prefix, with its data and settings. The folder stays: $(remains_of "$prefix")."
  else
    say "ARQ is removed, with its data and settings; $prefix is gone."
  fi
  [ ! -d "$source/build" ] || say "The sources and what was built in them stay: $source."
  [ -n "$as_root" ] || return 0
  say "Debian's packages that install.sh has installed stay; others may use them by now."
  remove_user
}

remains_of() {
  local left
  left=$(find "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | head -n 5 | tr '\n' ' ')
  if [ -n "$left" ]; then echo "it holds ${left% }, which install.sh did not put there"; else echo "it is empty, but the folder around it may not be written"; fi
}

# The user that install.sh has made, if it has nothing left but what useradd gave it.
remove_user() {
  local file process
  id -u "$user" >/dev/null 2>&1 || return 0
  if [ "$(getent passwd "$user" | cut -d: -f5)" != "$made_by_us" ]; then
    say "The user $user stays: install.sh did not make it."
    return 0
  fi
  for process in /proc/[0-9]*; do
    if [ "$(stat -c %U -- "$process" 2>/dev/null)" = "$user" ]; then
      say "The user $user stays: process ${process#/proc/} is its."
      return 0
    fi
  done
  if [ -n "$(crontab -u "$user" -l 2>/dev/null)" ]; then
    say "The user $user stays: it has a crontab (crontab -u $user -l)."
    return 0
  fi
  for file in /etc/skel/.[!.]*; do
    if cmp -s -- "$file" "$home/${file##*/}"; then ignore as_user rm -f -- "$home/${file##*/}"; fi
  done
  if [ -d "$home" ] && ! rmdir -- "$home" 2>/dev/null; then
    say "The user $user stays, for its home $home: $(remains_of "$home")."
    return 0
  fi
  if userdel -- "$user"; then say "The user $user, which install.sh had made, is removed."; else say "The user $user could not be removed; try: userdel $user"; fi
}

mention_crontab() {
  if [ -n "$as_root" ]; then set -- -u "$user"; else set --; fi
  case $(crontab "$@" -l 2>/dev/null) in
    *"$prefix/current/"*) say "A line of the crontab still names $prefix; take it out: crontab -e" ;;
  esac
}
