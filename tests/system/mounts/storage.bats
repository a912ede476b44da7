#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What becomes of the service when its storage refuses. Each row is provoked for real: data/ is a file
# system of its own, under load, and what was acknowledged is counted afterwards.
#
# condition                     answer                    what is true then
# the disk is full              507 storage_full          open files are read on, health is degraded; with room again
#                                                         all goes on in the same workers
# the account's quota is full   507 storage_full          the same, but for what btrfs adds (see there); the refusal is
# (EDQUOT, by a quota group of btrfs)                     the kernel's own
# data/ is read-only            503 storage_read_only     open files are read on, health is degraded, a pool started
#                                                         now serves; writable again it needs no restart
# In all rows: no acknowledged message is lost or there twice, no file is damaged, no other error is seen.

bats_load_library bats-support
bats_load_library bats-assert
load ../support/stack

setup() {
  home=$(as_user mktemp -d "$TMPDIR/storage.XXXXXX")
  prefix=$home/arq
  as_user mkdir -p "$prefix/data"
}

teardown() {
  [ -n "$BATS_TEST_COMPLETED" ] || sed 's/^/# /' "$prefix"/log/{worker,supervisor}.log 2>/dev/null | sed "s,^# [^ ]* ,# ," | cut -c 1-200 | sort | uniq -c | sort -rn | head -n 30 >&3 || true
  [ -z "${url:-}" ] || stack down "$prefix"
  while mountpoint --quiet "$prefix/data"; do umount "$prefix/data" || umount --lazy "$prefix/data"; done
  rm -rf "$home"
}

# mount_data MOUNT-ARGUMENT...: as data/; skips the test where the machine doesn't allow that.
mount_data() {
  [ "$(id -u)" = 0 ] || skip "only root can mount, which this needs"
  mount "$@" "$prefix/data" 2>"$BATS_TEST_TMPDIR/mount" || skip "mount is not allowed here: $(head -n 1 "$BATS_TEST_TMPDIR/mount")"
  chown "$ARQ_TESTER:" "$prefix/data"
}

# With room for all users' files in the workers: what isn't open can't be read where nothing can be written.
start_stack() {
  url=$(stack up "$ARQ_RELEASE" "$prefix")
  sed -i 's/"pool": {/"store": {"open_files": 64}, &/' "$prefix/etc/arq.json"
  supervisor restart
}

# fill: data/ takes not one byte more. (A big step and then small ones, as the last blocks are small.)
fill() {
  local block
  for block in 1M 4k 512; do
    as_user dd if=/dev/zero of="$prefix/data/filler" bs="$block" oflag=append conv=notrunc status=none 2>>"$BATS_TEST_TMPDIR/dd" || true
  done
}

# storage_fills ERROR-OF-DD CHECK LOAD-ARGUMENT...: what is true of any storage that gets full and has room again
# under load. CHECK is called while it is full.
storage_fills() {
  say_as reader "My name is Ottilie"
  assert_equal "$status" 200
  load_for 6 --allow "507 storage_full" "${@:3}" >"$BATS_TEST_TMPDIR/load" 3>&1 &
  local loading=$!
  sleep 1.5
  fill
  grep -q "$1" "$BATS_TEST_TMPDIR/dd"
  say_as newcomer "Is there room for me?"
  error_is 507 storage_error storage_full
  assert_equal "$(header Retry-After)" ""
  "$2"
  sleep 1
  as_user rm "$prefix/data/filler"
  wait $loading || fail "$(cat "$BATS_TEST_TMPDIR/load")"
  sed 's/^/# /' "$BATS_TEST_TMPDIR/load" >&3
  grep -q '"failed":0,.*"507 storage_full":[0-9]*[,}].*"lost":0,"doubled":0' "$BATS_TEST_TMPDIR/load"
  say_as newcomer "Is there room for me?"
  assert_equal "$status" 200
  get_as newcomer /api/sessions
  assert_equal "$(json 'it.sessions[0].message_count')" 2
  fetch /health
  assert_equal "$(json it.status)" ok
  get_as reader /api/sessions
  assert_equal "$(json 'it.sessions[0].message_count')" 2
}

no_worker_died() { assert_equal "$(cat "$prefix"/run/worker-?.restarts | tr '\n' ' ')" "0 0 "; }

reads_go_on() {
  get_as reader /api/sessions
  assert_equal "$status" 200
  assert_equal "$(json 'it.sessions[0].message_count')" 2
}

reads_go_on_and_health_tells() {
  reads_go_on
  fetch /health
  assert_equal "$status $(json it.status)" "200 degraded"
  fetch /health/ready
  assert_equal "$status" 503
}

read_or_refused() {
  get_as reader /api/sessions
  [ "$status" = 200 ] || error_is 507 storage_error storage_full
}

@test "a full disk: 507 storage_full, reads go on, and with room again nothing is missing" {
  mount_data -t tmpfs -o size=32m,mode=700 tmpfs
  start_stack
  storage_fills "No space left" reads_go_on_and_health_tells
  no_worker_died
  all_files_are_whole
}

# btrfs needs room for the rewriting of a page as well, so also SQLite's mapped index of the log can't be
# written to: a worker may then die of SIGBUS and be replaced (503 no_worker to a request that sees two die), and
# reads are refused as well.
@test "a full quota: 507 storage_full, and with room again nothing is missing" {
  command -v mkfs.btrfs >/dev/null || skip "there is no mkfs.btrfs (Debian: btrfs-progs), whose quota groups this needs"
  truncate -s 128M "$home/image"
  mkfs.btrfs --quiet "$home/image" >/dev/null 2>&1
  mount_data -o loop "$home/image"
  btrfs quota enable "$prefix/data" || skip "this kernel's btrfs has no quota groups"
  btrfs qgroup limit 32M "$prefix/data"
  start_stack
  storage_fills "quota exceeded" read_or_refused --allow "503 no_worker"
  echo "# workers that died meanwhile: $(cat "$prefix"/run/worker-?.restarts | paste -sd " ")" >&3
  all_files_are_whole
}

# A file system can't become read-only while a file on it is open for writing, so a read-only view of it is
# put over it: whatever is opened from then on is read-only.
@test "read-only data: 503 storage_read_only, reads go on, and writable again it needs no restart" {
  mount_data -t tmpfs -o mode=700 tmpfs
  start_stack
  say_as reader "My name is Ottilie"
  assert_equal "$status" 200
  mount --bind "$prefix/data" "$prefix/data"
  mount -o remount,bind,ro "$prefix/data"
  run as_user touch "$prefix/data/x"
  assert_output --partial "Read-only file system"
  local state
  for state in "pool as it was" "pool started now"; do
    say_as "newcomer of a $state" "Is there room for me?"
    error_is 503 storage_error storage_read_only
    assert_equal "$(header Retry-After)" ""
    [ "$state" != "pool as it was" ] || reads_go_on
    fetch /health
    assert_equal "$status $(json 'it.status + " " + it.store.status')" "200 degraded read_only"
    fetch /health/ready
    assert_equal "$status" 503
    [ "$state" != "pool as it was" ] || supervisor restart
  done
  # Not open, so it can't be: SQLite would have to make the index of its log.
  get_as reader /api/sessions
  error_is 503 storage_error storage_read_only
  mount -o remount,bind,rw "$prefix/data"
  reads_go_on
  load_for 2
  assert_success
  say_as reader "What is my name?"
  [[ $(json it.reply.text) == *Ottilie* ]]
  no_worker_died
  all_files_are_whole
}
