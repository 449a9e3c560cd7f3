-- Running calls as both MikoPBX APIs show them: one row per pair of channels.
local calls = require "calls"
local json = require "json"
local node = require "model.node"
local time = require "time"

local running = {}

local function stamp(epoch)
  return epoch and time.format("%Y-%m-%d %H:%M:%S.%3f", epoch) or ""
end

-- The channel that began a call, and those it rang. Halves of local channels are plumbing.
local function linked()
  local order, by_id = {}, {}
  for _, it in ipairs(calls.channels()) do
    if not it.name:match("^Local/") then
      local group = by_id[it.linkedid]
      if not group then
        group = {}
        by_id[it.linkedid] = group
        order[#order + 1] = group
      end
      group[#group + 1] = it
    end
  end
  return order
end

local function number_of(it)
  return it.peer:match("^([^-@]+)") or it.caller_number
end

local function row_of(first, other)
  return {
    start = stamp(first.created), answer = stamp(other and other.answered or first.answered),
    src_chan = first.name, dst_chan = other and other.name or "",
    src_num = first.caller_number ~= "" and first.caller_number or number_of(first),
    src_name = first.caller_name,
    dst_num = other and number_of(other) or first.exten,
    dst_name = other and other.caller_name or "", did = "", linkedid = first.linkedid,
  }
end

--- Rows of the calls of the task's scope, oldest first.
function running.rows()
  local rows = {}
  for _, group in ipairs(linked()) do
    if #group == 1 then rows[#rows + 1] = row_of(group[1]) end
    for i = 2, #group do rows[#rows + 1] = row_of(group[1], group[i]) end
  end
  return rows
end

local CALL = {
  "start", "answer", "endtime", "src_num", "src_name", "dst_num", "dst_name", "did", "linkedid",
}
local CHANNEL = {
  "start", "answer", "src_chan", "dst_chan", "src_num", "src_name", "dst_num", "dst_name", "did",
  "linkedid",
}

local function shown(columns)
  local list = json.array({})
  for i, row in ipairs(running.rows()) do
    row.endtime = ""
    local members = {}
    for _, name in ipairs(columns) do
      members[#members + 1] = name
      members[#members + 1] = row[name]
    end
    list[i] = json.ordered(unpack(members))
  end
  return list
end

function running.active_calls() return shown(CALL) end

function running.active_channels()
  local away = node.away(true)
  if away then return nil, away end
  return shown(CHANNEL)
end

return running
