-- Requests that list what one SELECT finds, streamed.
local answer = require "proxyapi.lib.answer"
local shapes = require "proxyapi.lib.shapes"

local listed = {}

--- Clients read rows by position and by name; plain has each value twice.
listed.TWICE = { positional = true, doubled = true, header = false, trailing = true }

--- A route with the one action list. `declared`: its reqtype, or what it is the `info` of; summary, params, tenant;
--- `select(ctx, params)`, which says {sql, params}, or nil and why not; a row as an `example`; and how it is `written`,
--- if otherwise than answer.stream does.
function listed.route(declared)
  local select, written = declared.select, declared.written
  local function all(ctx) return select(ctx, {}) end
  local result = shapes.list(all, declared.example, written)
  local it = route {
    reqtype = declared.reqtype or "INFO", info = declared.info, summary = declared.summary, params = declared.params,
    actions = { list = { access = "read", tenant = declared.tenant, result = result } },
  }

  function it.list(req)
    local selected, err = select(req.ctx, req.params)
    if not selected then return nil, err end
    return answer.stream(selected.sql, selected.params, written)
  end

  return it
end

return listed
