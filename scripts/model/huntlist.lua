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
  local kind = (row.hu_type or ""):upper()
  local together = kind == "" or kind == "RINGALL"
  if together then numbers = { #numbers > 0 and table.concat(numbers, "&") or nil } end
  for i, number in ipairs(numbers) do
    done, err = tx:exec('INSERT INTO followme_numbers (name, ordinal, phonenumber, "timeout") '
      .. "VALUES (?, ?, ?, ?)", { profile_of(row), i, number, seconds(row, together) })
    if not done then return nil, err end
  end
  return true
end

return numbering.plan(object {
  name = "huntlist", title = "Hunt list", summary = "A number that rings several members.",
  table = "hu_huntlists", id = "hu_id", tenant = "hu_te_id", label = "hu_name",
  required = { "hu_name" },
  example = { name = "Sales", number = "600" },
  unique = "hu_number",
  columns = {
    hu_number = { pattern = "[%w*#_.+-]*", max = 40 }, hu_ringtime = { pattern = "%d*", max = 5 },
    hu_dialtimeout = { pattern = "%d*", max = 5 },
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
}, "hu_number", "HUNTLIST")
