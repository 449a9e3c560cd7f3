-- lib.reference, where the walk of tests/api/model/references_test does not reach.
local reference = require "engine.kind"
require "model.mediafile"
require "model.route"
local routingprofile = require "model.routingprofile"
local store = require "store"

test("0 is nobody, except where somebody is required", function(t)
  local model = { tenant = "x_te_id", columns = { a = { ref = "mediafile" } }, required_set = {} }
  local function check(value)
    return store.transaction(function(tx) return reference.check(tx, model, { a = value }, 1, { a = "sound" }) end)
  end
  t.truthy(check(0))
  local _, err = check(5)
  t.equal(err.message, "sound: no such media file: 5")
  t.equal(err.status, 409)
  model.required_set.a = true
  _, err = check(0)
  t.equal(err.field, "sound")
end)

test("a row of the global level may be named by all, one of a tenant by its own", function(t)
  t.sql("INSERT INTO me_mediafiles (me_id, me_te_id, me_name) VALUES (901, 0, 'all'), (902, 1, 'one')")
  local kind = reference.kind("mediafile")
  for _, case in ipairs({ { 901, 1, true }, { 901, 2, true }, { 902, 1, true }, { 902, 2, false }, { 902, nil, true } }) do
    local found = store.transaction(function(tx)
      local there = reference.exists(tx, kind, case[1], case[2])
      return { there = there }
    end)
    t.equal(found.there, case[3], tostring(case[1]) .. " " .. tostring(case[2]))
  end
end)

test("many holders are counted, not all named", function(t)
  for i = 1, 12 do
    t.sql("INSERT INTO dl_dialingrules (dl_rp_id, dl_name) VALUES (77, ?)", { "route" .. i })
  end
  local _, err = store.transaction(function(tx) return reference.release(tx, routingprofile, 77) end)
  t.equal(err.reason, "object_in_use")
  t.contains(err.message, "route route1 (id 1)")
  t.matches(err.message, " and more$")
  t.equal(select(2, err.message:gsub("%(id", "")), 10)
end)

-- Found: an object declared again, in a script of one's own, took the place of the stock's without a word.
test("a kind is declared once", function(t)
  local kind = reference.kind("mediafile")
  local ok, err = pcall(reference.define, { name = "mediafile", table = kind.table, id = "me_id" })
  t.equal(ok, false)
  t.contains(err, "a kind of that name exists already")
  t.truthy(rawequal(reference.kind("mediafile"), kind))
end)
