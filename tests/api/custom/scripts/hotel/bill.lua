-- For family_test.lua: a bill, made and printed.
local desk = require "hotel.lib.desk"
local reply = require "lib.reply"

local bill = route {
  room = "bill",
  summary = "Bills.",
  actions = {
    make = {
      access = "write", verb = "POST /bill/{number}", statuses = { ["201"] = "Written." },
      params = { number = { pattern = "%d+", required = true }, nights = { type = "integer", min = 1, required = true } },
    },
    print = { access = "read", verb = "GET /bill/{number}", media = { "text/plain" } },
  },
}

function bill.make(req)
  if req.params.number == "13" then return nil, { code = "conflict", message = "there is no such room" } end
  return reply.of({ req.ctx.actor, req.ctx.tenant.code, tostring(req.params.nights) },
    { status = 201, headers = { Location = "/hotel/bill/" .. req.params.number } })
end

function bill.print(req) return reply.body(desk.lines({ "room " .. req.args.number }), { type = "text/plain" }) end

return bill
