-- What an operation answers that it does not do: nil and the error.

local failure = {}

--- An error of `code`. `reason` is the word that a dialect may show for it, `field` what was wrong.
function failure.of(code, reason, message, field)
  return nil, { code = code, reason = reason, message = message, field = field }
end

--- A field of an object that cannot be what was sent.
function failure.field(name, problem)
  return failure.of("invalid", "invalid_field", name .. ": " .. problem, name)
end

--- The same of a parameter of a request.
function failure.parameter(name, problem)
  return failure.of("invalid", "invalid_parameter", name .. ": " .. problem, name)
end

return failure
