-- wrk: every request of a POST case is a comment nobody has posted yet. Without ARTICLE_URL it is a plain GET.
-- In: ARTICLE_URL (a POST case), RUN (makes texts unique across runs). Out: one line "RESULT {json}".
local article, run = os.getenv("ARTICLE_URL"), os.getenv("RUN") or "0"
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

local body = '{"article":{"key":"write","url":"%s","title":"Write"},"name":"Reader %s","email":"reader-%s@mailbox.example",'
  .. '"comment":"%s"}'

-- Texts of 60 words, drawn from 2,000 that are made up: no two of them are near-duplicates, and none is a word of a list.
local heads, tails = {}, {}
for letter in ("bdfgklmnprstvzjw"):gmatch(".") do
  for vowel in ("aeiou"):gmatch(".") do heads[#heads + 1] = letter .. vowel end
end
for vowel in ("aeiou"):gmatch(".") do
  for letter in ("lnrst"):gmatch(".") do tails[#tails + 1] = vowel .. letter end
end
local words = {}
for _, head in ipairs(heads) do
  for _, tail in ipairs(tails) do words[#words + 1] = head .. "m" .. tail end
end

local function text(id)
  local said = { "Number", id }
  for place = 3, 62 do said[place] = words[math.random(#words)] end
  return table.concat(said, " ") .. "."
end
local sent = 0

function request()
  if not article then return wrk.format("GET") end
  if sent == 0 then math.randomseed(tonumber(run .. number)) end
  sent = sent + 1
  local id = run .. "-" .. number .. "-" .. sent
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, string.format(body, article, id, id, text(id)))
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"microseconds":%d,"bytes":%d,"refused":%d,"broken":%d,"p50_us":%d,"p99_us":%d}\n',
    summary.requests, summary.duration, summary.bytes, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
