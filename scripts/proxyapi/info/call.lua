-- info=CALL: one call by the id DIAL gave, or by its unique id; running or ended.
local answer = require "proxyapi.lib.answer"
local call_model = require "model.call"
local calls = require "calls"
local moment = require "lib.moment"
local recording = require "model.recording"
local shapes = require "proxyapi.lib.shapes"
local store = require "store"
local time = require "time"

local COLUMNS = {
  "id", "uniqueid", "linkedid", "state", "disposition", "src", "dst", "start", "answer", "end",
  "duration", "billsec", "recording",
}
local EXAMPLE = {
  "15a4cfe6429054", "srv01-1767323045.7", "srv01-1767323045.7", "UP", "", "100", "0123456", "2026-01-02 03:04:05",
  "2026-01-02 03:04:12", "", 57, 50, "",
}
-- Seconds in which an originate shows its channel.
local SOON = 60
local STATES = { [0] = "DIALING", [4] = "RINGING", [5] = "RINGING", [6] = "UP" }

local call = route {
  reqtype = "INFO",
  info = "CALL",
  summary = "Read the state of one call.",
  params = { id = { max = 150, summary = "unique id or originate id" } },
  actions = { get = { access = "read", tenant = "optional", result = shapes.record(COLUMNS, EXAMPLE) } },
}

local function stamp(epoch)
  return epoch and moment.text(epoch) or ""
end

local function running(id, channel)
  return {
    id = id, uniqueid = channel.uniqueid, linkedid = channel.linkedid,
    state = STATES[channel.state] or "DIALING", disposition = "",
    src = channel.caller_number, dst = channel.exten, start = stamp(channel.created),
    answer = stamp(channel.answered), ["end"] = "", duration = channel.duration,
    billsec = channel.answered and math.floor(time.now() - channel.answered) or 0,
    recording = "",
  }
end

local function ended(req, id, uniqueid)
  local text = [[SELECT uniqueid, linkedid, disposition, src, dst, "start", answer, "end",
    duration, billsec FROM cdr WHERE (uniqueid = ? OR originateid = ?)]]
  local params = { uniqueid, id }
  -- A call has two legs under its originate id; the first is the one DIAL's id names.
  local order = [[ ORDER BY CASE WHEN uniqueid = ? THEN 0 ELSE 1 END, "start", ID LIMIT 1]]
  if req.tenant then
    text = text .. " AND te_id = ?"
    params[3] = req.tenant.id
  end
  params[#params + 1] = uniqueid
  local row, err = store.row(text .. order, params)
  if not row then return nil, err end
  row.id, row.state = id, "HANGUP"
  local found = recording.find(req.ctx, id)
  row.recording = found and found.rm_path or ""
  return row
end

-- An originate that has neither a channel nor a record: never placed, on its way for a moment, or nobody knows,
-- because Asterisk's answer was lost.
local function placed(id, row)
  local state = "UNKNOWN"
  if row.og_state == "FAILED" then state = "FAILED"
  elseif row.og_state ~= "UNKNOWN" and row.og_started > stamp(time.now() - SOON) then state = "DIALING" end
  return { id = id, uniqueid = row.og_uniqueid or "", linkedid = "", state = state, disposition = "",
    src = row.og_source or "", dst = row.og_dest or "", start = row.og_started, answer = "", ["end"] = "",
    duration = 0, billsec = 0, recording = "" }
end

function call.get(req)
  local id = req.params.id
  if not id or id == "" then return answer.empty() end
  local originate, failed = call_model.by_originate(req.ctx, id)
  if failed then return nil, failed end
  local uniqueid = originate and originate.og_uniqueid or id
  local channel = calls.channels({ uniqueid = uniqueid })[1]
  if channel then return answer.record(COLUMNS, running(id, channel)) end
  local row, err = ended(req, id, uniqueid)
  if err then return nil, err end
  if not row and not originate then return answer.empty() end
  return answer.record(COLUMNS, row or placed(id, originate))
end

return call
