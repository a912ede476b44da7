# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # the tests set the variables
# A standby started by hand on run/legacy.sock, which outlives the pool. (Without the link `legacy` the supervisor
# starts none.)

# standby_up: sets standby to its process id. arq-listen binds a slot of a folder of its own, which then moves to
# the standby's place.
standby_up() {
  local folder=$prefix/run/by-hand
  mkdir -p "$folder"
  rm -f "$folder/ready"
  "$prefix/current/bin/arq-listen" --directory "$folder" --slots 1 -- "$prefix/current/bin/arq-legacy" \
    --prefix "$prefix" --slots 20 --index standby --ready-file "$folder/ready" >>"$prefix/log/standby.log" 2>&1 3>&- &
  standby=$!
  eventually test -s "$folder/ready"
  mv "$folder/slot0.sock" "$prefix/run/legacy.sock"
}

standby_down() {
  [ -n "${standby:-}" ] || return 0
  kill -TERM "$standby"
  wait "$standby" || true
  rm -f "$prefix/run/legacy.sock"
  standby=
}

# Every process of the pool is killed at once, and its sockets go, too; nginx stays, and the standby.
pool_down() {
  # shellcheck disable=SC2046 # a list of pids
  while kill -KILL $(pool_pids) 2>/dev/null; do sleep 0.05; done
  rm -f "$prefix"/run/slot?.sock
}
pool_pids() { pgrep -u "$(id -u)" -f "arq-(worker|supervisor|watch) --prefix $prefix "; }

# answered_by: who was asked for the last request, as nginx's log has it ("unix:run/slot3.sock, unix:run/slot5.sock").
answered_by() {
  local id
  id=$(header X-Request-Id)
  eventually grep -q "$id" "$prefix/log/nginx-access.log"
  grep "$id" "$prefix/log/nginx-access.log" | cut -d'"' -f4
}

eventually() {
  local rounds
  for ((rounds = 0; rounds < 300; rounds++)); do
    if "$@"; then return 0; fi
    sleep 0.1
  done
  echo "never came true: $*" >&2
  return 1
}
