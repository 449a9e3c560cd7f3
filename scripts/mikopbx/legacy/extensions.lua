-- extensions/...: numbers of the tenant in the older API.
local numbers = require "mikopbx.lib.numbers"
local record = require "mikopbx.lib.employee_record"
local shapes = require "mikopbx.lib.shapes"

local ID = { id = { max = 20, summary = "of a phone's extension", example = "1" } }
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
    getRecord = { access = "read", verb = "GET /extensions/getRecord", result = record.SHAPE, params = ID },
    saveRecord = { access = "write", verb = "POST /extensions/saveRecord", result = record.SHAPE, body = record.BODY },
    deleteRecord = { access = "write", verb = "POST /extensions/deleteRecord", result = shapes.record({ id = "text" }), body = ID },
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

-- Phones of people, as /employees of v3 has them.
function extensions.getRecord(req) return record.get(req.ctx, req.params.id) end

function extensions.saveRecord(req) return record.save(req.ctx, req.params) end

function extensions.deleteRecord(req) return record.delete(req.ctx, req.params.id) end

return extensions
