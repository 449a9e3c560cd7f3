-- States of IAX trunks that other dialects have made.
local ami = require "ami"
local json = require "json"
local shapes = require "mikopbx.lib.shapes"
local store = require "store"

local iax = {}

--- One of them, as both APIs show it.
iax.SHAPE = shapes.record(shapes.members("state id username host noregister", "text"))

-- State by user name and host; nil when the channel driver is not loaded or nobody answers.
local function registrations()
  local answer = ami.action("IAXregistry")
  if not answer then return nil end
  local found = {}
  for _, it in ipairs(answer.events or {}) do
    local host = (it.Host or it.Addr or ""):match("^(.-):?%d*$")
    found[(it.Username or "") .. "@" .. host] = it.State
  end
  return found
end

--- IAX trunks and what Asterisk says of their registration.
function iax.registry(ctx)
  local out = json.array({})
  if not ctx.key.global then return out end
  local rows, err = store.query([[SELECT pr_id, pr_host, pr_peername, pr_disabled, mp_uniqid FROM pr_providers
    LEFT JOIN mk_providers ON mp_pr_id = pr_id WHERE pr_tech = 'IAX2' ORDER BY pr_id]])
  if not rows then return nil, err end
  if #rows == 0 then return out end
  local states = registrations()
  for row in rows:each() do
    local state = states and (states[(row.pr_peername or "") .. "@" .. (row.pr_host or "")] or "Error register.")
    if not states or row.pr_disabled == "on" then state = "OFF" end
    out[#out + 1] = json.ordered("state", state, "id", row.mp_uniqid or "IAX-" .. row.pr_id,
      "username", row.pr_peername or "", "host", row.pr_host or "", "noregister", "0")
  end
  return out
end

return iax
