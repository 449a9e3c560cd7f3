-- OpenAPI /ailogs and its export.
local openapi = require "support.openapi"
local call = openapi.call

test("calls of AI destinations, listed and exported", function(t)
  t.sql("INSERT INTO ai_ailogs (ai_te_id, ai_uniqueid, ai_callerid, ai_start, ai_total_tokens) "
    .. "SELECT te_id, 'x.1', '39', '2026-01-02 10:00:00', 5 FROM te_tenants WHERE te_code = 'DEMO'")
  local day = "tenant=DEMO&start=2026-01-02&end=2026-01-02"
  t.equal(call(t, "get", "/ailogs?" .. day).json[1].ai_total_tokens, "5")
  t.equal(#call(t, "get", "/ailogs?callerid=7&" .. day).json, 0)
  local res = call(t, "get", "/ailogs/export?" .. day)
  t.matches(res.headers["content-type"], "^text/csv")
  t.matches(res.body, "^ai_id,ai_te_id,")
  t.equal(#call(t, "get", "/ailogs?tenant=OTHER&start=2026-01-02", nil, t.other_key).json, 0)
end)

test("every filter, every name, JSON and CSV, the compatibility form", function(t)
  local demo = t.sql("SELECT te_id FROM te_tenants WHERE te_code = 'DEMO'")[1].te_id
  t.sql("INSERT INTO cu_customs (cu_id, cu_te_id, cu_name) VALUES (71, ?, 'Agent')", { demo })
  t.sql("INSERT INTO ai_ailogs (ai_id, ai_te_id, ai_cu_id, ai_uniqueid, ai_callerid, ai_start, ai_end, ai_duration, ai_talk, ai_total_tokens, "
    .. "ai_input_tokens, ai_output_tokens) VALUES (501, ?, 71, 'y.1', '=39', '2026-03-01 10:00:00', '2026-03-01 10:01:00', 60, 50, 9, 4, 5), "
    .. "(502, ?, NULL, 'y.2', '40', '2026-03-01 23:59:59', NULL, 1, 1, 1, 1, 0)", { demo, demo })
  local function found(query) return openapi.column(t, "/ailogs?tenant=DEMO&" .. query, "ai_id") end
  local day = "start=2026-03-01&end=2026-03-01&"
  for query, expected in pairs({ [day] = "501 502", [day .. "id=501,502"] = "501 502", ["id=502"] = "502", ["uniqueid=y.1"] = "501",
    [day .. "callerid=40"] = "502", [day .. "customid=71"] = "501", [day .. "limit=1&offset=1"] = "502", ["start=2026-03-02&end=2026-03-03"] = "" }) do
    t.equal(found(query), expected, query)
  end
  local row = call(t, "get", "/ailogs?tenant=DEMO&id=501").json[1]
  t.equal({ row.cu_name, row.ai_talk, row.ai_input_tokens, row.ai_output_tokens }, { "Agent", "50", "4", "5" })
  for _, name in ipairs({ "ailogs", "ailog", "ai_log", "ai_logs" }) do
    t.equal(#call(t, "get", "/" .. name .. "?tenant=DEMO&id=501").json, 1, name)
  end
  for _, path in ipairs({ "/ailogs?format=csv&", "/ailogs/export?", "?object=ailogs&action=export&" }) do
    local res = call(t, "get", path .. "tenant=DEMO&" .. day)
    t.matches(res.headers["content-type"], "^text/csv", path)
    t.contains(res.headers["content-disposition"], "ailogs.csv")
    t.equal(select(2, res.body:gsub("\n", "")), 3, "a header and two rows")
    t.contains(res.body, ",'=39,", "a caller's name runs nothing in a spreadsheet")
  end
  t.equal(#call(t, "get", "?object=ailogs&action=list&tenant=DEMO&id=501").json, 1)
  t.equal(call(t, "get", "/ailogs?tenant=DEMO&format=xml").json.error.field, "format")
  t.equal(#call(t, "get", "/ailogs?tenant=%25&" .. day, nil, t.global_key).json, 2)
end)
