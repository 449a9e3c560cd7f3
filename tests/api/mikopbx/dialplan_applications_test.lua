-- /dialplan-applications: custom destinations with a number, which run steps.
local client = require "support.mikopbx"
local ask = client.asker("dialplan-applications")

test("an application is a custom destination with a number", function(t)
  local res = ask(t, "post", "", { name = "Echo", extension = "*99", description = "d",
    applicationlogic = "1,Answer()\nn,Playback(demo-echotest)\nn,Echo()" })
  t.equal(res.status, 201)
  local it = res.json.data
  t.matches(it.id, "^DIALPLAN%-%x%x%x%x%x%x%x%x$")
  t.equal({ it.name, it.extension, it.description, it.type, it.hint, it.applicationlogic },
    { "Echo", "*99", "d", "plaintext", "", "1,Answer()\nn,Playback(demo-echotest)\nn,Echo()" })
  t.equal(t.sql("SELECT code, a FROM dialplan_custom"), { { code = "STEPS", a = "Answer^|Playback^demo-echotest|Echo^" } })
  t.equal(t.sql("SELECT kind FROM dialplan_number WHERE id LIKE '%-*99'"), { { kind = "CUSTOM" } })
  t.equal(ask(t, "get", "/" .. it.id).json.data, it)
  t.equal(ask(t, "get", "").json.data, { it })
  local changed = ask(t, "patch", "/" .. it.id, { name = "Again" }).json.data
  t.equal({ changed.name, changed.applicationlogic }, { "Again", it.applicationlogic })
  t.equal(ask(t, "put", "/" .. it.id, { name = "Whole", extension = "990", type = "none" }).json.data.applicationlogic, "")
  t.equal(ask(t, "get", "/" .. it.id .. ":copy").json.data.extension, "")
  t.equal(ask(t, "get", ":getDefault").json.data.type, "plaintext")
end)

test("what cannot be run safely is refused by name", function(t)
  local function wrong(json)
    json.name, json.extension = json.name or "x", json.extension or "991"
    return ask(t, "post", "", json).json.messages.error
  end
  for _, kind in ipairs({ "php", "python3", "lua", "ael" }) do
    t.equal(wrong({ type = kind, applicationlogic = "1" }).type, "code is not run here: " .. kind)
  end
  t.truthy(wrong({ applicationlogic = "n,System(reboot)" }).applicationlogic)
  t.truthy(wrong({ applicationlogic = "n,NoOp(${SHELL(id)})" }).applicationlogic)
  t.truthy(wrong({ type = "none", applicationlogic = "n,Answer()" }).applicationlogic)
  t.truthy(wrong({ hint = "Custom:x" }).hint)
  t.truthy(wrong({ extension = "9X" }).extension)
  t.matches(wrong({ type = "perl" })[1], "^Field 'type' must be one of")
  t.equal(ask(t, "post", "", { name = "x", extension = "990" }).status, 409)
end)

test("no other dialect has a call run more", function(t)
  local made = t.http:post("/mirtapbx/openapi.php/customdestinations", { headers = { ["X-API-Key"] = t.key },
    query = { tenant = "DEMO" }, json = { name = "y", type_id = t.sql("SELECT ct_id FROM ct_customtypes WHERE ct_code = 'STEPS'")[1].ct_id,
      cu_param1 = "System^reboot" } })
  t.equal(made.status, 400, made.body)
  t.contains(made.body, "cu_param1")
end)

test("steps that another dialect wrote are shown as lines", function(t)
  local id = ask(t, "get", "").json.data[1].id
  t.sql("UPDATE cu_customs SET cu_param1 = 'Answer^|NUMBER^201'")
  t.equal(ask(t, "get", "/" .. id).json.data.applicationlogic, "1,Answer()\nn,Goto(internal,201,1)")
  t.equal(ask(t, "delete", "/" .. id).json.data, {})
  t.equal(#t.sql("SELECT 1 FROM mk_applications"), 0)
end)
