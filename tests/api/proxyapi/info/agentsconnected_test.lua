-- info=AGENTSCONNECTED tells where agents take calls.
local client = require "support.proxyapi"
local ask, extension, queue = client.ask, client.extension, client.queue

test("the agents that are there, by queue", function(t)
  for _, number in ipairs({ "104", "105" }) do extension(t, number) end
  local id = tostring(queue(t))
  ask(t, { reqtype = "QUEUE", action = "add", number = "9200", extension = "104" })
  ask(t, { reqtype = "QUEUE", action = "add", number = "9200", extension = "105", paused = "1" })
  local function get(more)
    local query = { reqtype = "INFO", info = "agentsconnected" }
    for name, value in pairs(more or {}) do query[name] = value end
    return ask(t, query)
  end
  t.equal(get({ format = "json" }).body, "{}")
  for _, number in ipairs({ "104", "105" }) do
    t.ami:event("DeviceStateChange", { Device = "PJSIP/" .. number .. "-DEMO", State = "NOT_INUSE" })
  end
  t.eventually(function() return get().body == "104:NOT_INUSE|105:NOT_INUSE|" end)
  t.equal(get({ format = "json", queue = id }).json, { ["104-DEMO"] = { [id] = 1 }, ["105-DEMO"] = { [id] = 2 } })
  t.equal(get({ format = "json", queue = "9999" }).body, "null")
end)
