-- engine/apply.lua: what a step does inside the transaction, by way of lists of steps.
local change = require "engine.change"
local context = require "support.context"
local did = require "model.did"
local extension = require "model.extension"
local profile = require "model.routingprofile"
local tenant = require "model.tenant"
local voicemail = require "model.voicemail"

local function count(t, text, ...) return #t.sql(text, { ... }) end

test("steps of several objects are one change with one set of logs", function(t)
  local ctx = context(t)
  local made, err = change.run(ctx, {
    { extension, "create", { number = "5001", name = "Anna" }, annexes = { ks_users = { ku_first_name = "Anna" } } },
    { voicemail, "create", { mailbox = "5001", password = "1234" } },
  })
  t.truthy(made, err and err.message)
  t.equal({ made[1].ex_number, made[2].mailbox }, { "5001", "5001" })
  t.equal(count(t, "SELECT 1 FROM ks_users WHERE ku_ex_id = ?", made[1].ex_id), 1)
  t.equal(count(t, "SELECT 1 FROM ul_useractivitylogs WHERE ul_object = 'extension' AND ul_object_id = ?",
    tostring(made[1].ex_id)), 1)
end)

test("the last step that fails takes the first ones back and is named", function(t)
  local made, err = change.run(context(t), {
    { extension, "create", { number = "5002" } }, { did, "create", { number = "39050" } },
    { extension, "create", { number = "5002" } },
  })
  t.equal(made, nil)
  t.equal({ err.step, err.reason }, { 3, "extension_exists" })
  t.equal(count(t, "SELECT 1 FROM ex_extensions WHERE ex_number = '5002'"), 0)
  t.equal(count(t, "SELECT 1 FROM di_dids WHERE di_number = '39050'"), 0)
end)

test("unless and unless_used make a step needless", function(t)
  local ctx = context(t)
  local box = voicemail.create(ctx, { mailbox = "5003", fullname = "Mine" })
  local again = change.run(ctx, { { voicemail, "create", { mailbox = "5003" }, unless = { mailbox = "5003" } } })
  t.equal(again[1].uniqueid, box.uniqueid)
  local line = did.create(ctx, { number = "39051", destination = { "VOICEMAIL-" .. box.uniqueid } })
  t.truthy(change.run(ctx, { { voicemail, "delete", box.uniqueid, unless_used = true } }))
  t.truthy(voicemail.find(ctx, box.uniqueid))
  did.delete(ctx, line.di_id)
  t.truthy(change.run(ctx, { { voicemail, "delete", box.uniqueid, unless_used = true } }))
  t.equal((voicemail.find(ctx, box.uniqueid)), nil)
end)

test("a step takes the id of what an earlier one made", function(t)
  local ctx = context(t)
  ctx.key.global = true
  local made, err = change.run(ctx, {
    { extension, "create", { number = "5005", onbusy = "SAMENUMBERVM" } }, -- its mailbox does not shift the places
    { profile, "create", { name = "Ours", type = "VOICE" } },
    { tenant, "update", ctx.tenant.id, {}, ids = { te_rp_id = 2 } },
    { did, "create", { number = "39053" }, ids = { di_fax_rp_id = 2 } },
  })
  t.truthy(made, err and err.message)
  t.equal(made[4].di_fax_rp_id, made[2].rp_id)
  t.equal(t.sql("SELECT te_rp_id FROM te_tenants WHERE te_id = ?", { ctx.tenant.id })[1].te_rp_id, made[2].rp_id)
end)

test("an update answers the row in hand, as it is in the table", function(t)
  local ctx = context(t)
  local line = did.create(ctx, { number = "39052", comment = "before" })
  local row = did.update(ctx, line.di_id, { comment = "after", area = "" })
  local there = did.find(ctx, line.di_id)
  for name, value in pairs(there) do t.equal(row[name], value, name) end
end)
