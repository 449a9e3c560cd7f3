-- /ivr-menu: the menus that the other dialects see.
local client = require "support.mikopbx"
local ask = client.asker("ivr-menu")

local function sound(t)
  t.sql("INSERT INTO me_mediafiles (me_id, me_te_id, me_name) SELECT 7, te_id, 'Hello' FROM te_tenants WHERE te_code = 'DEMO'")
end

test("a menu is an IVR with a number, a sound and keys", function(t)
  client.employee(t, "201", "John")
  client.employee(t, "202", "Ann")
  sound(t)
  local res = ask(t, "post", "", { name = "Main", extension = "600", description = "d", timeout = 5, number_of_repeat = 2,
    allow_enter_any_internal_extension = true, timeout_extension = "202", audio_message_id = "7",
    actions = { { digits = "1", extension = "201" }, { digits = "*", extension = "busy" }, { digits = 55, extension = "202" } } })
  t.equal(res.status, 201)
  local it = res.json.data
  t.matches(it.id, "^IVR%-%x%x%x%x%x%x%x%x$")
  t.equal(res.json.reload, "ivr-menu/modify/" .. it.id)
  t.equal({ it.name, it.extension, it.description, it.timeout, it.number_of_repeat, it.allow_enter_any_internal_extension,
    it.timeout_extension, it.audio_message_id, #it.actions }, { "Main", "600", "d", 5, 2, true, "202", "7", 3 })
  t.equal({ it.actions[1].digits, it.actions[2].digits, it.actions[2].extension, it.actions[3].digits }, { "1", "55", "202", "*" })
  t.matches(it.actions[1].extension_represent, "John <201>$")
  t.matches(it.audio_message_id_represent, "Hello$")
  t.equal(ask(t, "get", "/" .. it.id).json.data, it)
  local row = ask(t, "get", "").json.data[1]
  t.equal({ row.id, #row.actions, row.actions[3].represent }, { it.id, 3, "busy" })
  local found = t.sql("SELECT de_type_src, de_type_dst FROM de_destinations WHERE de_type_src LIKE '%IVR%' ORDER BY de_type_src")
  local sources = {}
  for i, one in ipairs(found) do sources[i] = one.de_type_src .. "=" .. one.de_type_dst end
  t.equal(sources, { "CUSTOMIVR_55=EXT", "IVR_1=EXT", "IVR_MEDIAFILE=MEDIAFILE", "IVR_STAR=SPECIAL", "IVR_TIMEOUT=EXT", "IVR_WRONG=EXT" })
  t.equal(t.sql("SELECT kind FROM dialplan_number WHERE id LIKE '%-600'"), { { kind = "IVR" } })
end)

test("a change leaves keys that it does not name, and takes those it leaves out", function(t)
  local id = ask(t, "get", "").json.data[1].id
  local it = ask(t, "patch", "/" .. id, { name = "Menu", timeout_extension = "" }).json.data
  t.equal({ it.name, it.timeout_extension, #it.actions, it.audio_message_id }, { "Menu", "", 3, "7" })
  it = ask(t, "patch", "/" .. id, { actions = { { digits = "0", extension = "hangup" } }, audio_message_id = "" }).json.data
  t.equal({ #it.actions, it.actions[1].digits, it.actions[1].extension, it.audio_message_id }, { 1, "0", "hangup", "" })
  it = ask(t, "put", "/" .. id, { name = "Whole", extension = "601" }).json.data
  t.equal({ #it.actions, it.timeout, it.number_of_repeat, it.allow_enter_any_internal_extension, it.description },
    { 0, 7, 3, false, "" })
  t.equal(ask(t, "get", "/" .. id .. ":copy").json.data.name, "copy of Whole")
  t.equal(ask(t, "get", ":getDefault").json.data.timeout, 7)
end)

test("what is wrong is named", function(t)
  local function wrong(json) return ask(t, "post", "", json).json.messages.error end
  local function with(more)
    more.name, more.extension = more.name or "x", more.extension or "602"
    return more
  end
  t.equal(wrong({}), { name = "is required", extension = "is required" })
  t.truthy(wrong(with({ extension = "6" })).extension)
  t.matches(wrong(with({ timeout_extension = "999" })).timeout_extension, "no such number: 999")
  t.matches(wrong(with({ actions = { { digits = "1", extension = "999" } } })).actions, "no such number: 999")
  t.truthy(wrong(with({ actions = { { digits = "1" } } })).actions)
  t.truthy(wrong(with({ actions = { { digits = "a", extension = "201" } } })).actions)
  t.truthy(wrong(with({ actions = { "1" } })).actions)
  t.truthy(wrong(with({ actions = { { digits = "1", extension = "201" }, { digits = "1", extension = "202" } } })).actions)
  t.truthy(wrong(with({ audio_message_id = "9" })).audio_message_id)
  t.equal(ask(t, "post", "", with({ extension = "201" })).status, 409)
  t.equal(t.http:post(client.BASE .. "/employees", { headers = client.bearer(t), json = { number = "601",
    user_username = "Taken", sip_secret = "S3cure-Pass-1!" } }).status, 409)
  t.equal(ask(t, "post", "", with({}), t.read_key).status, 403)
  local id = ask(t, "get", "").json.data[1].id
  t.equal(ask(t, "get", "/" .. id, nil, t.other_key).status, 422)
  t.equal(ask(t, "delete", "/" .. id).json.data, {})
  t.equal(ask(t, "delete", "/" .. id).status, 404)
end)

test("a menu is where a route, a forward and another menu lead", function(t)
  local it = ask(t, "post", "", { name = "Second", extension = "603" }).json.data
  local route = t.http:post(client.BASE .. "/incoming-routes", { headers = client.bearer(t),
    json = { number = "7495", extension = "603" } }).json.data
  t.equal({ route.extension, route.extensionName }, { "603", "Second" })
  t.equal(ask(t, "post", "", { name = "Third", extension = "604", actions = { { digits = "1", extension = "603" } } }).status, 201)
  t.equal(ask(t, "delete", "/" .. it.id).status, 409)
  local list = t.http:get(client.BASE .. "/extensions", { headers = client.bearer(t), query = { search = "Second" } }).json.data
  t.equal({ #list, list[1].number, list[1].type }, { 1, "603", "IVR MENU" })
end)
