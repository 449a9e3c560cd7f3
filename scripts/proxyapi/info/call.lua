-- info=CALL: one call by the id DIAL gave, or by its unique id; running or ended.
local answer = require "proxyapi.lib.answer"
local call_model = require "model.call"
local calls = require "calls"
local recording = require "model.recording"
local store = require "store"
local time = require "time"

local COLUMNS = {
  "id", "uniqueid", "linkedid", "state", "disposition", "src", "dst", "start", "answer", "end",
  "duration", "billsec", "recording",
}
local STATES = { [0] = "DIALING", [4] = "RINGING", [5] = "RINGING", [6] = "UP" }

local call = route {
  reqtype = "INFO",
  info = "CALL",
  summary = "Read the state of one call.",
  params = { id = { max = 150, summary = "unique id or originate id" } },
  actions = { get = { access = "read", tenant = "optional" } },
}

local function stamp(epoch)
  return epoch and time.format("%Y-%m-%d %H:%M:%S", epoch) or ""
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

function call.get(req)
  local id = req.params.id
  if not id or id == "" then return answer.empty() end
  local uniqueid = call_model.by_originate(req.ctx, id) or id
  local channel = calls.channels({ uniqueid = uniqueid })[1]
  if channel then return answer.record(COLUMNS, running(id, channel)) end
  local row, err = ended(req, id, uniqueid)
  if err then return nil, err end
  if not row then return answer.empty() end
  return answer.record(COLUMNS, row)
end

return call
