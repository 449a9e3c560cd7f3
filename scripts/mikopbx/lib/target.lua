-- Where things lead, as MikoPBX writes it: a number of the tenant, or hangup, busy. However many are asked for,
-- it takes three statements.
local destination = require "engine.destination"
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local numbering = require "model.numbering"
local sql = require "engine.sql"
local store = require "store"

local target = {}

-- sp_specials of the seeds.
local WORDS = { hangup = "SPECIAL-1", busy = "SPECIAL-2" }
local SPECIALS = { [1] = "hangup", [2] = "busy" }

-- What has a number: the tag of a destination, the word MikoPBX has for it, its table and the prefix of its columns.
local KINDS = {
  { "EXT", "SIP", "ex_extensions", "ex" }, { "QUEUE", "QUEUE", "qu_queues", "qu" },
  { "CONFERENCE", "CONFERENCE", "cr_conferencerooms", "cr" }, { "IVR", "IVR MENU", "iv_ivrs", "iv" },
  { "CUSTOM", "DIALPLAN APPLICATION", "cu_customs", "cu" }, { "HUNTLIST", "SYSTEM", "hu_huntlists", "hu" },
  { "PAGING", "SYSTEM", "pa_paginggroups", "pa" }, { "FLOW", "SYSTEM", "fl_flows", "fl" },
}

local function like(text) return "%" .. text:gsub("[!%%_]", "!%0") .. "%" end

--- What has a number in the tenant: kind, type (MikoPBX's word), id, number, name. `wanted` leaves out what is none
--- of its `numbers` (a list), its `ids` (lists by kind), or holds its `text` nowhere.
function target.rows(ctx, wanted)
  local parts, bound = {}, {}
  for _, it in ipairs(KINDS) do
    local kind, word, from, p = unpack(it)
    if not wanted.ids or wanted.ids[kind] then
      bound[#bound + 1] = ctx.tenant.id
      parts[#parts + 1] = ("SELECT '%s' AS kind, '%s' AS type, %s_id AS id, %s_number AS number, %s_name AS name FROM %s "
        .. "WHERE %s_te_id = ? AND coalesce(%s_number, '') <> ''"):format(kind, word, p, p, p, from, p, p)
      local list = wanted.numbers or wanted.ids and wanted.ids[kind]
      if list then
        parts[#parts] = parts[#parts] .. " AND " .. sql.where({ [p .. (wanted.ids and "_id" or "_number")] = list }, bound)
      end
    end
  end
  local text = table.concat(parts, " UNION ALL ")
  if wanted.text and wanted.text ~= "" then
    text = "SELECT * FROM (" .. text .. ") n WHERE number LIKE ? ESCAPE '!' OR name LIKE ? ESCAPE '!' OR type LIKE ? ESCAPE '!'"
    for _ = 1, 3 do bound[#bound + 1] = like(wanted.text) end
  end
  return store.query(text, bound, { rows = 100000 })
end

--- Names by number.
function target.names(ctx, numbers)
  local found = {}
  if #numbers == 0 then return found end
  local rows, err = target.rows(ctx, { numbers = numbers })
  if not rows then return nil, err end
  for row in rows:each() do found[row.number] = row.name or "" end
  return found
end

local function tag(row) return row.kind .. "-" .. ("%d"):format(row.id) end

--- The destination tags of targets, by their text; nil and the problem for one that is no number of the tenant.
function target.tags(ctx, texts)
  local tags, numbers = {}, {}
  for _, text in ipairs(texts) do
    tags[text] = WORDS[text]
    if not tags[text] then numbers[#numbers + 1] = text end
  end
  if #numbers > 0 then
    local rows, err = target.rows(ctx, { numbers = numbers })
    if not rows then return nil, err end
    for row in rows:each() do tags[row.number] = tags[row.number] or tag(row) end
  end
  for _, text in ipairs(texts) do
    if not tags[text] then return nil, { code = "invalid", message = "no such number: " .. text:sub(1, 40), target = text } end
  end
  return tags
end

--- Destinations of an object: `named` holds the field and the target by source. A wrong one is the field's error.
function target.destinations(ctx, named)
  local texts, found = {}, {}
  for _, it in pairs(named) do
    if it[2] ~= "" then texts[#texts + 1] = it[2] end
  end
  local tags, err = target.tags(ctx, texts)
  for source, it in pairs(named) do
    if err and err.target == it[2] then
      return nil, { code = "invalid", message = it[1] .. ": " .. err.message, fields = { [it[1]] = err.message } }
    end
    found[source] = json.array({ tags and tags[it[2]] })
  end
  if not tags then return nil, err end
  return found
end

--- An error when a number is something else's than `own`, a tag such as "QUEUE-12" or nil.
function target.free(ctx, number, own)
  local owners, values = numbering.owners(ctx.tenant.id, number)
  local rows, err = store.query("SELECT kind, target FROM " .. owners, values)
  if not rows then return nil, err end
  for row in rows:each() do
    if row.kind .. "-" .. tostring(row.target) ~= own then
      return nil, { code = "conflict", message = "extension: already in use: " .. number,
        fields = { extension = "already in use" } }
    end
  end
  return true
end

-- A room has two tags.
local function kind_of(row) return row.de_type_dst == "MEETME" and "CONFERENCE" or row.de_type_dst end

local function numbered(ctx, rows)
  local ids, texts, names = {}, {}, {}
  for row in rows:each() do
    local kind = kind_of(row)
    if kind ~= "SPECIAL" then
      ids[kind] = ids[kind] or {}
      table.insert(ids[kind], row.de_type_id_dst)
    end
  end
  local asked = false
  for _, it in ipairs(KINDS) do asked = asked or ids[it[1]] ~= nil end
  if not asked then return texts, names end
  local found, err = target.rows(ctx, { ids = ids })
  if not found then return nil, err end
  for row in found:each() do texts[tag(row)], names[row.number] = row.number, row.name or "" end
  return texts, names
end

--- Where objects with these ids lead by sources such as "QUEUE-TIMEOUT": {kind, id, text} in their order by id and
--- source, `text` "" for what MikoPBX has no word for; and names by number.
function target.ways(ctx, sources, ids)
  local ways = {}
  for _, id in ipairs(ids) do
    ways[id] = {}
    for _, source in ipairs(sources) do ways[id][source] = {} end
  end
  if #ids == 0 then return ways, {} end
  local text, bound = destination.select(sources, ids)
  local rows, err = store.query(text, bound, { rows = 100000 })
  if not rows then return nil, err end
  local texts, names = numbered(ctx, rows)
  if not texts then return nil, names end
  for row in rows:each() do
    local kind, id = kind_of(row), row.de_type_id_dst
    local of = ways[row.de_type_id_src]
    of[row.de_type_src] = of[row.de_type_src] or {}
    table.insert(of[row.de_type_src], { kind = kind, id = id,
      text = kind == "SPECIAL" and SPECIALS[id] or texts[kind .. "-" .. ("%d"):format(id)] or "" })
  end
  return ways, names
end

--- How lists show a target.
function target.represent(names, text)
  if text == "" or WORDS[text] then return text end
  return mikopbx.represent_phone(names[text], text)
end

return target
