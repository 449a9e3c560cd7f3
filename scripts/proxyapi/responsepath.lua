-- reqtype=RESPONSEPATH: what callers answered on a response path.
local answer = require "proxyapi.lib.answer"
local responsepath_model = require "model.responsepath"
local shapes = require "proxyapi.lib.shapes"

-- Columns of the list.
local SHOWN = {
  { "rr_id", "ID" }, { "rr_uniqueid", "UniqueID" }, { "rr_start", "Start" }, { "rr_caller", "Caller" },
  { "rr_queue", "Queue" }, { "rr_answer", "Answer" }, { "rr_status", "Status" },
}
local COLUMNS = { "UniqueID", "Type", "Type ID", "Value", "Type Name", "Value Name" }

local RESULT = { 8, "srv01-1767323045.7", "2026-01-02 03:04:05", "0123456", "Support", "1", "ANSWERED" }
-- The published sample of XML is another answer than that of the other formats.
local ITEMS = shapes.apart(
  shapes.list(COLUMNS, { "srv01-1767323045.7", "MENU", "3", "1", "Language", "English" }),
  shapes.record({ "Agent", "Status", "Queue", "Caller", "VoiceFile" },
    { "100", "NOT ACTIVE", "Support", "0123456", "12" }, { more = {} }))

local responsepath = route {
  reqtype = "RESPONSEPATH",
  summary = "Read the results of a response path.",
  params = {
    id = { type = "integer", summary = "id of the response path" },
    rrid = { max = 150, summary = "id of the result, or unique id of its call" },
    filter = { summary = "queue, answer or uniqueid" },
    filterdata = { max = 191, summary = "what the filter must be" },
  },
  actions = {
    list = { access = "read", result = shapes.list(function(ctx) return responsepath_model.select(ctx, {}, SHOWN) end, RESULT) },
    getid = { access = "read", result = ITEMS }, getlast = { access = "read", result = ITEMS },
  },
}

function responsepath.list(req)
  local selected, err = responsepath_model.select(req.ctx, req.params, SHOWN)
  if not selected then return nil, err end
  return answer.stream(selected.sql, selected.params)
end

local function summary(req, result)
  local it, err = responsepath_model.summary(req.ctx, result)
  if not it then return nil, err end
  local columns = { "Agent", "Status", "Queue" }
  local row = { Agent = it.agent, Status = it.over and "NOT ACTIVE" or "ACTIVE", Queue = it.queue }
  for _, variable in ipairs(it.variables) do
    columns[#columns + 1], row[variable[1]] = variable[1], variable[2]
  end
  columns[#columns + 1], columns[#columns + 2] = "Caller", "VoiceFile"
  row.Caller, row.VoiceFile = it.caller, it.recording and tostring(it.recording) or ""
  return answer.record(columns, row)
end

local function result_of(req, which)
  local result, err = responsepath_model.find(req.ctx, which)
  if not result then return nil, err end
  if req.format == "xml" then return summary(req, result) end
  local items
  items, err = responsepath_model.items(result)
  if not items then return nil, err end
  local rows = {}
  for it in items:each() do
    rows[#rows + 1] = {
      UniqueID = result.rr_uniqueid, Type = it.ri_type, ["Type ID"] = it.ri_typeid, Value = it.ri_value,
      ["Type Name"] = it.ri_typename, ["Value Name"] = it.ri_valuename,
    }
  end
  return answer.list(COLUMNS, rows)
end

function responsepath.getlast(req)
  local params = req.params
  return result_of(req, { id = params.id, filter = params.filter, filterdata = params.filterdata })
end

function responsepath.getid(req)
  if (req.params.rrid or "") == "" then return answer.empty() end
  return result_of(req, req.params)
end

return responsepath
