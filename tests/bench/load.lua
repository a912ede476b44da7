-- SPDX-License-Identifier: MIT
-- The load, for wrk: `wrk … -s load.lua URL -- message KEY USERS TAG` or `-- health`. Users in turn, each message
-- new and about 80 bytes long, of few subjects that come back, as people's do; every answer is looked at.
-- Prints one line: requests/s, p50, p95, p99 in ms, answers, answers that were wrong.

local subjects = { "garden shed", "library card", "winter tyres", "grey bicycle", "order of the two lamps",
  "parcel from Omsk", "kitchen table", "doctor's letter", "train to the coast", "piano lesson", "red umbrella",
  "neighbour's cat", "old camera", "apple cake", "blue notebook", "football match" }
local phrases = {
  "I left the %s with my sister on Tuesday, and she brings it back in week %d.",
  "This morning somebody asked me about the %s again, it was time number %d.",
  "Do you know what I said about the %s, and when that was? I ask for time %d.",
  "We talked for an hour about the %s, and then wrote it all down on page %d.",
  "The %s has to be paid for before the end of the month, the bill is number %d.",
  "Nobody has found the %s so far, though we looked in all the boxes up to %d.",
}

local wanted, key, users, tag
number, wrong = 0, 0

function init(args)
  wanted, key, users, tag = args[1], args[2], tonumber(args[3] or 1), args[4] or ""
  -- One number for all threads would need a lock; a thread's own address keeps their ids apart.
  tag = tag .. "-" .. tostring({}):gsub("[^%x]", "")
end

function request()
  if wanted == "health" then return wrk.format("GET", "/health") end
  number = number + 1
  local text = phrases[number % #phrases + 1]:format(subjects[(number * 7) % #subjects + 1], number % 1000)
  return wrk.format("POST", "/api/message",
    { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. key,
      ["X-ARQ-User"] = "u" .. number % users },
    ('{"message": "%s", "message_id": "%s-%d"}'):format(text, tag, number))
end

function response(status, headers, body)
  local right = status == 200 and (wanted == "health" and body:find('"status"', 1, true)
    or body:find('"message_id"', 1, true) and body:find('"reply"', 1, true))
  if not right then wrong = wrong + 1 end
end

local threads = {}
function setup(thread) table.insert(threads, thread) end

function done(summary, latency)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  for _, thread in ipairs(threads) do bad = bad + thread:get("wrong") end
  io.write(("RESULT %.1f %.3f %.3f %.3f %d %d\n"):format(summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000,
    summary.requests, bad))
end
