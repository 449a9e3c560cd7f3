-- reqtype=DIAL: ring a source, then connect it to a destination.
local answer = require "proxyapi.lib.answer"
local call = require "model.call"
local number = require "proxyapi.lib.number"
local shapes = require "proxyapi.lib.shapes"

local dial = route {
  reqtype = "DIAL",
  summary = "Call an extension and connect it to a number.",
  params = {
    source = { aliases = { "exten", "?exten" }, summary = "extension to ring, or ACCOUNT" },
    dest = { aliases = { "phone" }, summary = "number to call" },
    var = { summary = "name=value, comma list: variables of the call" },
    account = { summary = "peer name that pays, or SOURCE" },
    dialtimeout = { summary = "seconds to ring" },
    timeout = { summary = "longest call in seconds" },
    sourceclid = { summary = "caller id shown to the source" },
    destclid = { summary = "caller id shown to the destination" },
    recording = { summary = "yes, no, yeschange or nochange" },
    server = { summary = "node to call from" },
    autoanswer = { summary = "yes: the source's phone answers by itself" },
    nofollow = { summary = "yes: do not follow the source's forwards" },
  },
  actions = {
    dial = { access = "write", result = shapes.done("Originate successfully queued", "15a4cfe6429054") },
  },
}

local function variables(text)
  local found
  for name, value in (text or ""):gmatch("([^=,]+)=([^,]*)") do
    found = found or {}
    found[name] = value
  end
  return found
end

local function given(text)
  if text ~= "" then return text end
end

function dial.dial(req)
  local params = req.params
  local source, dest = given(number.plain(params.source)), given(number.plain(params.dest))
  if source and source:upper() == "ACCOUNT" then source = given(params.account) end
  if not source or not dest then return answer.failed("Missing source or destination") end
  local account = given(params.account)
  if account and account:upper() == "SOURCE" then account = nil end
  local queued, err = call.dial(req.ctx, {
    source = source, dest = dest, account = account, vars = variables(params.var),
    dialtimeout = given(params.dialtimeout), timeout = given(params.timeout),
    sourceclid = given(number.caller(params.sourceclid)), destclid = given(number.caller(params.destclid)),
    recording = given(params.recording), server = given(params.server),
    autoanswer = given(params.autoanswer), nofollow = given(params.nofollow),
  })
  if not queued then return answer.failed(err.message) end
  return answer.done(queued.message, queued.id)
end

return dial
