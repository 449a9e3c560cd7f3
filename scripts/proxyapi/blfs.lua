-- reqtype=BLFS: what the lamps show for the phones and flows of a tenant.
local answer = require "proxyapi.lib.answer"
local peer = require "model.peer"

local blfs = route {
  reqtype = "BLFS",
  summary = "Read the lamp states of peers and flows.",
  actions = { list = { access = "read" } },
}

function blfs.list(req)
  -- By number and not by name ending: 100-X-DEMO would pass for a peer of DEMO. A phone at rest that
  -- does not want to be disturbed is busy, as its lamp is.
  return answer.stream([[
    SELECT st_extension,
      CASE WHEN ex_dnd = 'on' AND st_state = 'NOT_INUSE' THEN 'BUSY' ELSE st_state END AS st_state,
      st_timestamp FROM ex_extensions
    JOIN st_states ON st_extension = ]] .. peer.sql("ex_number", ":code") .. [[ WHERE ex_te_id = :id
    UNION
    SELECT st_extension, st_state, st_timestamp FROM fl_flows
    JOIN st_states ON st_extension = ]] .. peer.sql("fl_number", ":code") .. [[ WHERE fl_te_id = :id
    ORDER BY 1]], { code = req.tenant.code, id = req.tenant.id },
    { positional = true, doubled = true, header = false, trailing = true })
end

return blfs
