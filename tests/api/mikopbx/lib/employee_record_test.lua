-- An employee as one record of the older API.
local client = require "support.mikopbx"
local API = "/pbxcore/api/extensions/"

test("another tenant's is as one that is not there, a key that may only read changes none and sees no password", function(t)
  local id = client.employee(t, "231", "Ann").json.data.id
  local function get(key) return t.http:get(API .. "getRecord?id=" .. id, { headers = client.bearer(t, key) }).json.data end
  t.equal({ get().number, get().sip_uniqid, get().sip_secret }, { "231", ("SIP-PHONE-%08X"):format(id), "S3cure-Pass-1!" })
  t.equal({ get(t.other_key).id, get(t.other_key).user_username }, { "", "" })
  t.equal({ get(t.read_key).number, get(t.read_key).sip_secret }, { "231", "" })
  local function post(action, key, json) return t.http:post(API .. action, { headers = client.bearer(t, key), json = json }) end
  t.equal(post("saveRecord", t.read_key, { user_id = id, user_username = "X" }).status, 403)
  for _, action in ipairs({ "saveRecord", "deleteRecord" }) do
    local res = post(action, t.other_key, { id = id, user_username = "X" })
    t.equal({ res.json.result, res.json.messages.error }, { false, { ("Extension with id %s does not exist"):format(id) } })
  end
  t.equal(get().user_username, "Ann")
end)
