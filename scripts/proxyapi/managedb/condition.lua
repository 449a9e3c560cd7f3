-- MANAGEDB object condition, with the rows that say when it is true.
local answer = require "proxyapi.lib.answer"
local condition = require "model.condition"
local json = require "json"
local managedb = require "proxyapi.lib.managedb"
local shapes = require "proxyapi.lib.shapes"
local store = require "store"

local WITH_DATA = { objectid = managedb.OBJECTID, jsondata = managedb.JSONDATA }

local COLUMNS = { "ce_id", "ce_te_id", "ce_co_id", "ce_param1", "ce_param2", "ce_param3", "ce_param4" }
local INFOS = shapes.list(COLUMNS, { 3, 1, 5, "09:00", "18:00", "", "" })

local function infos(req)
  local row, err = condition.find(req.ctx, req.params.objectid)
  if not row then return nil, err end
  local rows
  rows, err = store.query("SELECT " .. table.concat(COLUMNS, ", ")
    .. " FROM ce_conditions_extended WHERE ce_co_id = ? ORDER BY ce_id", { row.co_id })
  if not rows then return nil, err end
  return answer.rows(rows)
end

local function replace_infos(req)
  local list = json.decode(req.params.jsondata or "")
  if not json.is_array(list) then return answer.refused("Invalid jsondata") end
  local row, err = condition.update(req.ctx, req.params.objectid, { extended_infos = list })
  if not row then return nil, err end
  return infos(req)
end

return managedb.object {
  object = "condition",
  summary = "Questions that decide where a call goes.",
  model = condition,
  short = { "co_id", "co_name" },
  example = { 7, "Office hours" },
  extra = {
    getdestinations = managedb.destinations(condition),
    getextendedinfos = { access = "read", params = { objectid = managedb.OBJECTID }, handle = infos, result = INFOS },
    replaceextendedinfos = { access = "write", params = WITH_DATA, handle = replace_infos, result = INFOS },
  },
}
