-- reqtype=FLOWS: flows with the state their lamps show.
local answer = require "proxyapi.lib.answer"
local peer = require "model.peer"

local flows = route {
  reqtype = "FLOWS",
  summary = "Read the flows of a tenant and their states.",
  actions = { list = { access = "read" } },
}

function flows.list(req)
  return answer.stream([[
    SELECT fl_id, fl_te_id, fl_name, fl_comment, fl_number, fl_value, fl_value_for_unavailable,
      fl_value_for_inuse, fl_value_for_notinuse, fl_value_for_ringing, fl_variable_name,
      fl_monitor_type, fl_monitor_type_id, fl_monitor_parameter,
      st_extension, st_state, st_timestamp, st_peername
    FROM fl_flows LEFT JOIN st_states ON st_extension = ]] .. peer.sql("fl_number", "?") .. [[
    WHERE fl_te_id = ? ORDER BY fl_id]], { req.tenant.code, req.tenant.id },
    { positional = true, doubled = true, header = false, trailing = true })
end

return flows
