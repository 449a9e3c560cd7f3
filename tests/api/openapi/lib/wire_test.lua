-- openapi/lib/wire.lua: an object's parts as text.
local json = require "json"
local store = require "store"
local wire = require "openapi.lib.wire"

local MODEL = { name = "thing" }

local function rows(text) return assert(store.query(text)) end

test("columns are texts, the id is a number", function(t)
  local text = wire.object(MODEL, { rows = rows("SELECT 7 AS n, NULL AS gone, 'a\"b' AS word, 3 AS id"), sections = {}, related = {} })
  t.equal(text, '{"n":"7","gone":null,"word":"a\\"b","id":3,"object":"thing","related":[]}')
end)

test("parts are lists, single rows, values and parts again", function(t)
  local none = rows("SELECT 1 AS n WHERE 1 = 0")
  local text = wire.object(MODEL, { rows = rows("SELECT 3 AS id"), sections = {
    { name = "detail", parts = { { name = "row", row = { n = 60, text = "x" } }, { name = "other", one = true } } },
    { name = "values", value = json.object({}) },
  }, related = {
    { name = "many", rows = rows("SELECT 1 AS n UNION ALL SELECT 2") }, { name = "one", rows = rows("SELECT 1 AS n"), one = true },
    { name = "nobody", rows = none, one = true }, { name = "nothing", rows = none }, { name = "unasked" }, { name = "flag", value = false },
  } })
  t.equal(text, '{"id":3,"object":"thing","detail":{"row":{"n":"60","text":"x"},"other":false},"values":{},"related":{'
    .. '"many":[{"n":"1"},{"n":"2"}],"one":{"n":"1"},"nobody":false,"nothing":[],"unasked":[],"flag":false}}')
end)

test("destinations stand by their source, TYPE-ID beside the parts", function(t)
  local found = rows("SELECT 5 AS de_id, 1 AS de_te_id, 'IVR-1' AS de_type_src, 9 AS de_type_id_src, 'HANGUPX' AS de_type_dst, "
    .. "4 AS de_type_id_dst, 0 AS de_ord")
  local text = wire.object(MODEL, { rows = rows("SELECT 3 AS id"), sections = {}, related = {}, destinations = found })
  t.equal(json.decode(text).related.destinations, { ["IVR-1"] = { { type = "HANGUPX", id = 4, tag = "HANGUPX-4", de_id = "5",
    de_te_id = "1", de_type_src = "IVR-1", de_type_id_src = "9", de_type_dst = "HANGUPX", de_type_id_dst = "4", de_ord = "0" } } })
  text = wire.object(MODEL, { rows = rows("SELECT 3 AS id"), sections = {}, related = { { name = "flag", value = true } },
    destinations = rows("SELECT 1 AS n WHERE 1 = 0") })
  t.equal(text, '{"id":3,"object":"thing","related":{"destinations":[],"flag":true}}')
end)
