# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # the tests set the variables
# What the tests of the whole stack share. They need ARQ_RELEASE (a release's folder) and ARQ_LOAD
# (the load client), which tests/system/run sets; prefix and url are set in setup_file.

# As the user that ARQ belongs to: root runs the tests that mount (ARQ_TESTER tells whose ARQ is then).
as_user() {
  [ -z "${ARQ_TESTER:-}" ] || set -- setpriv --reuid "$ARQ_TESTER" --regid "$(id -g "$ARQ_TESTER")" --init-groups -- "$@"
  "$@"
}
supervisor() { as_user "$prefix/current/bin/arq-supervisor" --prefix "$prefix" "$@"; }
arqctl() { as_user "$prefix/current/bin/arqctl" --prefix "$prefix" "$@"; }
stack() { as_user "$ARQ_SOURCE/tests/system/support/stack" "$@"; }

# load SECONDS ARGUMENT...: 40 users on 16 connections; every answer is checked, and at the end that all that was
# acknowledged is there once. Shows what it counted.
load_for() {
  local seconds=$1
  shift
  run "$ARQ_LOAD" --url "$url" --connections 16 --users 40 --key "$(server_key)" --seconds "$seconds" "$@"
  echo "# $output" >&3
}

# No file of a user's is damaged, once nobody has it open.
all_files_are_whole() {
  local file
  supervisor stop
  for file in "$prefix"/data/users/??/??/*.sqlite3; do
    assert_equal "$(as_user sqlite3 "$file" 'PRAGMA integrity_check')" ok
  done
}

# fetch CURL-ARGUMENT... PATH: sets status, head and body.
fetch() {
  local path=${*: -1}
  status=$(curl --silent --noproxy '*' --max-time 30 --path-as-is --dump-header "$BATS_TEST_TMPDIR/head" \
    --output "$BATS_TEST_TMPDIR/body" --write-out '%{http_code}' "${@:1:$#-1}" "$url$path")
  head=$(tr -d '\r' <"$BATS_TEST_TMPDIR/head")
  body=$(cat "$BATS_TEST_TMPDIR/body" 2>/dev/null || true)
}

# header NAME: its values, one a line.
header() { grep -i "^$1:" <<<"$head" | sed 's/^[^:]*: *//'; }

# json EXPRESSION: of the body, which is `it` there.
json() { node -e 'const it = JSON.parse(process.argv[1]); console.log(eval(process.argv[2]))' "$body" "$1"; }

# say_as USER TEXT [MESSAGE_ID]: through a server key.
say_as() {
  local id=
  [ -z "${3:-}" ] || id=", \"message_id\": \"$3\""
  fetch -H "Authorization: Bearer $(server_key)" -H "X-ARQ-User: $1" -H 'Content-Type: application/json' \
    -d "{\"message\": \"$2\"$id}" /api/message
}
get_as() { fetch -H "Authorization: Bearer $(server_key)" -H "X-ARQ-User: $1" "$2"; }

server_key() {
  [ -s "$prefix/tests.key" ] || arqctl key add --role server --name tests >"$prefix/tests.key"
  cat "$prefix/tests.key"
}

# error_is STATUS TYPE CODE: the contract's shape, all five keys, with the id that stands in the header.
error_is() {
  local id
  id=$(header X-Request-Id)
  assert_equal "$status" "$1"
  assert_equal "$(header Content-Type)" application/json
  assert_equal "$(wc -l <<<"$id")" 1
  assert_equal "$(json 'Object.keys(it.error).sort().join()')" "code,message,param,request_id,type"
  assert_equal "$(json 'it.error.type + " " + it.error.code')" "$2 $3"
  assert_equal "$(json 'it.error.request_id')" "$id"
  [ "$(json 'it.error.message.length > 20')" = true ]
}

# raw TEXT: sends bytes as they are (printf), for what no client would send; sets status, head and body.
raw() {
  local answer
  answer=$(node -e '
    const socket = require("net").connect(Number(process.argv[1]), "127.0.0.1");
    socket.write(process.argv[2].replace(/\\r/g, "\r").replace(/\\n/g, "\n"));
    socket.on("data", (data) => process.stdout.write(data));
    socket.on("error", () => {});
    setTimeout(() => socket.destroy(), 3000).unref();' "${url##*:}" "$1" | tr -d '\r')
  head=${answer%%$'\n\n'*}
  body=${answer#*$'\n\n'}
  status=$(head -n 1 <<<"$head" | cut -d' ' -f2)
}
