-- kalliope.lib.callgroup: what changes say of a call group.
local callgroup = require "kalliope.lib.callgroup"
local view = require "kalliope.lib.view"
local xml = require "xml"

test("members, priority by priority", function(t)
  local values = callgroup.given(xml.decode("<callgroup><priorities><priority><members><member><exten>1</exten></member>"
    .. "<member><exten>2</exten></member></members></priority><priority><members><member><exten>3</exten></member>"
    .. "</members></priority></priorities></callgroup>"))
  t.equal(values.priorities, { { "1", "2" }, { "3" } })
  t.equal(callgroup.given(xml.decode("<callgroup/>")).priorities, nil)
end)

test("a time that is none is refused", function(t)
  local steps, err = callgroup.steps(view.new({}), { action = "create", values = { timeout = "0" } })
  t.equal(steps, nil)
  t.contains(err.message, "timeout")
end)
