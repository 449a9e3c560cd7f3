-- MANAGEDB object destination: where a source sends its calls.
local managedb = require "proxyapi.lib.managedb"

local SOURCE = {
  typesrc = { required = true, pattern = "[%w_-]+", max = 40, summary = "DID, CONDITION ..." },
  typeidsrc = { type = "integer", required = true, summary = "id of the source" },
}

local function list(req)
  return managedb.source(req, req.params.typesrc:upper(), req.params.typeidsrc)
end

local function replace(req)
  return managedb.replace_source(req, req.params.typesrc:upper(), req.params.typeidsrc)
end

local with_data = { jsondata = managedb.JSONDATA }
for name, it in pairs(SOURCE) do with_data[name] = it end

return managedb.object {
  object = "destination",
  summary = "Destinations of a source, in order.",
  without = { "list", "get", "add", "update", "delete" },
  extra = {
    list = { access = "read", params = SOURCE, handle = list, result = managedb.SOURCE },
    replace = { access = "write", params = with_data, handle = replace, result = managedb.SOURCE },
  },
}
