-- info=QUEUE: the figures of one queue, live ones from Asterisk, the others from today's log.
local answer = require "proxyapi.lib.answer"
local queue_model = require "model.queue"
local shapes = require "proxyapi.lib.shapes"
local store = require "store"
local time = require "time"

local NAMES = {
  "AGENTSAVAILABLE", "AGENTSPAUSED", "AGENTSFREE", "AGENTSONLINE", "CALLSINQUEUE",
  "SERVICELEVEL", "FIRSTWAITING", "SECONDWAITING", "THIRDWAITING", "CALLSONLINE", "TALKTIME",
  "HOLDTIME", "ANSWEREDCALLS", "CALLSRECEIVED", "REALANSWEREDCALLS", "TRANSFEREDCALLS",
  "ABANDONEDCALLS", "TIMEDOUTCALLS", "QUEUECAR", "EXITWITHKEYCALLS", "MAXHOLDTIME",
  "AVERAGETALKTIME", "AVERAGEHOLDTIME",
}
local EXAMPLE = { 3, 1, 2, 4, 1, 60, 12, 0, 0, 1, 1840, 310, 31, 35, 30, 1, 3, 1, 89, 0, 41, 61, 10 }
local TALKING = { INUSE = true, BUSY = true, RINGINUSE = true, ONHOLD = true }
local ABSENT = { UNAVAILABLE = true, INVALID = true, UNKNOWN = true }

local queue = route {
  reqtype = "INFO",
  info = "QUEUE",
  summary = "Read the live and the day's figures of one queue.",
  params = { id = { type = "integer", required = true, summary = "queue id" } },
  actions = { get = { access = "read", result = shapes.record(NAMES, EXAMPLE, { header = false }) } },
}

local function agents(figures, members)
  local function count(name, yes) if yes then figures[name] = figures[name] + 1 end end
  for _, member in ipairs(members) do
    local online, paused = not ABSENT[member.state], member.paused == 1
    count("AGENTSONLINE", online)
    count("AGENTSPAUSED", paused)
    count("AGENTSAVAILABLE", online and not paused)
    count("AGENTSFREE", member.state == "NOT_INUSE" and not paused)
    count("CALLSONLINE", TALKING[member.state])
  end
end

local function waiting(figures, live)
  local callers = live and live.callers or {}
  figures.CALLSINQUEUE = #callers
  for i, name in ipairs({ "FIRSTWAITING", "SECONDWAITING", "THIRDWAITING" }) do
    figures[name] = callers[i] and tonumber(callers[i].wait) or 0
  end
end

-- data1 of CONNECT is the hold time; data2 of COMPLETE* the talk time.
local function today(figures, id)
  local row, err = store.row([[
    SELECT
      SUM(CASE WHEN "event" = 'ENTERQUEUE' THEN 1 ELSE 0 END) AS received,
      SUM(CASE WHEN "event" = 'CONNECT' THEN 1 ELSE 0 END) AS answered,
      SUM(CASE WHEN "event" IN ('COMPLETECALLER', 'COMPLETEAGENT') THEN 1 ELSE 0 END) AS completed,
      SUM(CASE WHEN "event" IN ('BLINDTRANSFER', 'ATTENDEDTRANSFER') THEN 1 ELSE 0 END) AS moved,
      SUM(CASE WHEN "event" = 'ABANDON' THEN 1 ELSE 0 END) AS abandoned,
      SUM(CASE WHEN "event" = 'EXITWITHTIMEOUT' THEN 1 ELSE 0 END) AS timedout,
      SUM(CASE WHEN "event" = 'EXITWITHKEY' THEN 1 ELSE 0 END) AS keyed,
      SUM(CASE WHEN "event" = 'CONNECT' THEN CAST(data1 AS INTEGER) ELSE 0 END) AS hold,
      MAX(CASE WHEN "event" = 'CONNECT' THEN CAST(data1 AS INTEGER) ELSE 0 END) AS longest,
      SUM(CASE WHEN "event" IN ('COMPLETECALLER', 'COMPLETEAGENT')
        THEN CAST(data2 AS INTEGER) ELSE 0 END) AS talk
    FROM queue_log WHERE queuename = ? AND "time" >= ?]],
    { tostring(id), time.format("%Y-%m-%d 00:00:00") })
  if err then return nil, err end
  row = row or {}
  local function of(name) return tonumber(row[name]) or 0 end
  local answered, completed = of("answered"), of("completed")
  figures.CALLSRECEIVED, figures.ANSWEREDCALLS = of("received"), answered
  figures.REALANSWEREDCALLS, figures.TRANSFEREDCALLS = completed + of("moved"), of("moved")
  figures.ABANDONEDCALLS, figures.TIMEDOUTCALLS = of("abandoned"), of("timedout")
  figures.EXITWITHKEYCALLS, figures.MAXHOLDTIME = of("keyed"), of("longest")
  figures.TALKTIME, figures.HOLDTIME = of("talk"), of("hold")
  if answered > 0 then figures.AVERAGEHOLDTIME = math.floor(of("hold") / answered + 0.5) end
  if completed > 0 then figures.AVERAGETALKTIME = math.floor(of("talk") / completed + 0.5) end
  if of("received") > 0 then
    figures.QUEUECAR = math.floor(100 * answered / of("received") + 0.5)
  end
  return true
end

function queue.get(req)
  local found, err = queue_model.which(req.ctx, { id = req.params.id })
  if not found then return nil, err end
  local figures = {}
  for _, name in ipairs(NAMES) do figures[name] = 0 end
  local members
  members, err = queue_model.agents(req.ctx, found)
  if not members then return nil, err end
  agents(figures, members)
  local live = queue_model.live(req.ctx, found)
  waiting(figures, live)
  figures.SERVICELEVEL = tonumber(live and live.service_level) or 0
  local done
  done, err = today(figures, found.qu_id)
  if not done then return nil, err end
  return answer.record(NAMES, figures, { header = false })
end

return queue
