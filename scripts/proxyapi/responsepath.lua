-- reqtype=RESPONSEPATH: what callers answered on a response path.
local answer = require "proxyapi.lib.answer"
local responsepath_model = require "model.responsepath"

local COLUMNS = { "UniqueID", "Type", "Type ID", "Value", "Type Name", "Value Name" }

local responsepath = route {
  reqtype = "RESPONSEPATH",
  summary = "Read the results of a response path.",
  params = {
    id = { type = "integer", summary = "id of the response path" },
    rrid = { max = 150, summary = "id of the result, or unique id of its call" },
    filter = { summary = "queue, answer or uniqueid" },
    filterdata = { max = 191, summary = "what the filter must be" },
  },
  actions = { list = { access = "read" }, getid = { access = "read" }, getlast = { access = "read" } },
}

function responsepath.list(req)
  local selected, err = responsepath_model.select(req.ctx, req.params)
  if not selected then return nil, err end
  return answer.stream(selected.sql, selected.params)
end

local function summary(req, result)
  local it, err = responsepath_model.summary(req.ctx, result)
  if not it then return nil, err end
  local columns, row = { "Agent", "Status", "Queue" }, { Agent = it.agent, Status = it.status, Queue = it.queue }
  for _, variable in ipairs(it.variables) do
    columns[#columns + 1], row[variable[1]] = variable[1], variable[2]
  end
  columns[#columns + 1], columns[#columns + 2] = "Caller", "VoiceFile"
  row.Caller, row.VoiceFile = it.caller, it.voicefile
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
