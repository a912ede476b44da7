# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share the variables of install.sh, which reads them
# What ARQ is built from: finds what is missing and, as root, installs Debian's packages.

# What is looked for, and the Debian package that has it.
headers='fcgiapp.h:libfcgi-dev sqlite3.h:libsqlite3-dev sodium.h:libsodium-dev utf8proc.h:libutf8proc-dev
  libstemmer.h:libstemmer-dev date/tz.h:libhowardhinnant-date-dev rapidjson/document.h:rapidjson-dev'

# Sets missing to the Debian packages of what isn't there. A header tells more than dpkg: whoever has
# the library from elsewhere can build as well.
find_missing() {
  local probe pair
  missing=
  probe=
  for pair in $headers; do
    probe="$probe
#if !__has_include(<${pair%%:*}>)
${pair#*:}
#endif"
  done
  if command -v g++ >/dev/null 2>&1; then
    missing=$(printf '%s\n' "$probe" | g++ -std=c++20 -E -P -x c++ - 2>/dev/null | tr '\n' ' ') ||
      err "this g++ does not know C++20. Install g++ 12 or newer."
  else
    missing="g++ $(printf '%s\n' "$probe" | grep -v '^#' | tr '\n' ' ')"
  fi
  command -v make >/dev/null 2>&1 || missing="$missing make"
  command -v curl >/dev/null 2>&1 || missing="$missing curl"
  if [ ! -e /usr/share/zoneinfo/Europe/Moscow ]; then
    # The library looks there and nowhere else, so unpacking them elsewhere would be of no use.
    if [ -n "$as_root" ]; then
      missing="$missing tzdata"
    else
      warn "this machine has no time zones (/usr/share/zoneinfo), so all dates will be UTC's. Root can install them: Debian's package tzdata."
    fi
  fi
  has_nginx || missing="$missing nginx"
  missing=$(printf '%s' "$missing" | tr -s ' ' | sed 's/^ //; s/ $//')
}

# The machine's, the one that the operator has named, or none wanted. (The one unpacked by an earlier
# run doesn't count: like all that is unpacked, it is renewed by each run.)
has_nginx() {
  [ -n "$own_nginx" ] || return 0
  command -v nginx >/dev/null 2>&1 && return 0
  case ${nginx_program:-nginx} in
    nginx | "$unpacked_nginx") return 1 ;;
    /*) [ -x "$nginx_program" ] ;;
    */*) [ -x "$prefix/$nginx_program" ] ;;
    *) command -v "$nginx_program" >/dev/null 2>&1 ;;
  esac
}

install_packages() {
  [ -n "$missing" ] || return 0
  need_cmd apt-get "Install these, by their names in your distribution, then run install.sh again: $missing"
  log=$(ensure mktemp /tmp/arq-packages.XXXXXX) || exit 1
  export DEBIAN_FRONTEND=noninteractive
  with_progress "Getting the list of Debian's packages" apt-get -q update ||
    warn "the list could not be renewed; going on with the one there is"
  policy_forbid
  if [ -n "$(ls -A /var/lib/dpkg/updates 2>/dev/null)" ]; then
    with_progress "Finishing what an interrupted dpkg has begun" dpkg --configure -a || err "dpkg has been interrupted before, and can't go on: see $log. Mend that, then run install.sh again."
  fi
  # shellcheck disable=SC2086 # a list of words
  with_progress "Installing $missing" apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends $missing ||
    err "Debian's packages could not be installed. The whole output is in $log. Mend that (is the network there? is another apt at work?), then run install.sh again."
  policy_restore
  rm -f -- "$log"
  case " $missing " in
    *' nginx '*)
      # The package would start its own nginx, on port 80, now and at each boot. Nobody asked for that.
      if [ -d /run/systemd/system ]; then ignore systemctl --quiet disable nginx; else ignore update-rc.d nginx disable >/dev/null 2>&1; fi
      say "  (Debian's own nginx service stays off; ARQ runs one for itself, as $user.)"
      ;;
  esac
  find_missing
  [ -z "$missing" ] || err "these are still missing, although apt-get reports success: $missing"
}

# Packages ask this file whether they may start their service. One that is there is put back, also
# after a run that was killed before it could.
policy=/usr/sbin/policy-rc.d
policy_forbid() {
  if grep -q "$made_by_us" "$policy" 2>/dev/null; then policy_restore; fi
  policy_saved=yes
  [ ! -e "$policy" ] || ensure mv -f "$policy" "$policy.before-arq"
  printf '#!/bin/sh\n# %s\nexit 101\n' "$made_by_us" >"$policy"
  ensure chmod 755 "$policy"
}
policy_restore() {
  if [ -e "$policy.before-arq" ]; then ignore mv -f "$policy.before-arq" "$policy"; else rm -f "$policy"; fi
  policy_saved=
}
