-- SPDX-License-Identifier: MIT
-- The load, for wrk:  wrk … -s load.lua URL -- message|plain KEY USERS NAMES TAG FROM COUNT
--                     wrk … -s load.lua URL -- health
-- Users in turn (NAMES0, NAMES1, …), each message new and about 80 bytes long, of few subjects that come back as people's do: of
-- each user's twelve two are questions and one teaches something (not if they are "plain"). FROM is the number of the first message, so
-- that a run goes on where the one before ended; after COUNT answers (0: never) it ends by itself.
-- Every answer is looked at: 200, an id that was asked and not answered yet, a reply that isn't empty.
-- Prints one line: RESULT requests/s, p50, p95, p99 in ms, answers, answers wrong or missing, requests sent.

-- wrk sleeps through its --duration, unless it is interrupted.
local ffi = require("ffi")
ffi.cdef("int getpid(void); int kill(int pid, int signal);")
local SIGINT = 2

local subjects = { "garden shed", "library card", "winter tyres", "grey bicycle", "two desk lamps",
  "parcel from Omsk", "kitchen table", "doctor's letter", "train to the sea", "piano lesson", "red umbrella",
  "neighbour's cat", "old camera", "apple cake", "blue notebook", "football match" }
local phrases = {
  "I left the %s with my sister on Tuesday, she brings it in week %d.",
  "This morning somebody asked me about the %s again, for time number %d.",
  "Do you know what I said about the %s, and when? I ask for time %d.",
  "We talked for an hour about the %s and wrote it all down on page %d.",
  "The %s has to be paid before the end of the month, it is bill number %d.",
  "Nobody has found the %s so far, and we looked in all boxes up to %d.",
  "Yesterday the %s was on the list of things to do, on line number %d.",
  "Please remember that the %s can be found in the cellar, in box number %d.",
  "There was a long story in the paper about the %s, it is on page %d.",
  "What was it that we wanted to do with the %s, was it in week number %d?",
  "My brother would like to borrow the %s for some days, say from week %d.",
  "It rained all day, so the %s stayed where it was, beside tin number %d.",
}

local wanted, head, users, names, tag, from, count
local asked = {}
sent, answered, wrong = 0, 0, 0 -- read by done()

function init(args)
  wanted = args[1]
  if wanted == "health" then return end
  if wanted == "plain" then phrases[8] = phrases[8]:gsub("^Please remember", "Somebody told me") end
  head = ("POST /api/message HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\n")
    :format(wrk.headers["Host"], args[2])
  users, names, tag, from, count = tonumber(args[3]), args[4], args[5], tonumber(args[6]), tonumber(args[7])
end

function request()
  sent = sent + 1
  if wanted == "health" then return wrk.format("GET", "/health") end
  local number = from + sent - 1
  local user = number % users
  local turn = (number - user) / users
  local text = phrases[(turn * 5 + user) % #phrases + 1]
    :format(subjects[(turn * 7 + user * 3) % #subjects + 1], turn % 1000)
  local id = tag .. "-" .. number
  asked[id] = true
  local body = ('{"message":"%s","message_id":"%s"}'):format(text, id)
  return ("%sX-ARQ-User: %s%d\r\nContent-Length: %d\r\n\r\n%s"):format(head, names, user, #body, body)
end

local function is_right(status, body)
  if status ~= 200 then return false end
  if wanted == "health" then return body:find('"status": ?"ok"') end
  local id = body:match('"message_id":"([^"]*)"')
  if not asked[id] then return false end
  asked[id] = nil
  local _, reply = body:find('"reply":', 1, true)
  return reply and body:find('"text":"[^"]', reply)
end

function response(status, headers, body)
  answered = answered + 1
  if not is_right(status, body) then wrong = wrong + 1 end
  if answered == count then
    wrk.thread:stop()
    ffi.C.kill(ffi.C.getpid(), SIGINT)
  end
end

local threads = {}
function setup(thread) table.insert(threads, thread) end

function done(summary, latency)
  local errors = summary.errors
  local requests, answers, bad = 0, 0, errors.connect + errors.read + errors.write + errors.timeout
  for _, thread in ipairs(threads) do
    requests = requests + thread:get("sent")
    answers = answers + thread:get("answered")
    bad = bad + thread:get("wrong")
  end
  io.write(("RESULT %.1f %.3f %.3f %.3f %d %d %d\n"):format(answers / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000, answers, bad, requests))
end
