-- Settings; /general-settings's tests change them.
local settings = require "mikopbx.lib.settings"

test("the defaults hold what is as it is", function(t)
  local all = settings.defaults()
  t.equal({ all.PBXName, all.PBXInternalExtensionLength, all.SIPPort }, { "", 3, 5060 })
end)
