-- Where a route goes, as MikoPBX writes it: a number of the tenant, or hangup, busy.
local mikopbx = require "mikopbx.lib.envelope"
local store = require "store"

local target = {}

-- sp_specials of the seeds.
local WORDS = { hangup = "SPECIAL-1", busy = "SPECIAL-2" }
local SPECIALS = { [1] = "hangup", [2] = "busy" }

--- The destination tag of a target; nil and the problem when the tenant has no such number.
function target.tag(ctx, text)
  if WORDS[text] then return WORDS[text] end
  local row, err = store.row("SELECT kind, target FROM dialplan_number WHERE id = ? AND kind <> 'SHORTNUMBER'",
    { ctx.tenant.id .. "-" .. text })
  if err then return nil, err end
  if not row then return nil, { code = "invalid", message = "no such number: " .. text:sub(1, 40) } end
  return row.kind .. "-" .. ("%d"):format(row.target)
end

--- An error when a number is something else's than `own`, a tag such as "QUEUE-12" or nil.
function target.free(ctx, number, own)
  local rows, err = store.query("SELECT kind, target FROM dialplan_number WHERE id = ?",
    { ctx.tenant.id .. "-" .. number })
  if not rows then return nil, err end
  for row in rows:each() do
    if row.kind .. "-" .. tostring(row.target) ~= own then
      return nil, { code = "conflict", message = "extension: already in use: " .. number,
        fields = { extension = "already in use" } }
    end
  end
  return true
end

--- Numbers by "TYPE-ID" of everything in the tenant that has one.
function target.numbers(ctx)
  local prefix = ctx.tenant.id .. "-"
  local rows, err = store.query([[SELECT kind, target, id FROM dialplan_number
    WHERE kind <> 'SHORTNUMBER' AND substr(id, 1, ?) = ?]], { #prefix, prefix }, { rows = 100000 })
  if not rows then return nil, err end
  local found = {}
  for row in rows:each() do found[row.kind .. "-" .. ("%d"):format(row.target)] = row.id:sub(#prefix + 1) end
  return found
end

--- The target of a stored destination; "" for what MikoPBX has no word for.
function target.text(numbers, kind, id)
  if kind == "SPECIAL" then return SPECIALS[id] or "" end
  if kind == "MEETME" then kind = "CONFERENCE" end
  return numbers[kind .. "-" .. ("%d"):format(id)] or ""
end

--- How lists show a target.
function target.represent(names, text)
  if text == "" or WORDS[text] then return text end
  return mikopbx.represent_phone(names[text], text)
end

--- Names by number of the tenant's phones, queues and rooms.
function target.names(ctx)
  local rows, err = store.query([[SELECT ex_number AS number, ex_name AS name FROM ex_extensions WHERE ex_te_id = :id
    UNION ALL SELECT qu_number, qu_name FROM qu_queues WHERE qu_te_id = :id
    UNION ALL SELECT cr_number, cr_name FROM cr_conferencerooms WHERE cr_te_id = :id]],
    { id = ctx.tenant.id }, { rows = 100000 })
  if not rows then return nil, err end
  local found = {}
  for row in rows:each() do
    if row.number then found[row.number] = row.name or "" end
  end
  return found
end

return target
