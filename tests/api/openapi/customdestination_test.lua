-- OpenAPI customdestination.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

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
