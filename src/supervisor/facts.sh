# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# What `run` writes for others to read: files of each worker by its name (plan.sh), and answers to who waits for one.
#   run/worker-NAME.pid       while it is ready        run/worker-NAME.slots     the slots that it serves
#   run/worker-NAME.started   unix seconds             run/worker-NAME.variant   production, canary, legacy
#   run/worker-NAME.restarts  how often it was started again

# None of it may fail because no process can be started: the worker serves.
facts_of_row() {
  local pid
  command eval 'date +%s >"run/worker-$row_index.started"' 2>/dev/null
  slot_names "$row_slots" >"run/worker-$row_index.slots"
  echo "$row_variant" >"run/worker-$row_index.variant"
  command eval 'mv -f "run/worker-$row_index.pid.$row_generation" "run/worker-$row_index.pid"' 2>/dev/null && return 0
  read -r pid 2>/dev/null <"run/worker-$row_index.pid.$row_generation" && echo "$pid" >"run/worker-$row_index.pid"
}

# Takes the dead worker's pid away, unless a newer one has put its own there.
facts_of_death() {
  local pid
  pid=
  if [ -e "run/worker-$row_index.pid" ]; then read -r pid <"run/worker-$row_index.pid"; fi
  if [ "$pid" = "$row_pid" ]; then rm -f "run/worker-$row_index.pid"; fi
}

count_restart() {
  local count
  count=0
  if [ -e "run/worker-$1.restarts" ]; then read -r count <"run/worker-$1.restarts"; fi
  echo $((count + 1)) >"run/worker-$1.restarts"
}

# Of workers that are not in the plan any more.
facts_forget() {
  local file name
  for file in run/worker-*.restarts; do
    name=${file#run/worker-}
    name=${name%.restarts}
    in_plan "$name" || rm -f "run/worker-$name.pid" "run/worker-$name.started" "run/worker-$name.restarts" "run/worker-$name.slots" "run/worker-$name.variant"
  done
}

# answer FILE STATUS TEXT: somebody waits for FILE, where one is named; it appears complete.
answer() {
  log "$3"
  [ -n "$1" ] || return 0
  printf '%s %s\n' "$2" "$3" >"$1.new" && mv -f "$1.new" "$1"
}
