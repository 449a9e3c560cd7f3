-- Filters as Asterisk reads them.
local networkfilter = require "model.networkfilter"

test("everywhere is that of both kinds of addresses", function(t)
  t.equal({ networkfilter.columns_of({ mn_deny = '["0.0.0.0/0"]', mn_permit = '["10.0.0.0/8","192.168.0.0/16"]' }) },
    { "0.0.0.0/0,::/0", "10.0.0.0/8,192.168.0.0/16" })
  t.equal({ networkfilter.columns_of({}) }, { "", "" })
end)
