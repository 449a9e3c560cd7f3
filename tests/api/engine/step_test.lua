-- engine/step.lua: what is found out before the transaction.
local context = require "support.context"
local did = require "model.did"
local extension = require "model.extension"
local step = require "engine.step"

test("bodies, keys and objects that are not there are refused before anything starts", function(t)
  local ctx = context(t)
  for code, it in pairs({
    invalid_json = { did, "create", "text" }, missing_required_field = { extension, "update", 0, {} },
    object_not_found = { did, "delete", 987654 },
  }) do
    local prepared, err = step.prepare(ctx, it)
    t.equal(prepared, nil)
    t.equal(err.reason, code == "missing_required_field" and "extension_not_found" or code)
  end
  local _, err = step.prepare(context(t, "DEMO", { key = { read_only = true } }), { did, "create", {} })
  t.equal(err.reason, "read_only_api_key")
end)

test("a model's steps along are told, and annexes are checked", function(t)
  local prepared = step.prepare(context(t), { extension, "create", { number = "4711", onbusy = "SAMENUMBERVM" },
    annexes = { mk_employees = { me_mobile_number = "49123" } } })
  t.equal({ prepared.along[1][1].name, prepared.along[1][3].mailbox }, { "voicemail", "4711" })
  t.equal(prepared.annexes.mk_employees, { me_mobile_number = "49123" })
  local _, err = step.prepare(context(t), { extension, "create", { number = "4712" },
    annexes = { mk_employees = { me_mobile_number = "a\nb" } } })
  t.equal(err.code, "invalid")
end)
