-- kalliope.lib.failover: forwards as destinations.
local failover = require "kalliope.lib.failover"
local view = require "kalliope.lib.view"
local xml = require "xml"

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
