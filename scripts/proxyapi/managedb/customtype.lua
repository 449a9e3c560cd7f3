-- MANAGEDB object customtype: the kinds of custom destinations there are, the same for every tenant.
local answer = require "proxyapi.lib.answer"
local managedb = require "proxyapi.lib.managedb"
local shapes = require "proxyapi.lib.shapes"
local store = require "store"

local COLUMNS = { "ct_id", "ct_name" }

local function whole() return { sql = "SELECT * FROM ct_customtypes", params = {} } end

local function list()
  local rows, err = store.query("SELECT " .. table.concat(COLUMNS, ", ") .. " FROM ct_customtypes ORDER BY ct_id")
  if not rows then return nil, err end
  return answer.document(managedb.keyed(rows:list(), "ct_id", COLUMNS))
end

local function get(req)
  local rows, err = store.query(whole().sql .. " WHERE ct_id = ?",
    { req.params.objectid })
  if not rows then return nil, err end
  if #rows == 0 then return answer.empty() end
  return answer.document(answer.ordered(rows.columns, rows[1]))
end

return managedb.object {
  object = "customtype",
  summary = "Kinds of custom destinations.",
  without = { "list", "get", "add", "update", "delete" },
  extra = {
    list = { access = "read", handle = list, result = shapes.keyed(COLUMNS, { 1, "AGI" }) },
    get = {
      access = "read", params = { objectid = managedb.OBJECTID }, handle = get,
      result = shapes.record(whole, { ct_id = 1, ct_name = "AGI", ct_code = "AGI", ct_label1 = "URL" }, { only_json = true }),
    },
  },
}
