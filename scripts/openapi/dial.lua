-- OpenAPI /dial: ring a source, then connect it to a destination.
local call = require "model.call"
local json = require "json"
local resource = require "openapi.lib.resource"

local TEXT = { type = "string" }
local RESULT = {
  type = "object", required = { "source", "dest" }, properties = {
    dry_run = { type = "boolean", description = "Only checked; there is nothing else then." },
    Response = { type = "string", enum = { "Success" } }, Message = TEXT,
    ID = { type = "string", description = "Of this originate; call records show it as originateid." },
    source = TEXT, dest = TEXT, server = TEXT, node = TEXT,
  },
  example = { Response = "Success", Message = "Originate successfully queued", ID = "a1b2c3d4e5f6a7",
    source = "100", dest = "101", server = "srv01", node = "srv01" },
}

local dial = route {
  object = "dial", summary = "Call an extension and connect it to a number.", tags = { "Calls" },
  actions = {
    create = {
      access = "write", verb = "POST /dial", result = RESULT, params = { dry_run = resource.DRY_RUN },
      body = {
        source = { aliases = { "exten", "?exten" }, max = 80, summary = "extension to ring", example = "100",
          document = { min = 1, required = true } },
        dest = { aliases = { "phone" }, max = 80, summary = "number to call", example = "101",
          document = { min = 1, required = true } },
        dialtimeout = { type = "integer", default = 30, min = 1, max = 600, summary = "seconds to ring" },
        timeout = { type = "integer", min = 0, max = 86400, summary = "longest call in seconds" },
        sourceclid = { max = 80, summary = "caller id shown to the source" },
        destclid = { max = 80, summary = "caller id shown to the destination" },
        logqueueoutbound = { max = 80, summary = "queue the call is logged for" },
        recording = { enum = { "yes", "no", "yeschange", "nochange" } },
        autoanswer = { enum = { "yes", "no" }, summary = "the source's phone answers by itself" },
        nofollow = { enum = { "yes", "no" }, summary = "do not follow the source's forwards" },
        account = { max = 80, summary = "peer that pays, or SOURCE" },
        server = { max = 80, summary = "node to call from" },
        var = { max = 4000, summary = "a=b,c=d: variables of the call" },
        vars = { type = "object", summary = "variables of the call by name" },
      },
    },
  },
}

local function variables(params)
  local found = {}
  for name, value in (params.var or ""):gmatch("([^=,]+)=([^,]*)") do
    found[name:match("^%s*(.-)%s*$")] = value
  end
  for name, value in pairs(params.vars or {}) do
    if type(value) == "table" then
      return nil, { code = "invalid", reason = "invalid_parameter", field = "vars",
        message = "vars: " .. tostring(name) .. " must be a single value" }
    end
    found[name] = value == json.null and "" or tostring(value)
  end
  return found
end

-- After a time-out the call may have been placed all the same: a retry must know the difference.
local FAILURES = { refused = 502, unavailable = 502, timeout = 504 }

function dial.create(req)
  local params = req.params
  local vars, err = variables(params)
  if not vars then return nil, err end
  local account = params.account
  if account and account:upper() == "SOURCE" then account = nil end
  local queued
  local ctx = req.ctx
  queued, err = call.dial(ctx, {
    source = params.source, dest = params.dest, dialtimeout = params.dialtimeout,
    timeout = params.timeout, sourceclid = params.sourceclid, destclid = params.destclid,
    logqueueoutbound = params.logqueueoutbound, recording = params.recording,
    autoanswer = params.autoanswer, nofollow = params.nofollow, account = account,
    server = params.server, vars = vars,
  })
  if not queued then
    if FAILURES[err.code] then
      return nil, { code = "refused", reason = "dial_failed", status = FAILURES[err.code],
        message = err.message }
    end
    if err.code == "not_found" then
      return nil, { code = "invalid", reason = "invalid_parameter", field = "server", status = 409,
        message = "server: " .. err.message }
    end
    return nil, err
  end
  if ctx.dry_run then
    return json.ordered("dry_run", true, "source", queued.source, "dest", queued.dest)
  end
  return json.ordered("Response", "Success", "Message", queued.message, "ID", queued.id,
    "source", queued.source, "dest", queued.dest, "server", queued.server, "node", queued.node)
end

return dial
