-- OpenAPI provisioningphone.
local openapi = require "support.openapi"
local call, extension = openapi.call, openapi.extension

test("a phone with its lines and phonebooks", function(t)
  local id = extension(t, "340")
  local book = call(t, "post", "/phonebooks?tenant=DEMO", { name = "P" }).json.id
  local res = call(t, "post", "/phones?tenant=DEMO", { name = "Desk", mac = "00:11:22:aa:bb:cc", ph_line0_ex_id = id,
    password = "pw", phonebooks = { book } })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.ph_mac, "001122AABBCC")
  t.equal(res.json.ph_password, nil)
  t.equal(res.json.related.phonebooks[1].pp_pb_id, tostring(book))
  t.equal(call(t, "post", "/phones?tenant=DEMO", { name = "Bad", mac = "zz" }).json.error.field, "mac")
  local other = call(t, "post", "/phones?tenant=OTHER", { name = "Bad", mac = "001122334455", ph_line0_ex_id = id }, t.other_key)
  t.equal(other.json.error.field, "ph_line0_ex_id")
end)

test("layouts and phonebooks in their order, of the tenant; lines that let go", function(t)
  local demo = t.sql("SELECT te_id FROM te_tenants WHERE te_code = 'DEMO'")[1].te_id
  local other = t.sql("SELECT te_id FROM te_tenants WHERE te_code = 'OTHER'")[1].te_id
  t.sql("INSERT INTO bl_buttonlayouts (bl_id, bl_te_id, bl_name) VALUES (81, ?, 'A'), (82, 0, 'B'), (83, ?, 'C')", { demo, other })
  local first = call(t, "post", "/phonebooks?tenant=DEMO", { name = "P1" }).json.id
  local second = call(t, "post", "/phonebooks?tenant=DEMO", { name = "P2" }).json.id
  local res = call(t, "post", "/phones?tenant=DEMO", { name = "Desk 2", mac = "001122aabbc2", button_layouts = { 82, 81 }, phonebooks = { second, { id = first } } })
  t.equal(res.status, 201, res.body)
  local related = res.json.related
  t.equal({ related.button_layouts[1].pl_bl_id, related.button_layouts[2].pl_bl_id, related.button_layouts[1].pl_order }, { "82", "81", "1" })
  t.equal({ related.phonebooks[1].pp_pb_id, related.phonebooks[2].pp_pb_id }, { tostring(second), tostring(first) })
  local path = "/phones/" .. res.json.id .. "?tenant=DEMO"
  res = call(t, "patch", path, { button_layouts = { 83 } })
  t.equal({ res.status, res.json.error.field }, { 409, "button_layouts" })
  t.equal(call(t, "delete", "/phonebooks/" .. second .. "?tenant=DEMO").status, 200, "a phonebook leaves the phone")
  t.equal(#call(t, "get", path).json.related.phonebooks, 1)
  local id = extension(t, "341")
  t.equal(call(t, "patch", path, { ph_line7_ex_id = id }).status, 200)
  res = call(t, "delete", "/extensions/" .. id .. "?tenant=DEMO")
  t.equal(res.json.error.code, "object_in_use", "any of its lines")
  t.contains(res.json.error.message, "Desk 2")
  t.equal(call(t, "patch", path, { ph_line7_ex_id = "" }).status, 200)
  t.equal(call(t, "delete", "/extensions/" .. id .. "?tenant=DEMO").status, 200)
end)
