-- kalliope.lib.failover: forwards as destinations.
local client = require "support.kalliope"
local failover = require "kalliope.lib.failover"
local openapi = require "support.openapi"
local view = require "kalliope.lib.view"
local xml = require "xml"
local send, get, code, apply = client.send, client.get, client.code, client.apply

local CTX = { tenant = { id = 1, code = "DEMO" } }

local function read(inner) return failover.given(xml.decode("<user><failover>" .. inner .. "</failover></user>")) end

local function tags(inner) return failover.tags(view.new(CTX), read(inner)) end

test("types become destinations", function(t)
  t.equal(failover.given(xml.decode("<user/>")), nil)
  t.equal(tags(""), {})
  t.equal(tags("<type>HANGUP</type>"), { "SPECIAL-1" })
  t.equal(tags("<type>FORWARD_TO_QUEUE_WITHOUT_CHECKTIME</type><destination><value>7</value>"
    .. "</destination>"), { "QUEUE-7" })
  local it = read("<type>FORWARD_TO_EXTERNAL_NUMBER</type><destination><value>06</value>"
    .. "<gateway_id>3</gateway_id></destination>")
  t.equal(it.gateway_id, "3")
end)

test("what is not there is refused", function(t)
  local it, err = tags("<type>FORWARD_TO_EXTEN</type><destination><value>999</value></destination>")
  t.equal(it, nil)
  t.equal(err.code, "invalid")
  t.equal(tags("<type>NONSENSE</type>"), nil)
end)

test("what the store has keeps the type that was given for it", function(t)
  local given = '{"type":"FORWARD_TO_QUEUE_WITH_CHECKTIME","intro":"5"}'
  t.equal(failover.stored("QUEUE-7", given).type, "FORWARD_TO_QUEUE_WITH_CHECKTIME")
  t.equal(failover.stored("QUEUE-7", given).intro, "5")
  t.equal(failover.stored("QUEUE-7").type, "FORWARD_TO_QUEUE_WITHOUT_CHECKTIME")
  t.equal(failover.stored("EXT-7", given).type, "FORWARD_TO_EXTEN")
  -- the announcement is gone since
  t.equal(failover.tags(view.new(CTX), failover.stored("EXT-7", given)), { "EXT-7" })
end)

---- hours of call groups and queues, and failovers that go by them

local TIMES = { "WEEKTIME", "PERIOD", "CALENDAR", "HOURS", "WEEKDAY", "DAYOFMONTH", "DATEEXACT", "DATELESSER", "DATEGREATER",
  "DATEBETWEEN", "MULTIPLEDESTINATIONOVERWEEKTIME" }

local function condition(t, kind, tag, key)
  local made = openapi.call(t, "post", "/conditions?tenant=DEMO", { name = kind, type = kind, destinations = { [key or "CONDITION"] = { tag } } })
  t.equal(made.status, 201, made.body)
  return made.json.id
end

-- Gives the user a failover; returns where calls then go, and the element that shows it.
local function leads(t, kind, value)
  t.equal(code(send(t, "put", "/users/configs/280", ("<user><failover><type>%s</type><destination><value>%s</value></destination>"
    .. "</failover></user>"):format(kind, value)), "user"), "0")
  apply(t)
  local row = t.sql("SELECT de_type_dst AS kind, de_type_id_dst AS id FROM de_destinations JOIN ex_extensions ON ex_id = de_type_id_src "
    .. "WHERE ex_number = '280' AND de_type_src = 'EXT-BUSY'")[1]
  local config = xml.child(xml.child(get(t, "/users/configs/280").root, "configs"), "config")
  local it = xml.child(config, "failover")
  return row.kind .. "-" .. row.id, { xml.value(it, "type"), xml.value(xml.child(it, "destination"), "value"),
    xml.value(xml.child(it, "destination"), "name") }
end

local function prepared(t)
  send(t, "post", "/users/configs", "<user><exten>280</exten><sip_secret>pw-280-secret</sip_secret><first_name>A</first_name>"
    .. "<last_name>B</last_name></user>")
  send(t, "post", "/pbx/callgroups", "<callgroup><name>Hours</name><selection>680</selection></callgroup>")
  apply(t)
  return t.sql("SELECT hu_id AS id FROM hu_huntlists WHERE hu_number = '680'")[1].id
end

-- It was the same as WITHOUT: calls rang a group that was closed.
test("with its hours, of each type, and without", function(t)
  local id = prepared(t)
  local with, without = "FORWARD_TO_CALLGROUP_WITH_CHECKTIME", "FORWARD_TO_CALLGROUP_WITHOUT_CHECKTIME"
  t.equal({ leads(t, with, id) }, { "HUNTLIST-" .. id, { with, tostring(id), "Hours" } }) -- it has none
  condition(t, "SIMPLECALLERID", "HUNTLIST-" .. id)
  condition(t, "WEEKTIME", "HUNTLIST-" .. id, "NOTCONDITION")
  t.equal((leads(t, with, id)), "HUNTLIST-" .. id) -- neither says when it is open
  for _, kind in ipairs(TIMES) do
    local hours = condition(t, kind, "HUNTLIST-" .. id, kind == "MULTIPLEDESTINATIONOVERWEEKTIME" and "CONDITION2" or nil)
    t.equal({ leads(t, with, id) }, { "CONDITION-" .. hours, { with, tostring(id), "Hours" } }, kind)
    t.equal({ leads(t, "FORWARD_TO_CHECKTIME", hours) }, { "CONDITION-" .. hours, { "FORWARD_TO_CHECKTIME", tostring(hours), kind } })
    t.equal({ leads(t, without, id) }, { "HUNTLIST-" .. id, { without, tostring(id), "Hours" } })
    t.equal(openapi.call(t, "delete", "/conditions/" .. hours .. "?tenant=DEMO").status, 200)
  end
  -- Another dialect has the hours lead elsewhere: it is a time check now.
  local hours = condition(t, "HOURS", "HUNTLIST-" .. id)
  leads(t, with, id)
  openapi.call(t, "patch", "/conditions/" .. hours .. "?tenant=DEMO", { destinations = { CONDITION = {} } })
  local config = get(t, "/users/configs/280").body
  t.contains(config, "<type>FORWARD_TO_CHECKTIME</type><destination><name>HOURS</name><value>" .. hours .. "</value>")
  t.equal(code(send(t, "put", "/users/configs/280", "<user><failover><type>FORWARD_TO_CHECKTIME</type><destination><value>99999</value>"
    .. "</destination></failover></user>"), "user"), "14")
end)

test("the same of a queue, and of a call group's failover", function(t)
  t.sql("INSERT INTO qu_queues (qu_id, qu_te_id, qu_name, qu_number) VALUES (8801, 1, 'Support', '688')")
  local hours = condition(t, "WEEKDAY", "QUEUE-8801")
  t.equal((leads(t, "FORWARD_TO_QUEUE_WITH_CHECKTIME", 8801)), "CONDITION-" .. hours)
  t.equal((leads(t, "FORWARD_TO_QUEUE_WITHOUT_CHECKTIME", 8801)), "QUEUE-8801")
  local id = t.sql("SELECT hu_id AS id FROM hu_huntlists WHERE hu_number = '680'")[1].id
  t.equal(code(send(t, "put", "/pbx/callgroups/" .. id, "<callgroup><priorities/><failover><type>FORWARD_TO_QUEUE_WITH_CHECKTIME</type>"
    .. "<destination><value>8801</value></destination></failover></callgroup>"), "callgroup"), "0")
  local waiting = get(t, "/pbx/callgroups/" .. id).body
  apply(t)
  t.equal(get(t, "/pbx/callgroups/" .. id).body, waiting)
  t.contains(waiting, "<type>FORWARD_TO_QUEUE_WITH_CHECKTIME</type><destination><name>Support</name><value>8801</value>")
  t.equal(t.sql("SELECT de_type_dst || '-' || de_type_id_dst AS tag FROM de_destinations WHERE de_type_src = 'HUNTLIST-TIMEOUT' "
    .. "AND de_type_id_src = :id", { id = id })[1].tag, "CONDITION-" .. hours)
end)
