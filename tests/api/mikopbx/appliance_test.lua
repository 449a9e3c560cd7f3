-- What is refused: the appliance's own.
local client = require "support.mikopbx"

test("the machine is its operator's", function(t)
  for _, path in ipairs({ "storage", "fail2ban", "license:getLicenseInfo", "modules", "sysinfo:getInfo",
    "storage:usage", "modules/ModuleX:getModuleInfo", "time-settings:getAvailableTimezones", "advice:refresh" }) do
    local res = t.http:get(client.BASE .. "/" .. path, { headers = client.bearer(t) })
    t.equal(res.status, 422, path)
    t.matches(res.json.messages.error[1], "is not done here")
  end
  t.equal(t.http:get(client.BASE .. "/storage").status, 401)
end)
