-- Module `config`: [settings] is empty here; the host's own keys are not in it.
local config = require "config"

test("what is not set is the default, or nil", function(t)
  t.equal(config.get("bind_test.nothing"), nil)
  t.equal(config.get("bind_test.nothing", "fallback"), "fallback")
  t.equal(config.get("bind_test.nothing", false), false)
end)

test("the host's own configuration does not show", function(t)
  for _, path in ipairs { "store.url", "pbx", "pbx.1.secret", "http.listen" } do
    t.equal(config.get(path), nil, path)
  end
end)

test("a path that is no text raises", function(t)
  t.falsy(pcall(config.get))
  t.falsy(pcall(config.get, {}))
end)
