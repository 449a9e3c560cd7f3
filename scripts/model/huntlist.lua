-- Hunt lists: numbers that ring several members. The members are HUNTLIST destinations; the follow-me
-- records that app_followme reads are made of them.
local destination = require "engine.destination"
local object = require "engine.object"
local numbering = require "model.numbering"

local function profile_of(row) return "huntlist-" .. tostring(row.hu_id) end

local function is_on(text) return text == "on" or text == "yes" end

local function profile(row)
  return {
    context = "fromotherpbx", takecall = "1", declinecall = "2",
    enable_callee_prompt = is_on(row.hu_requestconfirm) and "yes" or "no",
    musicclass = is_on(row.hu_usemoh) and "default" or "",
  }
end

-- How many members each step has: all in one, one in each, or as hu_steps says. What is beyond is of the last.
local function sizes_of(row)
  local kind = (row.hu_type or ""):upper()
  if kind == "" or kind == "RINGALL" then return { math.huge } end
  if kind ~= "STEPS" then return {} end
  local sizes = {}
  for size in (row.hu_steps or ""):gmatch("%d+") do sizes[#sizes + 1] = tonumber(size) end
  sizes[math.max(#sizes, 1)] = math.huge
  return sizes
end

--- The members of a hunt list, a list in order, parted into those that ring together.
local function steps_of(row, members)
  local sizes, steps = sizes_of(row), {}
  local i = 1
  while i <= #members do
    local step, most = {}, math.max(sizes[#steps + 1] or 1, 1)
    while i <= #members and #step < most do
      step[#step + 1] = members[i]
      i = i + 1
    end
    steps[#steps + 1] = step
  end
  return steps
end

-- As the views of the dialplan have it: all at once for RINGALL, else one after the other.
local function seconds(row, together)
  local first, second = row.hu_dialtimeout, row.hu_ringtime
  if together then first, second = second, first end
  for _, text in ipairs({ first or "", second or "" }) do
    if tonumber(text) then return tonumber(text) end
  end
  return together and 30 or 15
end

local function rebuild(tx, id)
  local row, err = tx:row("SELECT * FROM hu_huntlists WHERE hu_id = ?", { id })
  if not row then return err == nil, err end
  local done
  done, err = tx:exec("DELETE FROM followme_numbers WHERE name = ?", { profile_of(row) })
  if not done then return nil, err end
  local members
  members, err = tx:query(destination.select({ "HUNTLIST" }, id))
  if not members then return nil, err end
  local numbers = {}
  for member in members:each() do
    -- The dialplan takes members that are no extensions by their tag.
    local kind = member.de_type_dst == "EXT" and "AG-000-NF-" or "TG-000-NF-" .. member.de_type_dst .. "-"
    numbers[#numbers + 1] = kind .. tostring(member.de_type_id_dst)
  end
  local together = #sizes_of(row) > 0
  for i, step in ipairs(steps_of(row, numbers)) do
    done, err = tx:exec('INSERT INTO followme_numbers (name, ordinal, phonenumber, "timeout") '
      .. "VALUES (?, ?, ?, ?)", { profile_of(row), i, table.concat(step, "&"), seconds(row, together) })
    if not done then return nil, err end
  end
  return true
end

local huntlist = numbering.plan(object {
  name = "huntlist", title = "Hunt list", summary = "A number that rings several members.",
  table = "hu_huntlists", id = "hu_id", tenant = "hu_te_id", label = "hu_name",
  unfollowed = require("model.unfollowed").hu_huntlists,
  required = { "hu_name" },
  example = { name = "Sales", number = "600" },
  unique = "hu_number",
  columns = {
    hu_number = { pattern = "[%w*#_.+-]*", max = 40 }, hu_ringtime = { pattern = "%d*", max = 5 },
    hu_dialtimeout = { pattern = "%d*", max = 5 }, hu_enabled = { enum = { "yes", "no", "" } },
    hu_steps = { pattern = "[%d,]*", max = 255 },
  },
  references = { mediafile = { "hu_confirmmessage_id" } },
  aliases = { name = "hu_name", number = "hu_number", type = "hu_type", ringtime = "hu_ringtime" },
  tags = { "HUNTLIST" }, members = { "HUNTLIST" },
  destinations = {
    ["HUNTLIST"] = { "extensions", "members", "huntlist" },
    ["HUNTLIST-TIMEOUT"] = { "timeout", "huntlist_timeout" },
  },
  made_of = { HUNTLIST = rebuild },
  children = {
    { name = "followme", table = "followme", key = "name", one = true, of = profile_of, make = profile,
      readonly = true },
    { name = "followme_numbers", table = "followme_numbers", key = "name", of = profile_of,
      order = "ordinal", readonly = true },
  },
  after = function(tx, change)
    if change.action == "delete" then return true end
    return rebuild(tx, change.id)
  end,
  annexes = { { name = "ks_groups", key = "kg_hu_id" } },
}, "hu_number", "HUNTLIST")

huntlist.steps_of = steps_of

return huntlist
