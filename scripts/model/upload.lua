-- Files that come in parts, kept beside the tenant's media until they are used or a day old.
local crypto = require "crypto"
local files = require "files"
local folders = require "model.folder"
local time = require "time"

local upload = {}

upload.MOST_BYTES = 32 * 1024 * 1024
local MOST_PARTS, MOST_FILES, SECONDS = 500, 20, 24 * 3600

local function invalid(message) return nil, { code = "invalid", message = message } end

-- Any name a client has for it becomes one of ours.
local function folder_of(ctx, id) return ("%s/uploads/%s"):format(ctx.tenant.code, crypto.sha1(id)) end

local function remove(path) return folders.remove("media", path) end

-- Makes room: what is a day old goes; too many at once are refused.
local function make_room(ctx, mine)
  local root = ctx.tenant.code .. "/uploads"
  local list, err = files.list("media", root)
  if not list then return nil, err end
  local kept, now = 0, time.now()
  for _, it in ipairs(list) do
    local folder = root .. "/" .. it.name
    if now - it.modified > SECONDS then
      local ok
      ok, err = remove(folder)
      if not ok then return nil, err end
    elseif folder ~= mine then kept = kept + 1 end
  end
  if kept >= MOST_FILES then return nil, { code = "refused", message = "too many files wait to be used" } end
  return true
end

local function ending_of(name) return tostring(name):lower():match("%.(%w+)$") or "" end

-- The parts that are there, and their bytes.
local function parts_of(folder)
  local list, err = files.list("media", folder)
  if not list then return nil, err end
  local numbers, bytes = {}, 0
  for _, it in ipairs(list) do
    local number = tonumber(it.name:match("^part(%d+)$"))
    if number then numbers[#numbers + 1], bytes = number, bytes + it.size end
  end
  table.sort(numbers)
  return numbers, bytes
end

local function merge(folder, numbers, name)
  local all = {}
  for i, number in ipairs(numbers) do
    local bytes, err = files.read("media", ("%s/part%d"):format(folder, number), upload.MOST_BYTES)
    if not bytes then return nil, err end
    all[i] = bytes
  end
  local ok, err = files.write("media", folder .. "/whole." .. ending_of(name), table.concat(all))
  if not ok then return nil, err end
  for _, number in ipairs(numbers) do
    ok, err = files.remove("media", ("%s/part%d"):format(folder, number))
    if not ok then return nil, err end
  end
  return true
end

--- Keeps a part: {id, name, number, total, size, bytes}. Returns whether the file is whole now.
function upload.put(ctx, part)
  if part.size > upload.MOST_BYTES or #part.bytes > upload.MOST_BYTES then
    return invalid(("a file may have %d MB"):format(upload.MOST_BYTES / 1048576))
  end
  if part.number < 1 or part.total < 1 or part.number > part.total or part.total > MOST_PARTS then
    return invalid("no such part of a file")
  end
  local ending = ending_of(part.name)
  if ending == "" or #ending > 10 then return invalid("a file's name needs an ending") end
  local folder = folder_of(ctx, part.id)
  local ok, err = make_room(ctx, folder)
  if not ok then return nil, err end
  ok, err = files.write("media", ("%s/part%d"):format(folder, part.number), part.bytes)
  if not ok then return nil, err end
  local numbers, bytes = parts_of(folder)
  if not numbers then return nil, bytes end
  if bytes > upload.MOST_BYTES then
    remove(folder)
    return invalid("the parts are more than the file")
  end
  if #numbers < part.total then return false end
  ok, err = merge(folder, numbers, part.name)
  if not ok then return nil, err end
  return true
end

--- How far a file is: the parts that are there, or true when it is whole; nil when nobody sent any.
function upload.status(ctx, id)
  local list, err = files.list("media", folder_of(ctx, id))
  if not list then return nil, err end
  for _, it in ipairs(list) do
    if it.name:find("^whole%.") then return true end
  end
  return #list > 0 and #list or nil
end

--- A whole file: its bytes and its ending. An error `not_found` when it is none.
function upload.read(ctx, id)
  local folder = folder_of(ctx, id)
  local list, err = files.list("media", folder)
  if not list then return nil, err end
  for _, it in ipairs(list) do
    local ending = it.name:match("^whole%.(%w+)$")
    if ending then
      local bytes
      bytes, err = files.read("media", folder .. "/" .. it.name, upload.MOST_BYTES)
      if not bytes then return nil, err end
      return bytes, nil, ending
    end
  end
  return nil, { code = "not_found", message = "no such uploaded file" }
end

--- Takes a file away.
function upload.drop(ctx, id) return remove(folder_of(ctx, id)) end

return upload
