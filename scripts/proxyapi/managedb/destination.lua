-- MANAGEDB object destination: where a source sends its calls.
local answer = require "lib.answer"
local destination = require "lib.destination"
local json = require "json"
local managedb = require "lib.managedb"
local source = require "model.source"

local COLUMNS = {
  "de_id", "de_te_id", "de_type_src", "de_type_id_src", "de_type_dst", "de_type_id_dst", "de_ord",
}
local SOURCE = {
  typesrc = { required = true, pattern = "[%w_-]+", max = 40, summary = "DID, CONDITION ..." },
  typeidsrc = { type = "integer", required = true, summary = "id of the source" },
}

local function rows_of(req)
  local rows, err = source.rows(req.ctx, req.params.typesrc:upper(), req.params.typeidsrc)
  if not rows then return nil, err end
  return answer.list(COLUMNS, rows:list())
end

local function replace(req)
  local tags = json.decode(req.params.jsondata or "")
  if type(tags) ~= "table" then return answer.refused("Invalid jsondata") end
  local key = req.params.typesrc:upper()
  local items, err = destination.read(key, tags)
  if not items then return nil, err end
  local done
  done, err = source.replace(req.ctx, key, req.params.typeidsrc, items)
  if not done then return nil, err end
  return rows_of(req)
end

local with_data = { jsondata = managedb.JSONDATA }
for name, it in pairs(SOURCE) do with_data[name] = it end

return managedb.object {
  object = "destination",
  summary = "Destinations of a source, in order.",
  without = { "list", "get", "add", "update", "delete" },
  extra = {
    list = { access = "read", params = SOURCE, handle = rows_of },
    replace = { access = "write", params = with_data, handle = replace },
  },
}
