-- /cdrcallcenter: the code of a PBX without the licence for it.
local crypto = require "crypto"
local xml = require "xml"

test("says that the licence is missing, as the document does", function(t)
  local res = t.http:post("/rest/cdrcallcenter", {
    headers = {
      Authorization = "Basic " .. crypto.base64("admin:" .. crypto.md5(t.password)),
      ["Content-Type"] = "text/xml",
    },
    body = "<kpbx_request><request_id>c1</request_id><cdrcallercenter/></kpbx_request>",
  })
  local root = xml.decode(res.body)
  t.equal({ res.status, xml.value(root, "request_id") }, { 200, "c1" })
  local outcome = xml.child(xml.child(root, "cdrcallcenter"), "error_code")
  t.equal(xml.value(outcome, "code"), "10")
end)
