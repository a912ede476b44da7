#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # single quotes keep what is for the shell inside
# An ordinary user, lodger, on a bare machine: the folder ARQ_MACHINE, which tests/system/rootless/run
# makes. The tests build on each other, in this order. The network is shared, so the machine outside
# asks as a visitor would.

bats_load_library bats-support
bats_load_library bats-assert

setup_file() {
  port=$((21000 + $$ % 9000))
  url=http://127.0.0.1:$port
  export port url
}

setup() {
  home=$ARQ_MACHINE/home/lodger
  prefix=$home/arq
}

# lodger COMMAND...: in that machine, as that user; by becoming it, so that $! is the command.
become_lodger() {
  exec 3>&- chroot --userspec=4711:4711 "$ARQ_MACHINE" env -i HOME=/home/lodger PATH=/usr/local/bin:/usr/bin:/bin "$@"
}
lodger() { (become_lodger "$@"); }
install() { lodger /home/lodger/source/install.sh "$@"; }
supervisor() { lodger /home/lodger/arq/current/bin/arq-supervisor "$@"; }
fetch() { curl --silent --show-error --fail-with-body --noproxy '*' --max-time 30 "$@"; }
say_to_it() {
  fetch -b "$BATS_FILE_TMPDIR/jar" -c "$BATS_FILE_TMPDIR/jar" -H 'Content-Type: application/json' -d "{\"message\": \"$1\"}" "$url/api/message"
}
# What lies in a folder, in one line.
list() { (cd "$1" && find . -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | tr '\n' ' '); }
# Every file with its time and size: what may not change.
snapshot() { (cd "$ARQ_MACHINE" && find home tmp etc var usr -printf '%p %T@ %s %m\n' | sort); }

@test "the machine has no compiler, no make, no nginx, no curl" {
  lodger sh -c 'PATH=$PATH:/usr/sbin:/sbin; for program; do ! command -v "$program" || exit 1; done' sh \
    g++ cc make nginx curl git python3 readelf
}

@test "--dry-run says what would be fetched, and changes nothing" {
  local before
  before=$(snapshot)
  run install --dry-run --port "$port"
  assert_success
  assert_line "action install"
  assert_line "prefix /home/lodger/arq"
  assert_line "port $port"
  assert_line --regexp '^missing .*g\+\+ .*libfcgi-dev .*make .*nginx'
  assert_line --regexp '^packages unpacked in /home/lodger/arq/.packages, deleted at the end: g\+\+ make '
  assert_line --regexp '^room [0-9]+ MB in /home/lodger/arq'
  assert_line "Nothing was changed."
  assert_equal "$(snapshot)" "$before"
}

@test "without apt-get it says what it looked for, where, and what can be done; nothing is changed" {
  local before
  mv "$ARQ_MACHINE/usr/bin/apt-get" "$ARQ_MACHINE/usr/bin/away"
  before=$(snapshot)
  run install --port "$port"
  assert_equal "$(snapshot)" "$before"
  mv "$ARQ_MACHINE/usr/bin/away" "$ARQ_MACHINE/usr/bin/apt-get"
  assert_failure 1
  assert_line --regexp '^  g\+\+ +in PATH$'
  assert_line --regexp '^  fcgiapp.h +can.t be looked for without g\+\+ \(Debian: libfcgi-dev\)'
  assert_line --regexp '^  apt-get +in PATH; apt-get would fetch the rest'
  assert_line --partial "apt-get install --no-install-recommends g++ libfcgi-dev"
  assert_line --partial "another machine of the same system and processor"
}

@test "without room on the disk it stops before anything is fetched" {
  mkdir "$home/small"
  mount -t tmpfs -o size=20m,uid=4711 small "$home/small"
  run install --port "$port" --prefix /home/lodger/small/arq
  umount "$home/small"
  rmdir "$home/small"
  assert_failure 1
  assert_output --regexp 'needs [0-9]+ MB of disk below /home/lodger/small/arq, and (19|20) MB are free there'
}

@test "without a network it says what failed and where it looked" {
  local apt_conf=$ARQ_MACHINE/etc/apt/apt.conf.d/no-network
  echo 'Acquire::http::Proxy "http://127.0.0.1:9"; Acquire::https::Proxy "http://127.0.0.1:9"; Acquire::Retries "0";' >"$apt_conf"
  run install --port "$port"
  rm "$apt_conf"
  assert_failure 1
  assert_line --partial "Debian's packages could not be fetched. The whole output is in /home/lodger/arq/log/packages.log"
  assert_line --regexp '^Sources: /etc/apt/sources\.list'
  assert_line --partial "apt-get install --no-install-recommends"
  assert [ ! -e "$prefix/current" ]
}

# interrupt SIGNAL one|all STEP [PAUSE]: begins an installation and ends it a moment after it says STEP,
# install.sh alone or with everything that it has started.
interrupt() {
  local output=$BATS_TEST_TMPDIR/output tries=1200
  (become_lodger setsid /home/lodger/source/install.sh --port "$port") >"$output" 2>&1 &
  local pid=$!
  until grep -q "^$3" "$output"; do
    if ! kill -0 "$pid" 2>/dev/null || [ $((tries -= 1)) = 0 ]; then cat "$output"; return 1; fi
    sleep 0.1
  done
  sleep "${4:-0.4}"
  if [ "$2" = all ]; then kill "-$1" -- "-$pid"; else kill "-$1" "$pid"; fi
  wait "$pid" || :
  # What it had in its hands is in no release.
  [ ! -e "$prefix/current" ] || [ -x "$prefix/current/bin/arq-worker" ]
}

@test "interrupted at any step and run again, it installs" {
  interrupt KILL all "Getting the list"
  interrupt TERM one "Fetching"
  interrupt KILL all "Unpacking"
  interrupt INT one "Unpacking"
  interrupt KILL one "Building"
  interrupt KILL all "Building"
  interrupt TERM one "Building"
  interrupt KILL all "Putting the release"
  interrupt KILL one "Starting release" 0.1
  interrupt KILL all "Starting release" 0.1
  run install
  assert_success
  assert_output --partial "/health is well, and a message was answered."
  assert_output --partial "$url/"
  assert_line --regexp 'tests .*--keep-build-root'
  fetch "$url/health"
  run say_to_it "Remember that my order number is 4417"
  assert_success
  assert_output --partial '"reply"'
  assert_equal "$(list "$prefix")" "current data etc legacy log programs releases run "
  assert_equal "$(list "$prefix/releases")" "$(basename "$(readlink "$prefix/current")") "
}

@test "the release brings what the machine lacks, found beside its programs, and no C library" {
  local program
  for program in arq-worker arqctl arq-listen; do
    run readelf -d "$prefix/current/bin/$program"
    assert_line --regexp '\(RPATH\).*\[\$ORIGIN/\.\./lib\]'
    refute_output --partial RUNPATH
    run lodger ldd "/home/lodger/arq/current/bin/$program"
    refute_output --partial 'not found'
  done
  [ -e "$prefix/current/lib/libfcgi.so.0" ]
  run ls "$prefix/current/lib"
  refute_line --regexp '^(libc|libm|libstdc\+\+|libgcc_s|ld-linux.*)\.so'
  # nginx serves as that user, by the name in the configuration.
  grep -q '"nginx_program": "programs/nginx/nginx"' "$prefix/etc/arq.json"
  assert_equal "$(stat -c %u "/proc/$(cat "$prefix/run/nginx.pid")")" 4711
}

@test "it survives stop and start, with what it was told" {
  supervisor stop
  run fetch "$url/health"
  assert_failure
  supervisor start
  run say_to_it "What is my order number?"
  assert_success
  assert_output --partial 4417
}

@test "its folder can be moved elsewhere, and started there, even without time zones" {
  supervisor stop
  mv "$prefix" "$home/moved"
  mv "$ARQ_MACHINE/usr/share/zoneinfo" "$ARQ_MACHINE/usr/share/away"
  lodger /home/lodger/moved/current/bin/arq-supervisor start
  fetch "$url/health"
  run say_to_it "What is my order number?"
  lodger /home/lodger/moved/current/bin/arq-supervisor stop
  mv "$home/moved" "$prefix"
  supervisor start
  assert_success
  assert_output --partial 4417

  run install --dry-run
  mv "$ARQ_MACHINE/usr/share/away" "$ARQ_MACHINE/usr/share/zoneinfo"
  assert_success
  assert_output --partial "no time zones (/usr/share/zoneinfo), so all dates will be UTC's"
  assert_line --regexp '^action upgrade of '
}

@test "run again it keeps the build root when told to, and takes the nginx that the machine has got" {
  cp -R "$prefix/programs/nginx" "$ARQ_MACHINE/opt/nginx"
  ln -s /opt/nginx/nginx "$ARQ_MACHINE/usr/local/sbin/nginx"
  echo '// my own remark' >>"$prefix/etc/arq.json"
  run install --keep-build-root
  assert_success
  assert_output --partial "is there already, the same to the byte"
  assert_line --regexp 'tests +/home/lodger/arq/.packages/bin/make test-unit test-integration'
  assert_equal "$(readlink "$prefix/programs/nginx/nginx")" /usr/local/sbin/nginx
  assert_equal "$(grep -c nginx_program "$prefix/etc/arq.json")" 1
  grep -q 'my own remark' "$prefix/etc/arq.json"
  supervisor stop
  supervisor start
  fetch "$url/health"
  run lodger sh -c 'cd ~/source && ~/arq/.packages/bin/make --dry-run V=1 build/bin/unit-tests'
  assert_success
  assert_output --partial "g++ --sysroot=/home/lodger/arq/.packages/root"
  # A test that needs a header of Boost's and nothing built: is what the tests need there?
  echo '#include <boost/test/unit_test.hpp>' >"$home/needs.cpp"
  lodger sh -c 'cd && arq/.packages/bin/g++ --sysroot=$HOME/arq/.packages/root -fsyntax-only needs.cpp && rm needs.cpp'
}

@test "--uninstall takes the build root as well; --purge leaves nothing" {
  run install --uninstall
  assert_success
  assert_equal "$(list "$prefix")" "data etc "
  run install --uninstall --purge
  assert_success
  assert_output --partial "/home/lodger/arq is gone"
  assert [ ! -e "$prefix" ]
  assert_equal "$(list "$home")" ".bash_logout .bashrc .profile source "
  local process
  for process in /proc/[0-9]*; do
    [ "$(stat -c %u "$process" 2>/dev/null)" != 4711 ] || { cat "$process/cmdline"; return 1; }
  done
}

@test "root's --purge removes the user that install.sh made, and no other" {
  local mark
  mark=$(sed -n "s/^made_by_us='\(.*\)'$/\1/p" "$home/source/install.sh")
  [ -n "$mark" ]
  chroot "$ARQ_MACHINE" useradd --system --user-group --create-home --comment "$mark" arq
  chroot "$ARQ_MACHINE" install -d -o arq -g arq /home/arq/arq /home/arq/arq/etc /home/arq/arq/data /home/arq/arq/data/users
  run chroot "$ARQ_MACHINE" /home/lodger/source/install.sh --uninstall --purge --dry-run
  assert_success
  assert_line "remove  data etc"
  [ -d "$ARQ_MACHINE/home/arq/arq/data" ]
  touch "$ARQ_MACHINE/home/arq/diary"
  run chroot "$ARQ_MACHINE" /home/lodger/source/install.sh --uninstall --purge
  assert_success
  assert_output --partial "The user arq stays, for its home /home/arq: it holds diary"
  rm "$ARQ_MACHINE/home/arq/diary"
  run chroot "$ARQ_MACHINE" /home/lodger/source/install.sh --uninstall --purge
  assert_success
  assert_output --partial "The user arq, which install.sh had made, is removed."
  assert [ ! -e "$ARQ_MACHINE/home/arq" ]
  run grep '^arq:' "$ARQ_MACHINE/etc/passwd" "$ARQ_MACHINE/etc/group"
  assert_failure
  run chroot "$ARQ_MACHINE" /home/lodger/source/install.sh --uninstall --purge --user lodger
  assert_success
  assert_output --partial "The user lodger stays: install.sh did not make it."
}
