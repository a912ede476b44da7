# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share the variables of install.sh, which reads them
# Without root: Debian's own packages, unpacked below the prefix. Only for the time of the run:
#   .packages/root   the packages as they would lie in /; g++ gets it as --sysroot
#   .packages/lib    the libraries that the tools in there need and the machine lacks
#   .packages/bin    the tools, to be called
#   .packages/apt    apt-get's lists and downloads
# What ARQ needs of it to run is copied: libraries to the release's lib/, nginx to programs/nginx.

unpacked_nginx=programs/nginx/nginx

# Sets wanted to what will be fetched. One tree, compiler included, or nothing: the linker scripts in
# it name absolute paths, so it can't be mixed with what the machine has.
choose_wanted() {
  local package
  for package in $missing; do
    case $package in
      nginx | curl) wanted="$wanted $package" ;;
      *) need_build=yes ;;
    esac
  done
  if [ -n "$need_build" ]; then
    wanted="g++ make$(for package in $headers; do printf ' %s' "${package#*:}"; done)$wanted"
    [ -z "$keep_build_root" ] || wanted="$wanted libboost-test-dev"
  fi
  wanted=${wanted# }
  [ -n "$wanted" ] || return 0
  if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-deb >/dev/null 2>&1; then
    say "install.sh: this machine lacks what ARQ needs, and there is no way to fetch it without root."
    explain_looked_for
    explain_ways
    exit 1
  fi
}

explain_looked_for() {
  local package pair why
  why="g++ can't include it"
  command -v g++ >/dev/null 2>&1 || why="can't be looked for without g++"
  say "Looked for, and did not find:"
  for pair in $headers; do
    case " $missing " in *" ${pair#*:} "*) explain_line "${pair%%:*}" "$why (Debian: ${pair#*:})" ;; esac
  done
  for package in $missing; do
    case $package in
      g++ | make | curl) explain_line "$package" "in PATH" ;;
      nginx) explain_line nginx "in PATH, nor a program that web.nginx_program names" ;;
    esac
  done
  for package in apt-get dpkg-deb; do
    command -v "$package" >/dev/null 2>&1 || explain_line "$package" "in PATH; apt-get would fetch the rest, dpkg-deb unpack it, into $prefix/.packages"
  done
  say "PATH is $PATH"
}
explain_line() { say "$(printf '  %-22s %s' "$1" "$2")"; }

explain_ways() {
  say "What can be done, one of these:
  - Root installs it (these are Debian's names), then run install.sh again:
      apt-get install --no-install-recommends $missing"
  [ "$missing" != nginx ] || say "  - Somebody else's nginx serves: run install.sh again with --no-nginx."
  say "  - Run install.sh as an ordinary user on another machine of the same system and processor
    ($(system_name)) that can fetch packages, stop ARQ there,
    copy its whole folder to $prefix here, and start it: $prefix/current/bin/arq-supervisor start"
}

system_name() {
  printf '%s, %s' "$(sed -n 's/^PRETTY_NAME="*\([^"]*\)"*$/\1/p' /etc/os-release 2>/dev/null)" "$(uname -m)"
}

# --- fetch and unpack ----------------------------------------------------------------------------

unpack_packages() {
  [ -n "$wanted" ] || return 0
  packages=$prefix/.packages
  root=$packages/root
  log=$prefix/log/packages.log
  : >"$log" || err "$log can't be written."
  if is_unpacked; then
    say "Using what an earlier run has unpacked in $root (to have it fetched anew, delete $packages)."
  else
    fetch_packages
    with_progress "Unpacking them in $root" unpack_all ||
      err "the packages could not be unpacked in $root. The whole output is in $log. Is the disk full, or a quota reached?"
    ensure rm -rf -- "$packages/apt"
    make_tools
    printf '%s\n' "$wanted" >"$packages/complete" || err "$packages can't be written."
  fi
  case " $wanted " in *' curl '*) curl=$packages/bin/curl ;; esac
}

# Whether all that is wanted is among what an earlier run has unpacked to the end.
is_unpacked() {
  local package there
  there=$(cat -- "$packages/complete" 2>/dev/null) || return 1
  for package in $wanted; do
    case " $there " in *" $package "*) ;; *) return 1 ;; esac
  done
}

# The empty status file makes apt-get believe that nothing is installed: so the C library comes along,
# and the tree is complete. (-c, because what APT_CONFIG names is overruled by the machine's own files.)
fetch_packages() {
  local apt sizes
  apt=$packages/apt
  ensure rm -f -- "$packages/complete"
  ensure mkdir -p -- "$apt/lists/partial" "$apt/archives/partial"
  : >"$apt/status" || err "$apt can't be written."
  cat >"$apt/apt.conf" <<END || err "$apt can't be written."
Dir::State "$apt"; Dir::State::status "$apt/status"; Dir::State::lists "$apt/lists/";
Dir::Cache "$apt"; Dir::Cache::archives "$apt/archives/"; Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";
Dir::Log "$apt";
APT::Sandbox::User ""; APT::Install-Recommends "false"; APT::Keep-Downloaded-Packages "true";
Acquire::Languages "none"; Acquire::GzipIndexes "true";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
END
  with_progress "Getting the list of Debian's packages" apt_get "$apt" update ||
    warn "the list could not be got, or not all of it; going on with what there is"
  # shellcheck disable=SC2086 # a list of words
  sizes=$(apt_get "$apt" -y -d --print-uris install $wanted 2>>"$log" | awk '$2 ~ /\.deb$/ { n++; sum += $3 } END { if (n) printf "%d packages, %d MB", n, sum / 1000000 + 1 }')
  [ -n "$sizes" ] || [ -n "$(ls -- "$apt/archives/"*.deb 2>/dev/null)" ] || no_packages
  # shellcheck disable=SC2086 # a list of words
  with_progress "Fetching ${sizes:-nothing more}" apt_get "$apt" -y -d install $wanted || no_packages
}

apt_get() {
  local apt
  apt=$1
  shift
  LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -c "$apt/apt.conf" -q "$@"
}

no_packages() {
  say "install.sh: Debian's packages could not be fetched. The whole output is in $log; its errors:"
  grep -E '^(E|W|Err):?' "$log" | sort -u | tail -n 8 | sed 's/^/    /' >&2
  say "Asked for: $wanted
Sources: $(find /etc/apt/sources.list /etc/apt/sources.list.d -type f \( -name '*.list' -o -name '*.sources' \) 2>/dev/null | tr '\n' ' ')(the machine's own; nothing else was tried)
If the network was away, run install.sh again."
  explain_ways
  exit 1
}

# In its place only when it is complete. tar, because dpkg-deb -x puts folders where the tree has the
# links lib and bin. Documents and the parts of the compiler for link time optimisation are left out.
unpack_all() {
  local name deb
  rm -rf -- "$root" "$packages/broken" || return 1
  mkdir -p -- "$root/usr/lib" "$root/usr/lib64" "$root/usr/bin" "$root/usr/sbin" || return 1
  for name in lib lib64 bin sbin; do ln -s "usr/$name" "$root/$name" || return 1; done
  for deb in "$packages/apt/archives/"*.deb; do
    { dpkg-deb --fsys-tarfile "$deb" || echo "$deb" >"$packages/broken"; } |
      tar -C "$root" -x --keep-directory-symlink --no-same-owner \
        --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/info --exclude=./usr/share/locale \
        --exclude='./usr/bin/*lto-dump*' --exclude='./usr/lib/gcc/*/lto1' || return 1
    [ ! -e "$packages/broken" ] || return 1
  done
}

# What an earlier run left goes as well. `complete` first, so that half a tree is never taken for a whole.
drop_packages() {
  ensure as_user rm -f -- .packages/complete
  ensure as_user rm -rf -- .packages
}

# --- programs out of it, and their libraries -----------------------------------------------------

# Each runs with the libraries that it needs and the machine lacks, and finds the other tools first.
make_tools() {
  local tool program
  ensure rm -rf -- "$packages/bin" "$packages/lib"
  ensure mkdir -p -- "$packages/bin" "$packages/lib"
  set --
  for program in "$root"/usr/bin/g++ "$root"/usr/bin/as "$root"/usr/bin/ld "$root"/usr/bin/ar "$root"/usr/bin/make \
    "$root"/usr/bin/curl "$root"/usr/lib/gcc/*/*/cc1plus "$root"/usr/lib/gcc/*/*/collect2; do
    [ ! -e "$program" ] || set -- "$@" "$program"
  done
  lend_libraries "$packages/lib" "$@"
  for tool in g++ ar make curl; do
    [ -e "$root/usr/bin/$tool" ] || continue
    # Through make every program finds the libraries: there are none of those that the machine has.
    cat >"$packages/bin/$tool" <<END || err "$packages can't be written."
#!/bin/sh
PATH=$packages/bin:$root/usr/bin:\$PATH LD_LIBRARY_PATH=$packages/lib exec $root/usr/bin/$tool $([ $tool != make ] || printf 'SYSROOT=%s ' "$root")"\$@"
END
    ensure chmod 755 "$packages/bin/$tool"
  done
}

# lend_libraries FOLDER PROGRAM...: copies into FOLDER what the machine's own loader doesn't find for
# these programs, or finds too old. Never the C library: that one and the kernel's loader belong together.
lend_libraries() {
  local folder lacking name file found
  folder=$1
  shift
  while :; do
    lacking=$(LC_ALL=C LD_LIBRARY_PATH=$folder ldd "$@" 2>&1 |
      sed -n 's/^[[:space:]]*\([^ ]*\) => not found.*/\1/p; s/^.*\/\([^/:]*\): version `.*'"'"' not found.*/\1/p' | sort -u)
    [ -n "$lacking" ] || return 0
    ensure mkdir -p -- "$folder"
    for name in $lacking; do
      found=
      for file in "$root/usr/lib/"*-linux-gnu*/"$name" "$root/usr/lib/$name"; do
        [ ! -e "$file" ] || found=$file
      done
      case $name in
        libc.so.* | libm.so.* | ld-linux*) err "the packages are made for a newer C library than this machine has ($name is too old). Its sources (/etc/apt) belong to another release of the system." ;;
      esac
      # A copy that is there already and still lacking would be copied for ever.
      if [ -z "$found" ] || [ -e "$folder/$name" ]; then err "the library $name is in none of the unpacked packages ($root)."; fi
      ensure cp -L -- "$found" "$folder/$name"
    done
  done
}

# nginx finds its libraries by a small script before it; it is put in place of an older one as a whole.
install_nginx() {
  local new
  case " $wanted " in *' nginx '*) ;; *) return 0 ;; esac
  new=$prefix/programs/.new
  ensure rm -rf -- "$new"
  ensure mkdir -p -- "$new/files"
  ensure cp -- "$root/usr/sbin/nginx" "$new/files/nginx"
  lend_libraries "$new/files" "$new/files/nginx"
  cat >"$new/nginx" <<'END' || err "$new can't be written."
#!/bin/sh
# Debian's nginx, unpacked by ARQ's install.sh because this machine has none, with the libraries it lacks.
files=$(dirname -- "$(readlink -f -- "$0")")/files
LD_LIBRARY_PATH=$files exec "$files/nginx" "$@"
END
  ensure chmod 755 "$new/nginx"
  "$new/nginx" -v 2>>"$log" || err "the unpacked nginx does not start. Its message is at the end of $log."
  if diff -rq -- "$new" "$prefix/programs/nginx" >/dev/null 2>&1; then
    ensure rm -rf -- "$new"
    return 0
  fi
  [ ! -e "$prefix/run/nginx.pid" ] || say "nginx is renewed; the one that runs is replaced by: arq-supervisor stop, then start."
  replace_nginx
}

# programs/.new becomes programs/nginx.
replace_nginx() {
  ensure as_user rm -rf -- programs/.old
  if as_user test -e programs/nginx; then ensure as_user mv -T -- programs/nginx programs/.old; fi
  ensure as_user mv -T -- programs/.new programs/nginx
  ensure as_user rm -rf -- programs/.old
}

# Where etc/arq.json names the unpacked one, but the machine has come to have its own since.
link_nginx() {
  ensure as_user rm -rf -- programs/.new
  ensure as_user mkdir -p -- programs/.new
  ensure as_user ln -s -- "$(command -v nginx)" programs/.new/nginx
  replace_nginx
}
