# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share the variables of install.sh, which reads them
# What ARQ is built from: finds what is missing and, as root, installs Debian's packages.

# Sets missing to the Debian packages of what isn't there. A header tells more than dpkg: whoever has
# the library from elsewhere can build as well.
find_missing() {
  local probe pair
  missing=
  probe=
  for pair in fcgiapp.h:libfcgi-dev sqlite3.h:libsqlite3-dev sodium.h:libsodium-dev utf8proc.h:libutf8proc-dev \
    libstemmer.h:libstemmer-dev date/tz.h:libhowardhinnant-date-dev rapidjson/document.h:rapidjson-dev; do
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
  [ -e /usr/share/zoneinfo/Europe/Moscow ] || missing="$missing tzdata"
  [ -z "$own_nginx" ] || command -v nginx >/dev/null 2>&1 || missing="$missing nginx"
  missing=$(printf '%s' "$missing" | tr -s ' ' | sed 's/^ //; s/ $//')
}

get_packages() {
  [ -n "$missing" ] || return 0
  [ -n "$as_root" ] || err "this machine lacks what ARQ is built from. Ask for this, as root, then run install.sh again:
  apt-get install --no-install-recommends $missing"
  need_cmd apt-get "Install these, by their names in your distribution, then run install.sh again: $missing"
  log=$(ensure mktemp /tmp/arq-packages.XXXXXX) || exit 1
  export DEBIAN_FRONTEND=noninteractive
  with_progress "Getting the list of Debian's packages" apt-get -q update ||
    warn "the list could not be renewed; going on with the one there is"
  policy_forbid
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

# Packages ask this file whether they may start their service. One that is there is put back.
policy_forbid() {
  policy_saved=none
  if [ -e /usr/sbin/policy-rc.d ]; then
    policy_saved=/usr/sbin/policy-rc.d.before-arq
    ensure mv -f /usr/sbin/policy-rc.d "$policy_saved"
  fi
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  ensure chmod 755 /usr/sbin/policy-rc.d
}
policy_restore() {
  if [ "$policy_saved" = none ]; then rm -f /usr/sbin/policy-rc.d; else ignore mv -f "$policy_saved" /usr/sbin/policy-rc.d; fi
  policy_saved=
}
