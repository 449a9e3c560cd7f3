-- lib.report: formats of call records.
local PATH = "/mirtapbx/openapi.php"

test("xml, json and a type of one's own", function(t)
  local function get(query)
    return t.http:get(PATH .. "/cdrs?tenant=DEMO&" .. query, { headers = { ["X-API-Key"] = t.key } })
  end
  t.matches(get("format=xml").headers["content-type"], "^text/xml")
  t.equal(get("format=json").body, "[]")
  t.sql("INSERT INTO td_cdrtemplates (td_te_id, td_name, td_body) VALUES (0, 'r', 'a{row_loop}b{/row_loop}c')")
  local res = get("template=r&contenttype=text/x-mine")
  t.equal(res.body, "ac")
  t.matches(res.headers["content-type"], "^text/x%-mine")
end)
