-- MANAGEDB object customtype: the kinds of custom destinations there are, the same for every tenant.
local answer = require "proxyapi.lib.answer"
local managedb = require "proxyapi.lib.managedb"
local store = require "store"

local function list()
  local rows, err = store.query("SELECT ct_id, ct_name FROM ct_customtypes ORDER BY ct_id")
  if not rows then return nil, err end
  return answer.document(managedb.keyed(rows:list(), "ct_id", rows.columns))
end

local function get(req)
  local rows, err = store.query("SELECT * FROM ct_customtypes WHERE ct_id = ?",
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
    list = { access = "read", handle = list },
    get = { access = "read", params = { objectid = managedb.OBJECTID }, handle = get },
  },
}
