-- Whole calls: one row for all legs that share a linkedid, kept by the importer (schema/0120_calls.sql).
local json = require "json"
local numbering = require "model.numbering"
local sql = require "engine.sql"

local callrecord = {}

local GROUP = "^Hunt List (.+)$"

-- The peer of a channel: provider, 100-DEMO. Channels inside Asterisk have none.
local function peer_of(channel)
  if not channel or channel:find("^Local/") then return nil end
  return channel:match("^[%w]+/(.+)%-%x+$")
end

-- A number that a tenant answers to: of the house, or one that is dialled from outside.
local function is_inside(tx, te_id, number)
  if (number or "") == "" then return true end
  local owners, values = numbering.owners(te_id, number)
  local found, err = tx:value("SELECT 1 FROM " .. owners .. " LIMIT 1", values)
  if err then return nil, err end
  if found then return true end
  local digits = number:gsub("^%+", "")
  found, err = tx:value("SELECT 1 FROM dialplan_did WHERE id IN (?, ?) AND te_id = ? LIMIT 1",
    { digits, "+" .. digits, te_id })
  if err then return nil, err end
  return found ~= nil
end

local function provider_of(tx, legs)
  local seen = {}
  for _, row in ipairs(legs) do
    for _, channel in ipairs({ row.channel or "", row.dstchannel or "" }) do
      local peer = peer_of(channel)
      if peer and not seen[peer] then
        seen[peer] = true
        local found, err = tx:row("SELECT pr_id, pr_name FROM pr_providers WHERE pr_peername = ? "
          .. "ORDER BY pr_id LIMIT 1", { peer })
        if err then return nil, err end
        if found then return found end
      end
    end
  end
  return {}
end

local function group_of(tx, te_id, legs)
  for _, row in ipairs(legs) do
    local name = (row.wherelanded or ""):match(GROUP) or (row.lastdst or ""):match(GROUP)
    if name then
      local id, err = tx:value("SELECT hu_id FROM hu_huntlists WHERE hu_te_id = ? AND hu_name = ? "
        .. "ORDER BY hu_id LIMIT 1", { te_id, name })
      if err then return nil, err end
      return { id = id, name = name }
    end
  end
  return {}
end

local function times_of(legs)
  local answer, last
  for _, row in ipairs(legs) do
    local stop, at = row["end"], row.answer
    if stop and (not last or stop > last) then last = stop end
    if row.disposition == "ANSWERED" and at and at > "0001" and (not answer or at < answer) then answer = at end
  end
  return answer, last
end

--- Keeps the row of a call: its legs (rows of cdr, oldest first) and its row of sc_simplecdr. Inside
--- the importer's transaction.
function callrecord.keep(tx, legs, simple)
  local te_id = simple.sc_te_id or 0
  local inside, err = {}
  for _, name in ipairs({ "sc_calleridnum", "sc_dialednum" }) do
    inside[name], err = is_inside(tx, te_id, simple[name])
    if err then return nil, err end
  end
  local provider, group, called
  provider, err = provider_of(tx, legs)
  if not provider then return nil, err end
  group, err = group_of(tx, te_id, legs)
  if not group then return nil, err end
  called, err = tx:value("SELECT ex_name FROM ex_extensions WHERE ex_te_id = ? AND ex_number = ?",
    { te_id, simple.sc_dialednum or "" })
  if err then return nil, err end
  local answer, last = times_of(legs)
  local answered = simple.sc_disposition == "ANSWERED"
  local values = {
    cl_te_id = te_id, cl_start = simple.sc_start, cl_answer = answered and answer or json.null, cl_end = last,
    cl_direction = simple.sc_direction, cl_src = simple.sc_calleridnum, cl_srcname = simple.sc_calleridname,
    cl_srcinside = inside.sc_calleridnum and 1 or 0, cl_dst = simple.sc_dialednum, cl_dstname = called or "",
    cl_dstinside = inside.sc_dialednum and 1 or 0, cl_disposition = simple.sc_disposition,
    cl_duration = simple.sc_duration, cl_billsec = simple.sc_billsec,
    cl_hu_id = group.id or json.null, cl_callgroup = group.name or "",
    cl_pr_id = provider.pr_id or json.null, cl_provider = provider.pr_name or "",
  }
  local id
  id, err = tx:value("SELECT cl_id FROM cl_calls WHERE cl_uniqueid = ?", { simple.sc_uniqueid })
  if err then return nil, err end
  local text, params
  if id then
    text, params = sql.update("cl_calls", values, { cl_id = id })
  else
    values.cl_uniqueid = simple.sc_uniqueid
    text, params = sql.insert("cl_calls", values)
  end
  return tx:exec(text, params)
end

return callrecord
