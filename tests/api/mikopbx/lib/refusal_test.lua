-- Operations that are declared and not done.
local refusal = require "mikopbx.lib.refusal"

test("each has an action and says its name", function(t)
  local verbs = { reboot = "POST /system:reboot", storage = { "GET /storage", "PUT /storage" } }
  t.equal(refusal.actions(verbs), { reboot = { access = "write", verb = { "POST /system:reboot" }, refuses = true },
    storage = { access = "read", verb = { "GET /storage" }, refuses = true },
    storageChange = { access = "write", verb = { "PUT /storage" }, refuses = true } })
  local _, err = refusal.handlers({}, verbs, "is not done").reboot()
  t.equal(err.message, "Action 'reboot' is not done")
end)
