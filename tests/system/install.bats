#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# install.sh by an ordinary user, in a copy of the sources that is built already (tests/system/run
# makes it; ARQ_SOURCE). Each test has a home of its own.

bats_load_library bats-support
bats_load_library bats-assert

setup_file() {
  [ "$(id -u)" != 0 ] || skip "run by tests/system/run, as an ordinary user"
  # Of all tests: nobody else's port.
  port=$((30000 + $$ % 9000))
  export port
}

setup() {
  export HOME=$BATS_TEST_TMPDIR/home
  mkdir "$HOME"
  prefix=$HOME/arq
}

teardown() {
  if [ -x "$prefix/current/bin/arq-supervisor" ]; then "$prefix/current/bin/arq-supervisor" --prefix "$prefix" stop; fi
}

install() { PATH=$BATS_TEST_DIRNAME/support/programs:$PATH FAKE_CRONTAB=$BATS_TEST_TMPDIR/crontab "$ARQ_SOURCE/install.sh" "$@" 3>&-; }
plan() { install --dry-run "$@"; }
answers() { [ "$(curl --silent --noproxy '*' --output /dev/null --write-out '%{http_code}' "http://127.0.0.1:$1/health")" = 200 ]; }

# A copy of the sources to break, with what is built in it.
own_sources() {
  cp -a "$ARQ_SOURCE" "$BATS_TEST_TMPDIR/source"
  ARQ_SOURCE=$BATS_TEST_TMPDIR/source
}

# Every file of the home and the sources with its time and size: what may not change.
snapshot() { find "$HOME" "$ARQ_SOURCE" -printf '%p %T@ %s %m\n' | sort | sha256sum; }

# Somebody else on a port, until the test ends.
occupy() {
  node -e 'require("net").createServer().listen(Number(process.argv[1]), "127.0.0.1", () => console.log("there"))' "$1" >"$BATS_TEST_TMPDIR/occupied" 3>&- &
  occupant=$!
  while [ ! -s "$BATS_TEST_TMPDIR/occupied" ]; do sleep 0.05; done
}

@test "--help explains every option" {
  run install --help
  assert_success
  local option
  for option in --prefix --port --address --user --no-nginx --dry-run --keep-build-root --uninstall --purge --help; do
    assert_output --partial -- "$option"
  done
}

@test "a wrong call ends with 2 and says what is wrong" {
  run install --prefx /tmp
  assert_failure 2
  assert_output --partial "unknown option --prefx"
  run install --prefix
  assert_failure 2
  assert_output --partial "--prefix needs a value"
  local wrong
  for wrong in x 0 70000 -1 8080x 123456; do
    run install --port "$wrong"
    assert_failure 2
    assert_output --partial "1 to 65535"
  done
  run install --purge
  assert_failure 2
  assert_output --partial "--purge goes with --uninstall"
}

@test "an ordinary user can't install for another, nor on root's ports" {
  run plan --user daemon
  assert_failure 1
  assert_output --partial "only root can install for another user"
  run plan --port 80
  assert_failure 1
  assert_output --partial "Choose a higher one"
}

@test "--dry-run prints the plan and changes nothing; by default everything goes to ~/arq" {
  local before
  before=$(snapshot)
  run plan --port "$port"
  assert_success
  assert_line "action install"
  assert_line "release $VERSION"
  assert_line "prefix $prefix"
  assert_line "port $port"
  assert_line --regexp '^nginx /.*nginx$'
  assert_line --regexp "^crontab \\* \\* \\* \\* \\* cd '$prefix' && "
  assert_line "missing nothing"
  assert_line "packages nothing"
  assert_line --regexp "^room [0-9]+ MB in $prefix, where [0-9]+ MB are free"
  assert_line "Nothing was changed."
  assert_equal "$(snapshot)" "$before"
}

@test "a relative prefix is meant from where the caller stands" {
  cd "$HOME"
  run plan --prefix here/arq --port "$port"
  assert_line "prefix $HOME/here/arq"
}

@test "a taken port makes it the next free one, and it says so" {
  occupy "$port"
  run plan --port "$port"
  kill "$occupant"
  assert_success
  assert_output --partial "Port $port is taken; ARQ takes the next free one, $((port + 1))"
  assert_line "port $((port + 1))"
}

@test "a folder of somebody else's things is not installed into" {
  mkdir "$prefix"
  touch "$prefix/thesis.txt"
  run install --port "$port"
  assert_failure 1
  assert_output --partial "is not empty and holds no ARQ"
  run install --prefix "$prefix/thesis.txt"
  assert_failure 1
  assert_output --partial "is not a folder"
}

@test "a prefix that nginx's configuration can't hold is refused before anything is built" {
  run install --prefix "$HOME/my assistant"
  assert_failure 1
  assert_output --partial "Choose another folder with --prefix"
}

@test "what is missing and can't be fetched is named, with the one command for root; nothing is changed" {
  local before
  cp -rs /usr/bin "$BATS_TEST_TMPDIR/bin"
  rm "$BATS_TEST_TMPDIR/bin/curl" "$BATS_TEST_TMPDIR/bin/apt-get"
  before=$(snapshot)
  PATH=$BATS_TEST_TMPDIR/bin run install --port "$port"
  assert_failure 1
  assert_line --regexp '^  curl +in PATH$'
  assert_line --regexp '^  apt-get +in PATH'
  refute_line --regexp '^  (g\+\+|make|fcgiapp.h|dpkg-deb) '
  assert_line --regexp "^PATH is .*$BATS_TEST_TMPDIR/bin"
  assert_output --partial "apt-get install --no-install-recommends curl"
  assert_equal "$(snapshot)" "$before"
}

@test "it installs, keeps an operator's edits, upgrades in place and is removed without the data" {
  own_sources
  run install --port "$port"
  assert_success
  assert_output --partial "http://127.0.0.1:$port/"
  assert_output --partial "a message was answered"
  answers "$port"
  local first secrets
  first=$(readlink "$prefix/current")
  secrets=$(sha256sum "$prefix/etc/secrets.json")
  assert_equal "$(stat -c %a "$prefix/etc/secrets.json")" 600

  # The same again: the same release, the operator's edit untouched.
  sed -i '1a // my own remark' "$prefix/etc/arq.json"
  run install
  assert_success
  assert_output --partial "is there already, the same to the byte"
  assert_equal "$(readlink "$prefix/current")" "$first"
  grep -q 'my own remark' "$prefix/etc/arq.json"
  assert_equal "$(sha256sum "$prefix/etc/secrets.json")" "$secrets"

  # Another port than the one in the file is refused.
  run install --port $((port + 7))
  assert_failure 1
  assert_output --partial "says web.port is $port, you say $((port + 7))"
  answers "$port"

  # A changed source of the same version: a release beside it.
  echo '<!-- changed -->' >>"$ARQ_SOURCE/htdocs/404.html"
  run install
  assert_success
  assert_equal "$(readlink "$prefix/current")" "$first.2"
  assert_equal "$(readlink "$prefix/previous")" "$first"
  curl --silent --noproxy '*' "http://127.0.0.1:$port/nothing" | grep -q changed
  assert_equal "$(find "$prefix/data/users" -name '*.sqlite3' | wc -l)" 1

  local before
  before=$(snapshot)
  run install --uninstall --purge --dry-run
  assert_success
  assert_line "action uninstall and purge"
  assert_line "remove  current previous legacy releases run log data etc"
  assert_equal "$(snapshot)" "$before"
  answers "$port"

  assert grep -q "cd '$prefix' &&" "$BATS_TEST_TMPDIR/crontab"
  run install --uninstall
  assert_success
  assert_output --partial "stay: $prefix/data and $prefix/etc"
  assert [ ! -e "$BATS_TEST_TMPDIR/crontab" ]
  assert_equal "$(ls "$prefix")" "data
etc"
  run answers "$port"
  assert_failure
  run install --uninstall
  assert_success
  assert_output --partial "nothing to remove"

  # Its data and settings are taken up again.
  run install
  assert_success
  answers "$port"
  grep -q 'my own remark' "$prefix/etc/arq.json"
  assert_equal "$(find "$prefix/data/users" -name '*.sqlite3' | wc -l)" 2

  # Nothing but what somebody else put there stays, and is named.
  touch "$prefix/diary"
  run install --uninstall --purge
  assert_success
  assert_output --partial "The folder stays: it holds diary"
  assert_equal "$(ls -A "$prefix")" diary
  rm "$prefix/diary"
  run install --uninstall --purge
  assert_success
  assert_output --partial "$prefix is gone"
  assert [ ! -e "$prefix" ]
  run pgrep -f "$prefix"
  assert_failure
}

@test "an upgrade under load fails no request" {
  own_sources
  mkdir -p "$prefix/etc"
  cat >"$prefix/etc/arq.json" <<END
{"web": {"address": "127.0.0.1", "port": $port, "requests_per_second": 100000, "requests_burst": 100000}}
END
  run install
  assert_success
  # Built before, so that the load is on while it is put into use.
  VERSION=0.1.0-next make -s -C "$ARQ_SOURCE" >/dev/null
  "$ARQ_LOAD" --url "http://127.0.0.1:$port" --seconds 12 --connections 4 >"$BATS_TEST_TMPDIR/load" 2>&1 3>&- &
  local load=$!
  sleep 1
  VERSION=0.1.0-next run install
  assert_success
  kill -0 "$load" || fail "the load ended before the upgrade did"
  wait "$load" || fail "$(cat "$BATS_TEST_TMPDIR/load")"
  assert_equal "$(readlink "$prefix/current")" releases/0.1.0-next
  grep -q '"failed":0' "$BATS_TEST_TMPDIR/load"
}

@test "a compiler's half file of a run that was killed is made anew" {
  own_sources
  touch "$ARQ_SOURCE/build/.building"
  rm "$ARQ_SOURCE/build/bin/arq-listen"
  sleep 0.1
  : >"$ARQ_SOURCE/build/obj/src/main/listen.o"
  run install --port "$port"
  assert_success
  answers "$port"
  assert [ ! -e "$ARQ_SOURCE/build/.building" ]
}

@test "a build that fails names its log and installs nothing" {
  own_sources
  echo 'this is no C++' >>"$ARQ_SOURCE/src/main/listen.cpp"
  run install --port "$port"
  assert_failure 1
  assert_output --partial "The whole output is in $ARQ_SOURCE/build/install.log"
  assert_output --partial "this is no C++"
  assert [ ! -e "$prefix/current" ]
}

@test "a release whose programs don't start never becomes current" {
  own_sources
  sed -i 's|^main "\$@"|exit 1|' "$ARQ_SOURCE/src/supervisor/arq-supervisor"
  run install --port "$port"
  assert_failure 1
  assert_output --partial "arq-supervisor of the new release does not start"
  assert [ ! -e "$prefix/current" ]
  assert_equal "$(ls -A "$prefix/releases")" ""
}

@test "a first release that doesn't serve leaves nothing running and no current" {
  own_sources
  echo 'nonsense;' >>"$ARQ_SOURCE/nginx-conf/arq.conf"
  run install --port "$port"
  assert_failure 1
  assert_output --partial 'unknown directive "nonsense"'
  assert [ ! -e "$prefix/current" ]
  run pgrep -f "$prefix/current/bin"
  assert_failure
}

@test "an upgrade whose workers can't start, or only not in the pool, leaves the release before it serving" {
  own_sources
  run install --port "$port"
  assert_success
  local first
  first=$(readlink "$prefix/current")
  # Newer than what it is made from, so make leaves it alone.
  # shellcheck disable=SC2016 # for the program
  printf '#!/bin/sh\n[ "$1" = --version ] || { echo "no luck" >&2; exit 1; }\n' >"$ARQ_SOURCE/build/bin/arq-worker"
  run install
  assert_failure 1
  assert_output --partial "did not pass its test"
  assert_output --partial "no luck"
  assert_equal "$(find "$prefix/releases" -mindepth 1 -maxdepth 1 | wc -l)" 1
  # shellcheck disable=SC2016 # for the program
  printf '#!/bin/sh\ncase "$*" in *self-test*|--version) exec %s/bin/arq-worker "$@" ;; esac\nexit 1\n' "$prefix/$first" >"$ARQ_SOURCE/build/bin/arq-worker"
  run install
  assert_failure 1
  assert_output --partial "going back to"
  assert_output --partial "serves on"
  assert_equal "$(readlink "$prefix/current")" "$first"
  answers "$port"
  "$prefix/current/bin/arq-supervisor" --prefix "$prefix" status
}

@test "arqctl deploy --from-source builds and puts into use; install.sh stays away from a canary" {
  own_sources
  run install --port "$port"
  assert_success
  local first
  first=$(readlink "$prefix/current")
  echo '<!-- changed -->' >>"$ARQ_SOURCE/htdocs/404.html"
  run "$prefix/current/bin/arqctl" deploy --now --from-source "$ARQ_SOURCE" 3>&-
  assert_success
  assert_equal "$(readlink "$prefix/current")" "$first.2"
  curl --silent --noproxy '*' "http://127.0.0.1:$port/nothing" | grep -q changed
  echo '<!-- again -->' >>"$ARQ_SOURCE/htdocs/404.html"
  cd "$ARQ_SOURCE"
  run "$prefix/current/bin/arqctl" deploy --from-source 3>&-
  assert_success
  assert_output --partial "serves a tenth of the users"
  run install
  assert_failure 1
  assert_output --partial "on trial"
  "$prefix/current/bin/arqctl" rollback 3>&-
  assert_equal "$(readlink "$prefix/current")" "$first.2"
}

@test "an upgrade that nginx refuses is taken back as well" {
  own_sources
  run install --port "$port"
  assert_success
  local first
  first=$(readlink "$prefix/current")
  echo 'nonsense;' >>"$ARQ_SOURCE/nginx-conf/arq.conf"
  run install
  assert_failure 1
  assert_output --partial "serves on"
  assert_equal "$(readlink "$prefix/current")" "$first"
  answers "$port"
}

@test "without a web server of its own it starts the workers and says what the other needs" {
  run install --no-nginx
  assert_success
  assert_output --partial "nginx-conf/host.conf"
  [ -S "$prefix/run/slot0.sock" ]
  assert [ ! -e "$prefix/run/nginx.pid" ]
  run install
  assert_success
  assert [ ! -e "$prefix/run/nginx.pid" ]
}

@test "sources that may only be read are built in the prefix" {
  own_sources
  chmod -R a-w "$ARQ_SOURCE"
  run plan --port "$port"
  chmod -R u+w "$ARQ_SOURCE"
  assert_success
  assert_line "build $prefix/build"
}
