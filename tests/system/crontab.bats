#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The line in the crontab: with a fake crontab (a file), and the line itself run by a shell as cron runs it.
# shellcheck disable=SC2154 # support/fake_prefix.bash sets root_of_source

bats_load_library bats-support
bats_load_library bats-assert
load support/fake_prefix

setup() {
  [ "$(id -u)" != 0 ] || skip "run by tests/system/run, as an ordinary user"
  table=$BATS_TEST_TMPDIR/table
  prefix="$BATS_TEST_TMPDIR/100%/a.r[q]*"
}

teardown() {
  [ -n "$BATS_TEST_COMPLETED" ] || sed 's/^/# /' "$prefix/log/supervisor.log" 2>/dev/null >&3 || true
  kill_everything_of_prefix
}

# crontab_sh FUNCTION [PATH]: as install.sh calls it.
crontab_sh() {
  # shellcheck disable=SC2016 # for the inner shell
  env PATH="${2:-$root_of_source/tests/system/support/programs:/usr/bin:/bin}" FAKE_CRONTAB="$table" dash -uc '
    prefix=$1 as_root= user=me no_crontab=
    say() { printf "%s\n" "$*" >&2; }
    warn() { say "note: $*"; }
    . "$2/src/install/crontab.sh"
    "$3"' run "$prefix" "$root_of_source" "$1"
}

# What cron runs: the stars gone, \% a %, in a bare environment.
run_line() {
  local line
  line=$(sed -n 's/^\* \* \* \* \* //; s/\\%/%/gp' "$table")
  env -i HOME="$HOME" PATH=/usr/bin:/bin SHELL=/bin/sh /bin/sh -c "$line" 3>&-
}

started() { grep -c 'starts 3 workers' "$prefix/log/supervisor.log"; }

@test "the line is added once, taken out again, and an empty table goes with it" {
  crontab_sh add_crontab
  assert_equal "$(wc -l <"$table")" 1
  cp "$table" "$table.first"
  crontab_sh add_crontab
  cmp "$table" "$table.first"
  assert_equal "$(wc -l <"$table.writes")" 1
  crontab_sh remove_crontab
  [ ! -e "$table" ]
  crontab_sh remove_crontab
}

@test "every other line stays as it is, to the byte" {
  printf '# mine\n\nMAILTO=me\n 5 4 * * * /bin/true # ARQ %s/other\n@reboot x\\%%y\n\tno end' "$prefix" >"$table"
  cp "$table" "$table.mine"
  crontab_sh add_crontab
  cmp <(tail -n +2 "$table") "$table.mine"
  crontab_sh remove_crontab
  cmp "$table" "$table.mine"
}

@test "a line of ours that is out of date is replaced" {
  crontab_sh add_crontab
  sed -i 's/flock -no/flock --old/' "$table"
  crontab_sh add_crontab
  assert_equal "$(wc -l <"$table")" 1
  refute grep -q -- --old "$table"
}

@test "where the table can't be read it is left alone, and what to do instead is said" {
  echo "0 0 * * * mine" >"$table"
  touch "$table.broken"
  run crontab_sh add_crontab
  assert_success
  assert_output --partial "you are not allowed"
  assert_output --partial "run this each minute as me"
  run crontab_sh remove_crontab
  assert_output --partial "crontab -e"
  assert_equal "$(cat "$table")" "0 0 * * * mine"
}

@test "without a crontab program it is said what to do instead" {
  mkdir "$BATS_TEST_TMPDIR/few"
  ln -s /usr/bin/* "$BATS_TEST_TMPDIR/few/"
  rm -f "$BATS_TEST_TMPDIR/few/crontab"
  run crontab_sh add_crontab "$BATS_TEST_TMPDIR/few"
  assert_success
  assert_output --partial "this machine has no crontab"
  assert_output --partial "current/bin/arq-supervisor start"
  crontab_sh remove_crontab "$BATS_TEST_TMPDIR/few"
}

@test "the line starts what is not there, leaves alone what is, and what was stopped stays stopped" {
  fake_prefix "$prefix"
  mkdir -p "$prefix/run"
  crontab_sh add_crontab
  run run_line
  assert_output ""
  eventually supervisor status
  assert_equal "$(started)" 1
  run_line
  assert_equal "$(started)" 1

  kill -KILL "$(cat "$prefix/run/supervisor.pid")"
  run_line
  eventually supervisor status
  assert_equal "$(started)" 2

  supervisor stop
  run_line
  assert_equal "$(started)" 2
  [ -z "$(processes_of_prefix)" ]
  supervisor start
  supervisor status
  [ ! -e "$prefix/run/stopped" ]
}

@test "a line that waits while somebody stops ARQ starts nothing, and only an operator's start does" {
  fake_prefix "$prefix"
  mkdir -p "$prefix/run"
  crontab_sh add_crontab
  exec 8>>"$prefix/run/command.lock"
  flock 8
  run_line 8>&- &
  eventually it_waits
  # The first thing that stop does.
  touch "$prefix/run/stopped"
  exec 8>&-
  wait $!
  assert [ -z "$(processes_of_prefix)" ]
  assert [ -e "$prefix/run/stopped" ]
  supervisor start
  supervisor status
  assert [ ! -e "$prefix/run/stopped" ]
}
it_waits() { pgrep -u "$(id -u)" -fx "flock --wait 300 8"; }

@test "the line does nothing where ARQ has been removed" {
  mkdir -p "$prefix"
  crontab_sh add_crontab
  run run_line
  assert_output ""
  run ls -A "$prefix"
  assert_output ""
}

@test "two minutes that fall together start one supervisor" {
  fake_prefix "$prefix"
  mkdir -p "$prefix/run"
  crontab_sh add_crontab
  # The one that finds the other at work does nothing.
  run run_line &
  run run_line
  wait $!
  eventually supervisor status
  assert_equal "$(started)" 1
}
