-- model/condition.lua: the condition about the time that leads somewhere is its hours.
local condition = require "model.condition"
local openapi = require "support.openapi"

local CTX, OTHER = { tenant = { id = 1, code = "DEMO" } }, { tenant = { id = 2, code = "OTHER" } }

local phone

local function make(t, kind, key)
  local made = openapi.call(t, "post", "/conditions?tenant=DEMO", { name = kind, type = kind, destinations = { [key] = { "EXT-" .. phone } } })
  t.equal(made.status, 201, made.body)
  return made.json.id
end

test("hours are of the tenant, about the time, and lead while they are true", function(t)
  phone = openapi.call(t, "post", "/extensions?tenant=DEMO", { number = "240", name = "Ann", tech = "PJSIP" }).json.id
  make(t, "SIMPLECALLERID", "CONDITION")
  make(t, "WEEKTIME", "NOTCONDITION")
  t.equal({ condition.hours_of(CTX, "EXT", phone) }, {})
  local first = make(t, "HOURS", "CONDITION")
  make(t, "WEEKDAY", "CONDITION")
  t.equal(condition.hours_of(CTX, "EXT", phone), first)
  t.equal({ condition.hours_of(OTHER, "EXT", phone) }, {})
  t.equal(condition.leads(first, "EXT", phone), true)
  t.equal(condition.leads(first, "EXT", phone + 1), false)
end)
