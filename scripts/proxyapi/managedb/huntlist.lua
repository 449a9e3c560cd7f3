-- MANAGEDB object huntlist, and the extensions it rings.
local managedb = require "proxyapi.lib.managedb"

local WITH_DATA = { objectid = managedb.OBJECTID, jsondata = managedb.JSONDATA }

local function members(req) return managedb.source(req, "HUNTLIST", req.params.objectid) end

local function set_members(req) return managedb.replace_source(req, "HUNTLIST", req.params.objectid) end

return managedb.object {
  object = "huntlist",
  summary = "Numbers that ring several extensions.",
  model = require "model.huntlist",
  short = { "hu_id", "hu_name", "hu_number" },
  example = { 7, "Sales", "610" },
  extra = {
    getextensions = { access = "read", params = { objectid = managedb.OBJECTID }, handle = members, result = managedb.SOURCE },
    setextensions = { access = "write", params = WITH_DATA, handle = set_members, result = managedb.SOURCE },
  },
}
