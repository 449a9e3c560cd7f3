-- .../deleteRecord of the older API.
local client = require "support.mikopbx_legacy"
local mikopbx = require "support.mikopbx"

local MADE = {
  ["call-queues"] = { name = "Q", extension = "760" },
  ["ivr-menu"] = { name = "M", extension = "761" },
  ["conference-rooms"] = { name = "C", extension = "762" },
  ["dialplan-applications"] = { name = "A", extension = "763", applicationlogic = "1,Answer()" },
}

test("each is deleted once, another tenant's never", function(t)
  local headers = client.session(t)
  for resource, body in pairs(MADE) do
    local ask = mikopbx.asker(resource)
    local made = ask(t, "post", "", body)
    t.equal(made.status, 201, made.body)
    local id = made.json.data.id
    local function delete(more)
      return t.http:post(client.API .. "/" .. resource .. "/deleteRecord", { headers = more or headers, form = { id = id } })
    end
    t.equal(delete(mikopbx.bearer(t, t.other_key)).json.result, false)
    t.equal(ask(t, "get", "/" .. id).status, 200)
    t.equal(delete().json.data, { id = id })
    t.equal(ask(t, "get", "/" .. id).status, 422)
    t.equal(delete().json.messages.error, { ("Record with id %s does not exist"):format(id) })
    id = "X-1"
    t.equal(delete().json.result, false)
    t.equal(delete({}).status, 401)
  end
end)

test("a custom destination that is no application stays", function(t)
  t.sql([[INSERT INTO cu_customs (cu_id, cu_te_id, cu_name, cu_ct_id) SELECT 900001, te_id, 'X', ct_id FROM te_tenants, ct_customtypes
    WHERE te_code = 'DEMO' AND ct_code = 'DIALNUMBER']])
  local res = t.http:post(client.API .. "/dialplan-applications/deleteRecord", { headers = client.session(t), form = { id = "DIALPLAN-000DBBA1" } })
  t.equal(res.json.result, false)
  t.equal(t.sql("SELECT count(*) AS n FROM cu_customs WHERE cu_id = 900001")[1].n, 1)
end)
