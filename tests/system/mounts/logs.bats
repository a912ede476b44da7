#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A disk that is full of something else: log/ and run/ are small file systems of their own, and what is said is
# answered all the same.

bats_load_library bats-support
bats_load_library bats-assert
load ../support/stack

setup() {
  home=$(as_user mktemp -d "$TMPDIR/logs.XXXXXX")
  prefix=$home/arq
  as_user mkdir -p "$prefix/log" "$prefix/run"
}

teardown() {
  [ -z "${url:-}" ] || stack down "$prefix"
  local folder
  for folder in log run; do ! mountpoint --quiet "$prefix/$folder" || umount --lazy "$prefix/$folder"; done
  rm -rf "$home"
}

# mount_small FOLDER SIZE: skips the test where the machine doesn't allow that.
mount_small() {
  [ "$(id -u)" = 0 ] || skip "only root can mount, which this needs"
  mount -t tmpfs -o "size=$2,mode=700" tmpfs "$prefix/$1" 2>"$BATS_TEST_TMPDIR/mount" ||
    skip "mount is not allowed here: $(head -n 1 "$BATS_TEST_TMPDIR/mount")"
  chown "$ARQ_TESTER:" "$prefix/$1"
}

fill() { as_user dd if=/dev/zero of="$prefix/$1/filler" bs=4k status=none 2>/dev/null || true; }

@test "a full disk below log/ stops the log of requests and nothing else" {
  mount_small log 512k
  url=$(stack up "$ARQ_RELEASE" "$prefix")
  say_as anna "hello"
  fill log
  local number
  for number in {1..60}; do
    say_as anna "hello $number"
    assert_equal "$status" 200
  done
  as_user rm "$prefix/log/filler"
  sleep 1.1
  for number in {1..20}; do say_as "user$number" "hello again"; done
  sleep 0.3
  run grep -c "requests are logged again; [1-9][0-9]* are missing in" "$prefix/log/worker.log"
  [ "$output" -ge 1 ]
  [ "$(grep -c 'no longer logged' "$prefix/log/worker.log")" -le 2 ]
  # At most one line of each worker's was cut short.
  body=$(node -e 'const lines = require("fs").readFileSync(process.argv[1], "utf8").split("\n").filter((line) => line);
    const broken = lines.filter((line) => { try { JSON.parse(line); return false; } catch { return true; } });
    console.log(JSON.stringify({lines: lines.length, broken: broken.length}));' "$prefix/log/requests.log")
  [ "$(json it.lines)" -ge 20 ]
  [ "$(json it.broken)" -le 2 ]
}

@test "with no room for the map of numbers the pool starts and serves" {
  mount_small run 1m
  url=$(stack up "$ARQ_RELEASE" "$prefix")
  say_as anna "hello"
  assert_equal "$status" 200
  fetch /health
  assert_equal "$status $(json it.status)" "200 ok"
  grep -q "the pool's numbers are this process's own" "$prefix/log/worker.log"
}
