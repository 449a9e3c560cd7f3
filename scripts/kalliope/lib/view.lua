-- The store with the changes that wait over it, as this dialect's requests see both.
local callgroup = require "kalliope.lib.callgroup"
local contact = require "kalliope.lib.contact"
local store = require "store"
local user = require "kalliope.lib.user"
local value_of = require "lib.value"

local view = {}

-- What can be asked of a view.
local View = {}
View.__index = View

local KINDS = { user = user, callgroup = callgroup, contact = contact }
view.KINDS = KINDS

--- A view on which nothing waits yet.
function view.new(ctx)
  return setmetatable({
    ctx = ctx, touched = { user = {}, callgroup = {}, contact = {} }, numbers = {}, gone = {},
  }, View)
end

--- An object by its id; nil without an error when there is none, or a change that waits deletes it.
function View:record(kind, id)
  local held = self.touched[kind][id]
  if held ~= nil then return held or nil end
  kind = KINDS[kind]
  return kind.load(self.ctx, id)
end

local function touch(self, entry, record)
  self.touched[entry.object][entry.id] = record
  if record and entry.object == "user" then self.numbers[record.exten] = entry.id end
end

--- Puts a change over what is there. With `building` also returns the steps that make it, or why they cannot be.
function View:play(entry, building)
  local kind = KINDS[entry.object]
  local record, err
  if entry.action ~= "create" then
    record, err = self:record(entry.object, entry.id)
    if err then return nil, err end
    -- Somebody else deleted it: that is what a delete wants, and nothing that can be changed.
    if not record and entry.action ~= "delete" and building then
      return nil, { code = "not_found", message = ("%s %d is no longer there"):format(kind.word, entry.id) }
    end
    if not record then return {} end
  end
  local steps
  if building then
    steps, err = kind.steps(self, entry, record)
    if not steps then return nil, err end
  end
  local box = record and record.box
  if entry.action == "delete" then
    record = false
  else
    record = value_of.merged(record or { id = entry.id })
    kind.fold(record, entry.values)
  end
  if box and not (record and record.box) then self.gone[box] = true end
  touch(self, entry, record)
  return steps or {}
end

--- A user by number; nil without an error when there is none.
function View:user(exten)
  local held = self.touched.user[self.numbers[exten] or 0]
  if held then return held end
  local list, err = user.stored(self.ctx, { exten = exten })
  if not list then return nil, err end
  local found = list[1]
  if found and self.touched.user[found.id] == nil then return found end
end

--- The id of the extension (`EXT`) or mailbox (`VOICEMAIL`) of a number; nil without an error when there is none.
function View:id_of(tag, number)
  local found, err = self:user(number)
  if err then return nil, err end
  if tag == "EXT" then return found and found.id end
  if found then return found.box end
  local id
  id, err = store.value("SELECT uniqueid FROM voicemail WHERE mailbox = ? AND te_id = ?", { number, self.ctx.tenant.id })
  if id and not self.gone[id] then return id end
  return nil, err
end

local function name(record) return (record.first_name .. " " .. record.last_name):match("^%s*(.-)%s*$") end

--- The name of a user by number; nil without an error when there is none.
function View:name_of(exten)
  local found, err = self:user(exten)
  return found and name(found), err
end

--- Value and name of what a destination leads to, when a change that waits has to do with it.
function View:shown(tag, id)
  if tag == "EXT" then
    local it = self.touched.user[id]
    return it and { value = it.exten, name = name(it) } or nil
  end
  local group = tag == "HUNTLIST" and self.touched.callgroup[id]
  if group then return { value = id, name = group.name } end
  for _, it in pairs(tag == "VOICEMAIL" and self.touched.user or {}) do
    if it and it.box == id then return { value = it.exten } end
  end
end

--- A list of the store as this view has it, in the order of `key`: changed, without what goes, with what comes.
function View:over(kind, list, key)
  local touched = self.touched[kind]
  if next(touched) == nil then return list end
  local out, seen = {}, {}
  for _, record in ipairs(list) do
    local held = touched[record.id]
    seen[record.id] = true
    if held ~= false then out[#out + 1] = held or record end
  end
  for id, held in pairs(touched) do
    if held and not seen[id] then out[#out + 1] = held end
  end
  table.sort(out, function(a, b) return a[key] < b[key] end)
  return out
end

return view
