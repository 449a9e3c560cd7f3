-- extensions/...: numbers of the tenant in the older API.
local numbers = require "mikopbx.lib.numbers"
local shapes = require "mikopbx.lib.shapes"

local NUMBER = { number = { max = 40, summary = "a number", example = "100" } }

local extensions = route {
  family = "extensions",
  summary = "Numbers of the tenant.",
  actions = {
    getForSelect = { access = "read", verb = "GET /extensions/getForSelect", result = shapes.list(shapes.choice),
      params = { query = { summary = "text that a number or name must hold" }, type = { summary = "phones: those alone" },
        exclude = { summary = "a number to leave out" } } },
    available = { access = "read", verb = "GET /extensions/available", result = shapes.available, params = NUMBER },
    getPhoneRepresent = { access = "read", verb = "GET /extensions/getPhoneRepresent", result = shapes.list("text"), params = NUMBER },
    getPhonesRepresent = { access = "read", verb = "POST /extensions/getPhonesRepresent",
      result = shapes.map(shapes.represented), body = { numbers = { type = "list", document = { required = true } } } },
  },
}

function extensions.getForSelect(req) return numbers.choices(req.ctx, req.params) end

function extensions.available(req) return numbers.available(req.ctx, req.params.number) end

function extensions.getPhoneRepresent(req)
  local number = tostring(req.params.number or "")
  if number == "" then return nil, { code = "invalid", message = "number: missing" } end
  return numbers.represent(req.ctx, number)
end

function extensions.getPhonesRepresent(req) return numbers.represented(req.ctx, req.params.numbers) end

return extensions
