-- wrk: every request of a POST case is a comment nobody has posted yet. Without ARTICLE_URL it is a plain GET.
-- In: ARTICLE_URL (a POST case), RUN (makes texts unique across runs). Out: one line "RESULT {json}".
local article, run = os.getenv("ARTICLE_URL"), os.getenv("RUN") or "0"
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

local body = '{"article":{"key":"write","url":"%s","title":"Write"},"name":"Reader %s","email":"reader-%s@mailbox.example",'
  .. '"comment":"Number %s of those who cross the bridge each morning: tell us at last when it opens again, who pays for'
  .. ' the repair, why the ferry was sold before anyone had asked the people on the other side, and what is to become of'
  .. ' the market if the stalls stay empty until spring."}'
local sent = 0

function request()
  if not article then return wrk.format("GET") end
  sent = sent + 1
  local id = run .. "-" .. number .. "-" .. sent
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, string.format(body, article, id, id, id))
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"microseconds":%d,"bytes":%d,"refused":%d,"broken":%d,"p50_us":%d,"p99_us":%d}\n',
    summary.requests, summary.duration, summary.bytes, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
