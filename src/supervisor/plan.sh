# SPDX-License-Identifier: MIT
# shellcheck shell=dash disable=SC2034,SC2154 # the pieces share their variables; arq-supervisor reads all of them
# Which workers there are to be, and on which of the ten slots. A worker's name tells its variant:
#   1, 2, …     production  current/bin/arq-worker
#   c1, c2, …   canary      canary/bin/arq-worker, on as many slots as run/canary.share says
#   l1, l2, …   legacy      legacy/bin/arq-legacy, on all slots while production fails (fallback.sh)
#   standby     legacy      the warm one on a socket of its own, to which nginx turns by itself
#   trial       production  on a socket of its own, before it takes over from legacy
# Slots are descriptors: 20 to 29 of the pool, 30 the standby's, 31 the trial's (arq-listen).

standby_fd=30
trial_fd=31

# plan_make: sets `plan`, words NAME=SLOTS in the order in which they are started. A canary comes before the
# workers that leave it their slots.
plan_make() {
  local share canaries
  plan=
  if [ "$serving" = legacy ]; then
    plan_legacy
  else
    share=$(canary_share)
    canaries=$(((workers * share + 9) / 10))
    plan_add c "$canaries" 0 "$share"
    # With one slot taken away the others need as many workers as before. (A tight account has no room for that.)
    [ "$share" != 1 ] || [ -n "$tight" ] || canaries=0
    [ "$canaries" -lt "$workers" ] || canaries=$((workers - 1))
    [ "$share" = 10 ] || plan_add '' "$((workers - canaries))" "$share" "$((10 - share))"
  fi
  [ ! -x legacy/bin/arq-legacy ] || plan="$plan standby=$standby_fd"
}

# One request at a time each, so they share the slots; but the first slot of each is its own: a worker is probed on its
# first, and where others answered there nobody would see that it hangs.
plan_legacy() {
  local index count own
  count=$workers
  [ "$count" -ge 2 ] || count=2
  index=1
  while [ "$index" -le "$count" ]; do
    own=$(slots_between 0 "$count" "$index" "$count")
    plan="$plan l$index=$own$([ "$count" -ge 10 ] || echo ",$(slots_between "$count" $((10 - count)) 1 1)")"
    index=$((index + 1))
  done
}

# plan_add PREFIX COUNT FIRST SLOTS: so many workers share the slots from FIRST on.
plan_add() {
  local index
  index=1
  while [ "$index" -le "$2" ]; do
    plan="$plan $1$index=$(slots_between "$3" "$4" "$index" "$2")"
    index=$((index + 1))
  done
}

# slots_between FIRST SLOTS INDEX WORKERS: the worker's share, as a list of descriptors. More workers than slots
# share them.
slots_between() {
  local slot list
  list=
  slot=0
  while [ "$slot" -lt "$2" ]; do
    if [ $((slot % $4)) = $((($3 - 1) % $2)) ]; then
      list=$list${list:+,}$((${ARQ_SLOT_FDS%%-*} + $1 + slot))
    fi
    slot=$((slot + 1))
  done
  echo "$list"
}

# Without a process: a small account may have none left just then.
slot_names() {
  local descriptor list IFS
  list=
  IFS=,
  for descriptor in $1; do
    case $descriptor in
      "$standby_fd" | "$trial_fd") list='-' ;;
      *) list=$list${list:+,}$((descriptor - ${ARQ_SLOT_FDS%%-*})) ;;
    esac
  done
  echo "$list"
}

# How many of the ten slots are the canary's.
canary_share() {
  local share
  share=0
  if [ -x canary/bin/arq-worker ] && [ -e run/canary.share ]; then read -r share <run/canary.share; fi
  case $share in
    0 | 1 | 5 | 10) echo "$share" ;;
    *) echo 0 ;;
  esac
}

# in_plan NAME
in_plan() {
  case " $plan" in
    *" $1="*) return 0 ;;
  esac
  return 1
}

# variant_of NAME: sets `variant`.
variant_of() {
  case $1 in
    c*) variant=canary ;;
    l* | standby) variant=legacy ;;
    *) variant=production ;;
  esac
}

# program_of VARIANT: sets `program`.
program_of() {
  case $1 in
    canary) program=canary/bin/arq-worker ;;
    legacy) program=legacy/bin/arq-legacy ;;
    *) program=current/bin/arq-worker ;;
  esac
}
