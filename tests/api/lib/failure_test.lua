-- lib/failure.lua: what is answered instead of a value.
local failure = require "lib.failure"

test("a refusal is nil and its error", function(t)
  local value, err = failure.of("denied", "read_only_api_key", "A full API key is required.")
  t.equal(value, nil)
  t.equal(err, { code = "denied", reason = "read_only_api_key", message = "A full API key is required." })
end)

test("a field and a parameter are named in the message", function(t)
  local _, err = failure.field("max", "not a number")
  t.equal(err, { code = "invalid", reason = "invalid_field", field = "max", message = "max: not a number" })
  _, err = failure.parameter("max", "not a number")
  t.equal(err, { code = "invalid", reason = "invalid_parameter", field = "max", message = "max: not a number" })
end)
