-- What an operation answers that it does not do: nil and the error.

local failure = {}

--- The HTTP status of each code, for a surface that has no others.
failure.STATUS = {
  invalid = 400, unauthenticated = 401, denied = 403, not_found = 404, conflict = 409, refused = 502,
  timeout = 504, unavailable = 503, internal = 500,
}

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
