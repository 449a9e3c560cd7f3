-- OpenAPI customdestination.
local call = require("support.openapi").call

test("a custom destination has a known type", function(t)
  local res = call(t, "post", "/customs?tenant=DEMO", { name = "Dial", type_id = 1, cu_param1 = "123",
    extended_infos = { { param1 = "a" } } })
  t.equal(res.status, 201, res.body)
  t.equal(res.json.related.extended_infos[1].ce_param1, "a")
  t.equal(#res.json.related.binary_files, 0)
  t.equal(call(t, "post", "/customs?tenant=DEMO", { name = "Dial", type_id = 999 }).json.error.field, "type_id")
  t.equal(call(t, "post", "/customs?tenant=DEMO", { name = "Dial" }).json.error.code, "missing_required_field")
end)

test("binary records are listed without their bytes and replaced as a whole", function(t)
  local res = call(t, "post", "/customs?tenant=DEMO", { name = "Files", type_id = 1,
    binary_files = { { name = "a.bin", data_base64 = "aGVsbG8=" }, { name = "b.bin", data_base64 = "AAAA" } } })
  t.equal(res.status, 201, res.body)
  local files = res.json.related.binary_files
  t.equal(#files, 2)
  t.equal(files[1].cb_name, "a.bin")
  t.equal(files[1].cb_size, "5")
  t.equal(files[1].cb_data, nil)
  t.falsy(res.body:find("aGVsbG8", 1, true))
  t.equal(t.sql("SELECT CAST(cb_data AS TEXT) AS bytes FROM cb_custombinaries WHERE cb_name = 'a.bin'")[1].bytes, "hello")
  res = call(t, "patch", "/custom?id=" .. res.json.id .. "&tenant=DEMO", { binary_files = { { name = "c", data_base64 = "" } } })
  t.equal(#res.json.related.binary_files, 1)
  t.equal(call(t, "post", "/customs?tenant=DEMO", { name = "F", type_id = 1, binary_files = { { name = "x", data_base64 = "%" } } })
    .json.error.field, "binary_files")
  call(t, "delete", "/custom?id=" .. res.json.id .. "&tenant=DEMO")
  t.equal(#t.sql("SELECT 1 FROM cb_custombinaries"), 0)
end)

test("what a type of custom destination does not follow is refused, by name", function(t)
  local extension = call(t, "post", "/extensions?tenant=DEMO", { number = "100", password = "secret-100" }).json.id
  local there = { "EXT-" .. extension }
  local res = call(t, "post", "/customs?tenant=DEMO", { name = "Dial", type_id = 1, cu_param1 = "100", onanswer = there,
    caller_hangup = there, split_caller = there })
  t.equal(res.status, 201, res.body)
  local id = res.json.id
  local function refused(body, field)
    local answer = call(t, body.name and "post" or "patch", body.name and "/customs?tenant=DEMO"
      or "/custom?id=" .. id .. "&tenant=DEMO", body)
    t.equal(answer.status, 400, answer.body)
    t.equal(answer.json.error.field, field)
  end
  refused({ name = "Set", type_id = 4, onanswer = there }, "onanswer")
  refused({ name = "Dial", type_id = 1, destinations = { ["PRIVACY-DONTCALL"] = there } }, "PRIVACY-DONTCALL")
  refused({ name = "Back", type_id = 5, random_destination1 = there }, "random_destination1")
  refused({ type_id = 6 }, "CTONANSWER") -- those that are there would be followed no more
  t.equal(call(t, "post", "/customs?tenant=DEMO", { name = "Lot", type_id = 6, random_destination20 = there }).status, 201)
end)
