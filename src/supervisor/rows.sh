# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# The table of worker processes that `run` keeps: one word per process in `rows`, which is
#   GENERATION:INDEX:BATCH:PHASE:PID:KEEPER:FAILURES:SLOTS
# GENERATION  a number of its own for each start      INDEX  its name, which tells its variant (plan.sh)
# BATCH       grows with each rolling restart         SLOTS  descriptors, "20,22,24"
# FAILURES    how often in a row it could not start or died by its own doing
# PHASE       new → starting → ready; leaving = told to end
# It lives in a variable, not in files, so that a full disk can't hurt it.

# row_find GENERATION: sets row_… or returns 1.
row_find() {
  local row
  for row in $rows; do
    case $row in
      "$1":*) row_split "$row"; return 0 ;;
    esac
  done
  return 1
}

row_split() {
  local IFS
  IFS=:
  # shellcheck disable=SC2086 # split at the colons
  set -- $1
  row_generation=$1
  row_index=$2
  row_batch=$3
  row_phase=$4
  row_pid=$5
  row_keeper=$6
  row_failures=$7
  row_slots=$8
  variant_of "$row_index"
  row_variant=$variant
}

row_drop() {
  local row kept
  kept=
  for row in $rows; do
    case $row in
      "$row_generation":*) ;;
      *) kept="$kept $row" ;;
    esac
  done
  rows=$kept
}

row_save() {
  row_drop
  rows="$rows $row_generation:$row_index:$row_batch:$row_phase:$row_pid:$row_keeper:$row_failures:$row_slots"
}

# row_leave: tells the row's worker to end. A keeper that isn't up yet is told when it is.
row_leave() {
  [ "$row_phase" != leaving ] || return 0
  [ "$row_phase" = new ] || kill -TERM "$row_keeper" 2>/dev/null
  row_phase=leaving
  row_save
}

# row_give_up: the same for one that has never served. It holds nothing of anybody's, and may hang, and then hears no
# other signal.
row_give_up() {
  local phase
  phase=$row_phase
  row_leave
  [ "$phase" != starting ] || [ "$row_pid" = 0 ] || signal_ours KILL "$row_pid"
}

rows_give_up() {
  local row
  for row in $rows; do
    row_split "$row"
    [ "$row_phase" != starting ] || row_give_up
  done
}

# rows_leave all | older | newest | production | covers: tells those workers to end. "Newest" are those of the latest rolling
# restart, "older" all others (but for a standby whose successor doesn't start), "production" all that are not legacy, "covers" legacy ones from before it took over.
rows_leave() {
  local row
  for row in $rows; do
    row_split "$row"
    case $1 in
      all) row_leave ;;
      older)
        [ "$row_batch" = "$batch" ] || { [ "$row_index" = standby ] && [ -n "$roll_standby" ]; } || row_leave
        ;;
      newest) [ "$row_batch" != "$batch" ] || row_leave ;;
      covers)
        case $row_index in
          l*) [ "$row_batch" = "$batch" ] || row_leave ;;
        esac
        ;;
      production) [ "$row_variant" = legacy ] || [ "$row_index" = trial ] || row_leave ;;
    esac
  done
}

# Tells the older workers to end all of whose slots newest ones serve; where one alone is replaced, only that.
rows_leave_covered() {
  local row served
  served=
  for row in $rows; do
    row_split "$row"
    if [ "$row_batch" = "$batch" ] && [ "$row_phase" = ready ]; then served="$served,$row_slots"; fi
  done
  for row in $rows; do
    row_split "$row"
    if [ "$row_batch" = "$batch" ] || [ "$row_phase" = leaving ]; then continue; fi
    [ "$rolling" = all ] || [ "$rolling" = "$row_index" ] || continue
    are_served "$row_slots" || continue
    row_leave
    roll_moved=yes
  done
}

# are_served SLOTS: all of them are in `served`.
are_served() {
  local slot IFS
  IFS=,
  for slot in $1; do
    case "$served," in
      *",$slot,"*) ;;
      *) return 1 ;;
    esac
  done
}

# in_rows NAME: a worker of that name serves, or is to.
in_rows() {
  local row
  for row in $rows; do
    case ${row#*:} in
      *:*:leaving:*) ;;
      "$1":*) return 0 ;;
    esac
  done
  return 1
}

rows_any_leave() {
  case $rows in *:leaving:*) return 0 ;; esac
  return 1
}

# rows_all_ready: all but the standby and canaries, for whose start nobody waits.
rows_all_ready() {
  local row
  for row in $rows; do
    case $row in
      *:*:*:ready:* | *:*:*:leaving:* | *:standby:* | *:c[0-9]*:*) ;;
      *) return 1 ;;
    esac
  done
}

# production_state: sets `state` to ready (some worker of production or a canary serves), hoped (one may yet), or
# failed: each has been tried in vain.
production_state() {
  local row
  state=failed
  for row in $rows; do
    row_split "$row"
    if [ "$row_variant" = legacy ] || [ "$row_index" = trial ]; then continue; fi
    case $row_phase in
      ready) state=ready; return 0 ;;
      new | starting) [ "$row_failures" -gt 1 ] || state=hoped ;;
    esac
  done
}
