-- lib.kalliope_failover: forwards as destinations.
local failover = require "kalliope.lib.failover"
local xml = require "xml"

local CTX = { tenant = { id = 1, code = "DEMO" } }

local function read(inner)
  return failover.read(CTX, xml.decode("<user><failover>" .. inner .. "</failover></user>"))
end

test("types become destinations", function(t)
  t.equal(failover.read(CTX, xml.decode("<user/>")), nil)
  t.equal(read("").tags, {})
  t.equal(read("<type>HANGUP</type>").tags, { "SPECIAL-1" })
  t.equal(read("<type>FORWARD_TO_QUEUE_WITHOUT_CHECKTIME</type><destination><value>7</value>"
    .. "</destination>").tags, { "QUEUE-7" })
  local it = read("<type>FORWARD_TO_EXTERNAL_NUMBER</type><destination><value>06</value>"
    .. "<gateway_id>3</gateway_id></destination>")
  t.equal(it.tags, {})
  t.equal(it.given.gateway_id, "3")
end)

test("what is not there is refused", function(t)
  local it, err = read("<type>FORWARD_TO_EXTEN</type><destination><value>999</value></destination>")
  t.equal(it, nil)
  t.equal(err.code, "invalid")
  t.equal(read("<type>NONSENSE</type>"), nil)
end)
