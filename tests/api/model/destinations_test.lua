-- Destinations of every object: each key, each of its other names, both forms of an item, and what is
-- refused; and every kind of target, which must be there, be the tenant's, and stay while it is needed.
local destination = require "engine.destination"
local json = require "json"
local walk = require "support.walk"

local PLAIN = { MUSICONHOLD = "MEDIAFILE", PAGING = "EXT", ["CAMPAIGN-DONOTCALL"] = "DNC" }

-- The type of custom destination that follows a key; the others are for the first.
local CUSTOM_TYPES = { PRIVACY = 7, CALLBACK = 5, RANDOMDESTINATION = 6 }

local function shown(res, key)
  local list = {}
  for i, row in ipairs(res.json.related.destinations[key] or {}) do list[i] = row.tag end
  return list
end

for name, model in walk.models() do
  if #model.destination_list > 0 then
    test(name .. ": every destination key and its other names", function(t)
      local target = walk.create(t, "extension").id
      local second = walk.create(t, "voicemail").id
      local theirs = walk.create(t, "extension", nil, "OTHER").id
      local one = "/" .. walk.create(t, name).id
      local ext, box = "EXT-" .. target, "VOICEMAIL-" .. second
      local function patch(body)
        return walk.call(t, name, "patch", one, body)
      end
      for _, declared in ipairs(model.destination_list) do
        local key = declared:gsub("%*$", "55")
        if name == "customdestination" then
          one = "/" .. walk.create(t, name, { type_id = CUSTOM_TYPES[key:match("^%u+")] or 1 }).id
        end
        local res = patch({ destinations = { [key] = { ext, { type = "VOICEMAIL", id = second } } } })
        t.equal(res.status, 200, key .. res.body:sub(1, 200))
        t.equal(shown(res, key), { ext, box }, key)
        local row = res.json.related.destinations[key][1]
        t.equal({ row.type, row.id, row.de_type_src, row.de_type_id_src, row.de_ord }, { "EXT", target, key, one:sub(2), "0" })
        -- case of the key and of the type does not matter; one item needs no list
        res = patch({ destinations = { [key:lower()] = { type = "ext", id = tostring(target) } } })
        t.equal(shown(res, key), { ext }, key)
        for _, alias in ipairs(model.destinations[declared]) do
          res = patch({ [alias] = { box, ext } })
          t.equal(res.status, 200, alias .. res.body:sub(1, 200))
          t.equal(shown(res, key), { box, ext }, key .. " by " .. alias)
          res = patch({ [alias] = {} })
          t.equal(shown(res, key), {}, alias .. " = [] clears")
          res = patch({ [alias] = ext })
          t.equal(shown(res, key), { ext }, alias .. " takes one tag")
        end
        -- what is refused, and leaves what was there
        patch({ destinations = { [key] = { ext } } })
        for _, bad in ipairs({ { "EXT-" .. theirs, 409 }, { "EXT-99999999", 409 }, { "NOPE-1", 400 }, { "EXT", 400 }, { "EXT-0", 400 },
          { "EXT--1", 400 }, { "EXT-1.5", 400 }, { "", 400 }, { json.object({ type = "EXT" }), 400 }, { json.object({ id = target }), 400 },
          { json.object({ type = "EXT", id = "x" }), 400 }, { true, 400 } }) do
          res = patch({ destinations = { [key] = { ext, bad[1] } } })
          t.equal(res.status, bad[2], key .. " " .. json.encode(bad[1]) .. res.body:sub(1, 200))
          t.equal(res.json.error.code, "invalid_destination")
          t.equal(res.json.error.field, key)
        end
        t.equal(shown(walk.call(t, name, "get", one), key), { ext }, "refused as a whole")
        -- bare numbers
        local sound = walk.create(t, "mediafile").id
        local number = PLAIN[key] == "EXT" and target or PLAIN[key] == "MEDIAFILE" and sound or 7
        res = patch({ destinations = { [key] = { number } } })
        if PLAIN[key] then
          t.equal(shown(res, key), { PLAIN[key] .. "-" .. number }, key)
          t.equal(shown(patch({ destinations = { [key] = { tostring(number) } } }), key), { PLAIN[key] .. "-" .. number })
        else
          t.equal(res.status, 400, key .. " needs a type")
        end
        t.equal(shown(patch({ destinations = { [key] = {} } }), key), {}, key .. " = [] clears")
      end
      local res = patch({ destinations = { ["NO-SUCH-KEY"] = { ext } } })
      t.equal(res.status, 400)
      t.equal(res.json.error.field, "destinations")
      t.equal(patch({ destinations = { ext } }).status, 400)
      t.equal(walk.call(t, name, "delete", one).status, 200)
      t.equal(#t.sql("SELECT 1 FROM de_destinations WHERE de_type_id_src = ? AND de_type_dst = 'EXT' AND de_type_src IN ('"
        .. table.concat(model.destination_list, "','") .. "')", { tonumber((one:sub(2))) }), 0, "they go with it")
    end)
  end
end

-- Types by the object they lead to; the rest have none that the API can make.
local TARGETS = {
  extension = { "EXT", "SMS" }, mediafile = { "PLAYBACK", "MEDIAFILE", "RERECORD", "RERECORDSILENT", "CLEARRECORDING" },
  condition = { "CONDITION" }, voicemail = { "VOICEMAIL" }, ivr = { "IVR" }, disa = { "DISA" }, paginggroup = { "PAGING" },
  huntlist = { "HUNTLIST" }, flow = { "FLOW" }, conferenceroom = { "MEETME", "CONFERENCE" },
  queue = { "QUEUE", "RESETQUEUESTATS", "LOGINQUEUE", "TOGGLELOGINQUEUE", "LOGINADQUEUE", "TOGGLELOGINADQUEUE",
    "TOGGLEPAUSEQUEUE", "LOGOUTALLAGENTSFROMQUEUE", "LOGOUTQUEUE", "PAUSEQUEUE", "UNPAUSEQUEUE", "PAUSEALLAGENTSINQUEUE",
    "UNPAUSEALLAGENTSINQUEUE" },
  campaign = { "STARTCAMPAIGN", "REDIALNOTANSWEREDCAMPAIGN", "STOPCAMPAIGN", "PAUSECAMPAIGN", "UNPAUSECAMPAIGN",
    "REMOVEFROMCAMPAIGN", "REMOVECALLERFROMCAMPAIGN", "ADDLATESTDIALEDOUTTOCAMPAIGN", "ADDLATESTDIALEDINTOCAMPAIGN" },
  customdestination = { "CUSTOM" }, phonebook = { "PHONEBOOK", "EXACTPHONEBOOK", "CLIDNAMEBYPHONEBOOK" },
  did = { "DID", "SETUNCONDITIONALDID", "ENABLEUNCONDITIONALDID", "DISABLEUNCONDITIONALDID", "TOGGLEUNCONDITIONALDID" },
  musiconhold = { "MUSICONHOLD", "RINGMUSICONHOLD" },
}
local WITHOUT = { FORWARD = true, SPECIAL = true, CALLERIDMOD = true, RESPONSEPATH = true, SAMENUMBERVM = true, PARK = true,
  ADDTODNCLIST = true, DNC = true }

test("every type of destination is walked", function(t)
  local known = {}
  for _, types in pairs(TARGETS) do
    for _, it in ipairs(types) do known[it] = true end
  end
  for _, it in ipairs(destination.type_names()) do t.truthy(known[it] or WITHOUT[it], it) end
end)

for name, types in pairs(TARGETS) do
  test(name .. ": as a target of " .. table.concat(types, ", "), function(t)
    local theirs = walk.create(t, name, nil, "OTHER").id
    for _, kind in ipairs(types) do
      local id = walk.create(t, name).id
      local holder = walk.create(t, "did", { destination = { kind .. "-" .. id } })
      t.equal(holder.related.destinations.DID[1].tag, kind .. "-" .. id)
      local res = walk.call(t, name, "delete", "/" .. id)
      t.equal(res.status, 409, kind .. res.body:sub(1, 200))
      t.equal(res.json.error.code, "object_in_use")
      t.contains(res.json.error.message, "DID-" .. holder.id)
      t.equal(walk.call(t, name, "get", "/" .. id).status, 200, "still there")
      t.equal(walk.call(t, "did", "patch", "/" .. holder.id, { destination = { kind .. "-" .. theirs } }).status, 409,
        "another tenant's")
      t.equal(walk.call(t, "did", "patch", "/" .. holder.id, { destination = {} }).status, 200)
      t.equal(walk.call(t, name, "delete", "/" .. id).status, 200, kind .. " let go")
    end
  end)
end

test("SAMENUMBERVM makes the box when it is missing, in every key of an extension", function(t)
  local model = walk.model("extension")
  for _, key in ipairs(model.destination_list) do
    local made = walk.create(t, "extension", { destinations = { [key] = { "SAMENUMBERVM" } }, email = "a@example.com" })
    local row = made.related.destinations[key][1]
    t.equal({ row.tag, row.type, row.id }, { "SAMENUMBERVM", "SAMENUMBERVM", 0 })
    local box = t.sql("SELECT * FROM voicemail WHERE context = 'DEMO' AND mailbox = ?", { made.number })
    t.equal(#box, 1, key)
    t.equal({ box[1].fullname, box[1].email }, { made.name, "a@example.com" })
    walk.call(t, "extension", "patch", "/" .. made.id, { destinations = { [key] = { "SAMENUMBERVM" } } })
    t.equal(#t.sql("SELECT 1 FROM voicemail WHERE mailbox = ?", { made.number }), 1, "not twice")
  end
end)

test("referenced_by_destinations lists what leads to an extension", function(t)
  local phone = walk.create(t, "extension")
  t.equal(#phone.related.referenced_by_destinations, 0)
  local did = walk.create(t, "did", { destination = { "EXT-" .. phone.id }, sms = { "SMS-" .. phone.id } })
  local list = walk.call(t, "extension", "get", "/" .. phone.id).json.related.referenced_by_destinations
  t.equal(#list, 2)
  local by_type = {}
  for _, row in ipairs(list) do by_type[row.de_type_dst] = row end
  t.equal(by_type.EXT.de_type_src, "DID")
  t.equal(by_type.SMS.de_type_src, "DID-SMS")
  t.equal(by_type.EXT.de_type_id_src, tostring(did.id))
end)

test("membership of a list ends with the member", function(t)
  local phone, sound = walk.create(t, "extension").id, walk.create(t, "mediafile").id
  local hunt = walk.create(t, "huntlist", { extensions = { "EXT-" .. phone } })
  local page = walk.create(t, "paginggroup", { extensions = { phone } })
  local music = walk.create(t, "musiconhold", { mediafiles = { sound } })
  t.equal(walk.call(t, "extension", "delete", "/" .. phone).status, 200)
  t.equal(walk.call(t, "mediafile", "delete", "/" .. sound).status, 200)
  for name, id in pairs({ huntlist = hunt.id, paginggroup = page.id, musiconhold = music.id }) do
    t.equal(#walk.call(t, name, "get", "/" .. id).json.related.destinations, 0, name)
  end
end)

test("what leads to itself may go", function(t)
  local made = walk.create(t, "condition")
  t.equal(walk.call(t, "condition", "patch", "/" .. made.id, { condition = { "CONDITION-" .. made.id } }).status, 200)
  t.equal(walk.call(t, "condition", "delete", "/" .. made.id).status, 200)
end)
