-- What a host does for a client that has lost its patience.
local patience = {}

local function running(t)
  local sum = 0
  for _, lane in ipairs(t.http:get("/healthz").json.lanes) do sum = sum + lane.tasks end
  return sum
end

--- A surface finds the route by itself, so the host could not tell a read from a change and let it run on to its
--- deadline: a read of the route dawdle, which takes longer than its client waits, ends with the client.
function patience.ends_reads(t, path, options)
  t.eventually(function() return running(t) == 0 end, "an idle host")
  options.timeout = 1
  t.falsy(pcall(t.http.get, t.http, path, options), "answered")
  t.eventually(function() return running(t) == 0 end, "the end of the read")
end

return patience
