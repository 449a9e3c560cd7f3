-- Brings Asterisk's own call records into the store: the leg, the one row per call, the recording.
local callrecord = require "model.callrecord"
local files = require "files"
local mark = require "model.callmark"
local moment = require "lib.moment"
local peer = require "model.peer"
local sql = require "engine.sql"
local store = require "store"
local time = require "time"

local call_import = {}

-- The file of a host that has its store for itself.
local ALONE = "calls"
local BATCH = 500
local NEVER = "0000-00-00 00:00:00"

-- Tells the last record read from another one of the same number in a new file.
local function identity(record)
  return ("%s:%s:%s"):format(record.uniqueid or "", record.sequence or "", record.start or "")
end

-- In a conference Asterisk adds the other channel's text to one's own.
local function userfield(record)
  local text = (record.userfield or ""):gsub("^(%[%l+%]);%[%l+%]$", "%1")
  if text ~= "" then return text end
  return mark.of(record.direction) or mark.of("LOCAL")
end

local function when(text)
  if not text or text == "" then return NEVER end
  return text
end

local function leg(record, tenant_id, code)
  return {
    start = when(record.start), answer = when(record.answer), ["end"] = when(record["end"]),
    clid = record.clid, src = record.src, dst = record.dst, dcontext = record.dcontext,
    channel = record.channel, dstchannel = record.dstchannel, lastapp = record.lastapp,
    lastdata = record.lastdata and tostring(record.lastdata):sub(1, 80),
    duration = tonumber(record.duration) or 0, billsec = tonumber(record.billsec) or 0,
    disposition = record.disposition, amaflags = record.amaflags, accountcode = code,
    peeraccount = record.peeraccount, userfield = userfield(record), uniqueid = record.uniqueid,
    linkedid = record.linkedid, sequence = tonumber(record.sequence), te_id = tenant_id,
    realsrc = record.realsrc, firstdst = record.firstdst, lastdst = record.lastdst,
    wherelanded = record.wherelanded, originateid = record.originateid,
    pincode = record.pincode,
  }
end

-- Tenants by code, asked once per batch.
local function tenant_ids()
  local rows, err = store.query("SELECT te_id, te_code FROM te_tenants", {}, { rows = 100000 })
  if not rows then return nil, err end
  local ids = {}
  for row in rows:each() do ids[row.te_code] = row.te_id end
  return ids
end

local function code_of(record, ids)
  for _, code in ipairs({ record.tenant or "", record.accountcode or "" }) do
    if ids[code] then return code end
  end
  return record.accountcode or ""
end

---- one row per call

-- Being put through to somebody counts; waiting in a queue that has answered does not.
local WAITING = { Queue = true, Dial = true, AppDial = true }

local function is_answered(row)
  if row.disposition ~= "ANSWERED" then return false end
  return (row.dstchannel or "") ~= "" or not WAITING[row.lastapp or ""]
end

local function peer_of(channel)
  if not channel or channel:find("^Local/") then return nil end
  return channel:match("^[%w]+/(.+)%-%x+$")
end

local function is_inner(row) return (row.channel or ""):find("^Local/") ~= nil end

-- The leg that tells the story: not one inside Asterisk, answered, and the one the call began with. Of
-- an originate that is the leg to the destination, not the one that rang the source.
local function weight(row, linkedid)
  return (is_inner(row) and 0 or 4) + (is_answered(row) and 2 or 0) + (row.uniqueid == linkedid and 1 or 0)
end

local function main_leg(legs, linkedid)
  local best, most
  for _, row in ipairs(legs) do
    local value = weight(row, linkedid)
    if not best or value > most then best, most = row, value end
  end
  return best
end

local function destination(row)
  if (row.firstdst or "") ~= "" then return row.firstdst end
  return row.dst or ""
end

-- A source that was rung by an originate has no destination on its own leg once Asterisk took the
-- Local channel out; the leg the call began with still knows it.
local function dialled(main, legs, linkedid)
  local number = destination(main)
  for _, row in ipairs(legs) do
    if number ~= "" then break end
    if row.uniqueid == linkedid then number = destination(row) end
  end
  return number
end

local function seconds(text)
  if not text or text == "" or text == NEVER then return nil end
  return (time.parse(text))
end

-- A channel that is put through again has a leg for each party, so neither of them is the call: that
-- lasts from the first to the last. Legs of parties that rang together overlap.
local function span(legs, main, from, counts)
  local first, last
  for _, row in ipairs(legs) do
    local start, stop = seconds(row[from]), seconds(row["end"])
    if row.uniqueid == main.uniqueid and start and stop and counts(row) then
      first, last = math.min(first or start, start), math.max(last or stop, stop)
    end
  end
  return first and last - first or 0
end

local function summary(legs, linkedid)
  local main = main_leg(legs, linkedid)
  local code = main.accountcode or ""
  local answered_by, answered = peer_of(main.dstchannel), false
  local duration = span(legs, main, "start", function() return true end)
  local billsec = span(legs, main, "answer", is_answered)
  for _, row in ipairs(legs) do
    duration = math.max(duration, row.duration or 0)
    if is_answered(row) then
      answered = true
      billsec = math.max(billsec, row.billsec or 0)
      -- The caller's leg of a queue ends at a Local channel; the agent's phone is on another leg.
      answered_by = answered_by or peer_of(row.dstchannel)
    end
  end
  answered_by = answered_by or main.wherelanded or ""
  local disposition = answered and "ANSWERED" or main.disposition
  if not answered and disposition == "ANSWERED" then disposition = "NO ANSWER" end
  local source = main.realsrc ~= nil and main.realsrc ~= "" and main.realsrc or main.src or ""
  return {
    sc_te_id = main.te_id, sc_start = legs[1].start, sc_direction = mark.direction(main.userfield or ""),
    sc_calleridnum = peer.number(source, code),
    sc_calleridname = (main.clid or ""):match('^"(.-)"') or "", sc_dialednum = dialled(main, legs, linkedid),
    sc_disposition = disposition, sc_duration = duration, sc_billsec = billsec,
    sc_uniqueid = linkedid, sc_whoanswered = answered and answered_by or "",
  }
end

local function refresh_summary(tx, linkedid)
  local rows, err = tx:query("SELECT te_id, uniqueid, start, answer, \"end\", clid, src, dst, channel, dstchannel, lastapp, duration, "
    .. "billsec, disposition, accountcode, userfield, realsrc, firstdst, lastdst, wherelanded FROM cdr "
    .. "WHERE linkedid = ? ORDER BY start, ID", { linkedid })
  if not rows then return nil, err end
  local done
  done, err = tx:exec("DELETE FROM sc_simplecdr WHERE sc_uniqueid = ?", { linkedid })
  if not done then return nil, err end
  local legs = rows:list()
  if #legs == 0 then return tx:exec("DELETE FROM cl_calls WHERE cl_uniqueid = ?", { linkedid }) end
  local simple = summary(legs, linkedid)
  local text, params = sql.insert("sc_simplecdr", simple)
  done, err = tx:exec(text, params)
  if not done then return nil, err end
  return callrecord.keep(tx, legs, simple)
end
call_import.summary = summary

--- Makes what is kept of a call anew from its legs; without legs there is nothing. Inside a transaction.
call_import.refresh = refresh_summary

---- recordings

local function add_recording(tx, record, values, info)
  local path = record.recordingfile or ""
  if path == "" then return true end
  local there, err = tx:value("SELECT rm_id FROM rm_recordingmetadatas WHERE rm_path = ?", { path })
  if err then return nil, err end
  if there then return true end
  local text, params = sql.insert("rm_recordingmetadatas", {
    rm_te_id = values.te_id, rm_uniqueid = values.uniqueid, rm_linkedid = values.linkedid,
    rm_originateid = values.originateid, rm_date = values.start, rm_src = values.realsrc or values.src,
    rm_dst = values.firstdst or values.dst, rm_direction = mark.direction(values.userfield),
    rm_duration = values.billsec, rm_size = info and info.size, rm_path = path,
    rm_format = path:match("%.(%w+)$") or "wav",
  })
  return tx:exec(text, params)
end

local function sizes(records)
  local found = {}
  for _, record in ipairs(records) do
    local path = record.recordingfile
    if path and path ~= "" and found[path] == nil then
      -- The path comes from a channel variable, so it may be anything.
      found[path] = files.stat("recordings", path) or false
    end
  end
  return found
end

---- a batch

-- A file read again from its start, because its last record was gone, may hold records we have; so may that of a machine
-- that was given another name.
local function is_known(tx, values)
  local id, err = tx:value("SELECT ID FROM cdr WHERE uniqueid = ? AND start = ? AND channel = ? "
    .. "AND sequence = ?", { values.uniqueid or "", values.start, values.channel or "", values.sequence or -1 })
  if err then return nil, err end
  return id ~= nil
end

local function write_leg(tx, record, values, info)
  local text, params = sql.insert("cdr", values)
  local done, err = tx:exec(text, params)
  if not done then return nil, err end
  done, err = add_recording(tx, record, values, info)
  if not done then return nil, err end
  if (values.originateid or "") == "" then return true end
  return tx:exec("UPDATE og_originates SET og_state = ? WHERE og_id = ?",
    { values.disposition or "", values.originateid })
end

---- conferences

local ROOM, DAY = "ConfBridge", 86400

local function lengths(row)
  local last, answer = seconds(row["end"]), seconds(row.answer)
  return last - seconds(row.start), answer and last - answer or 0
end

-- In a conference Asterisk writes a leg per pair of people. Who came second has one of his own as well,
-- but it ends as he enters: it is given the end of the longest pair he is in. Either may come first.
local function join_room(tx, values, touched)
  if values.lastapp ~= ROOM or not seconds(values.start) or not seconds(values["end"]) then return true end
  local since = moment.text(seconds(values.start) - DAY)
  if (values.dstchannel or "") == "" then
    local last, err = tx:value('SELECT max("end") FROM cdr WHERE te_id = ? AND start >= ? AND dstchannel = ? '
      .. "AND lastapp = ?", { values.te_id, since, values.channel or "", ROOM })
    if err then return nil, err end
    if last and last > values["end"] then
      values["end"] = last
      values.duration, values.billsec = lengths(values)
    end
    return true
  end
  local rows, err = tx:query('SELECT ID, start, answer, linkedid FROM cdr WHERE te_id = ? AND start >= ? '
    .. 'AND channel = ? AND lastapp = ? AND coalesce(dstchannel, \'\') = \'\' AND "end" < ?',
    { values.te_id, since, values.dstchannel, ROOM, values["end"] })
  if not rows then return nil, err end
  for row in rows:each() do
    row["end"] = values["end"]
    local duration, billsec = lengths(row)
    local done
    done, err = tx:exec('UPDATE cdr SET "end" = ?, duration = ?, billsec = ? WHERE ID = ?',
      { row["end"], duration, billsec, row.ID })
    if not done then return nil, err end
    touched[row.linkedid] = true
  end
  return true
end

-- First of all: of two who read one file the second waits here, and finds that it has gone on.
local function go_on(tx, position, last)
  local done, err
  if position.source then
    done, err = tx:exec("UPDATE ci_imports SET ci_source = ?, ci_position = ?, ci_identity = ?, ci_updated = ? "
      .. "WHERE ci_source = ? AND ci_position = ?", { position.name, last.rowid, identity(last), moment.now(),
      position.source, position.stored })
  else
    done, err = tx:exec("INSERT INTO ci_imports (ci_source, ci_position, ci_identity, ci_updated) VALUES (?, ?, ?, ?)",
      { position.name, last.rowid, identity(last), moment.now() })
  end
  if err and err.code ~= "conflict" then return nil, err end
  if done and done.changes > 0 then return true end
  return nil, { code = "conflict", reason = "another_host", message = "call records were imported by another host" }
end

local function write_batch(tx, position, records, ids, found)
  local done, err = go_on(tx, position, records[#records])
  if not done then return nil, err end
  local touched = {}
  for _, record in ipairs(records) do
    local code = code_of(record, ids)
    local values = leg(record, ids[code] or 0, code)
    local known
    if position.again then
      known, err = is_known(tx, values)
      if err then return nil, err end
    end
    if not known then
      done, err = join_room(tx, values, touched)
      if not done then return nil, err end
      done, err = write_leg(tx, record, values, found[record.recordingfile or ""])
      if not done then return nil, err end
      if (values.linkedid or "") ~= "" then touched[values.linkedid] = true end
    end
  end
  for linkedid in pairs(touched) do
    done, err = refresh_summary(tx, linkedid)
    if not done then return nil, err end
  end
  return true
end

-- What follows the record of a row of ci_imports; nil when the file lacks it, or holds another in its place.
local function following(row)
  local records, err = files.call_records(row.ci_position - 1, BATCH + 1)
  if not records then return nil, err end
  local first = records[1]
  if not first or first.rowid ~= row.ci_position or identity(first) ~= row.ci_identity then return nil end
  table.remove(records, 1)
  return records
end

-- Where reading goes on. A file that lacks the last record, or holds another in its place, is new. One that was read while
-- its host had the store for itself goes on from there.
local function read_on()
  local name = files.call_records_name()
  local position = { name = name, stored = 0, again = name ~= ALONE }
  for _, source in ipairs({ name, name ~= ALONE and ALONE or nil }) do
    local row, err = store.row("SELECT ci_position, ci_identity FROM ci_imports WHERE ci_source = ?", { source })
    if err then return nil, err end
    if row then
      local records
      records, err = following(row)
      if err then return nil, err end
      if records or source == name then position.source, position.stored = source, row.ci_position end
      if records then return records, nil, position end
      if source == name then
        position.again = true
        break
      end
    end
  end
  local records, err = files.call_records(0, BATCH)
  return records, err, position
end

--- Imports the next records; returns how many there were.
function call_import.run()
  local records, err, position = read_on()
  if not records then return nil, err end
  if #records == 0 then return 0 end
  local ids
  ids, err = tenant_ids()
  if not ids then return nil, err end
  local found = sizes(records)
  local done
  done, err = store.transaction(function(tx) return write_batch(tx, position, records, ids, found) end)
  if not done then return nil, err end
  return #records
end

call_import.BATCH = BATCH
return call_import
