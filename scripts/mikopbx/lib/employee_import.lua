-- Employees out of a CSV file that was uploaded: what would become of each line, and that done.
local checks = require "mikopbx.lib.employee_fields"
local crypto = require "crypto"
local csv = require "csv"
local employee = require "mikopbx.lib.employee"
local extension = require "model.extension"
local json = require "json"
local password = require "mikopbx.lib.password"
local upload = require "model.upload"

local import = {}

import.STRATEGIES = { "skip_duplicates", "update_existing", "fail_on_duplicate" }
local MOST, SHOWN = 1000, 20

local function invalid(message) return nil, { code = "invalid", message = message } end

-- Lines as fields by name. Names that are none of an employee's are refused: a column that is lost is worse.
local function lines_of(ctx, id)
  local text, err = upload.read(ctx, id)
  if not text and err.code == "not_found" then return invalid("ex_ImportFileNotFound") end
  if not text then return nil, err end
  local rows
  rows, err = csv.decode(text)
  if not rows then return nil, err end
  local headers = rows[1] or {}
  for _, name in ipairs(headers) do
    if not checks.RULES[name] then return invalid("ex_ImportUnknownColumn: " .. name:sub(1, 40)) end
  end
  if #rows - 1 > MOST then return invalid(("ex_ImportTooManyLines: %d, at most %d"):format(#rows - 1, MOST)) end
  local lines = {}
  for i = 2, #rows do
    local values = {}
    for n, name in ipairs(headers) do
      if (rows[i][n] or "") ~= "" then values[name] = rows[i][n] end
    end
    lines[#lines + 1] = values
  end
  return lines, nil, headers
end

-- Rows of the employees that have the numbers of some lines, by number.
local function existing(ctx, lines)
  local numbers, found = {}, {}
  for _, values in ipairs(lines) do numbers[#numbers + 1] = values.number end
  for first = 1, #numbers, 500 do
    local some = { unpack(numbers, first, math.min(first + 499, #numbers)) }
    local rows, err = extension.rows(ctx, { where = { ex_number = some } })
    if not rows then return nil, err end
    for row in rows:each() do found[row.ex_number] = row end
  end
  return found
end

local function texts_of(err)
  local texts = {}
  for name, key in pairs(err.fields or {}) do texts[#texts + 1] = name .. ": " .. tostring(key) end
  table.sort(texts)
  if #texts > 0 then return texts end
  return err.messages or { err.message }
end

-- What is to become of each line: {values, row of who has the number, errors}.
local function judged(ctx, lines)
  local there, err = existing(ctx, lines)
  if not there then return nil, err end
  local out, seen = {}, {}
  for i, sent in ipairs(lines) do
    local row = sent.number and there[sent.number]
    local filled = {}
    for name, value in pairs(sent) do filled[name] = value end
    if not filled.sip_secret and not row then filled.sip_secret = password.generate(20, true) end
    local values, wrong = checks.check(filled, row and "patch" or "create")
    local it = { sent = sent, values = values, row = row, errors = not values and texts_of(wrong) or {} }
    if sent.number and seen[sent.number] then it.errors[#it.errors + 1] = "ex_ValidateNumberIsDouble: twice in the file" end
    seen[sent.number or ""] = true
    out[i] = it
  end
  return out
end

local function preview_of(list)
  local out = json.array({})
  for i = 1, math.min(#list, SHOWN) do
    local it = list[i]
    out[i] = json.ordered("row", i, "number", it.sent.number or "", "user_username", it.sent.user_username or "",
      "user_email", it.sent.user_email or "", "mobile_number", it.sent.mobile_number or "",
      "status", #it.errors > 0 and "error" or it.row and "duplicate" or "valid", "errors", json.array(it.errors))
  end
  return out
end

local function counted(list)
  local valid, duplicates, errors = 0, 0, 0
  for _, it in ipairs(list) do
    if #it.errors > 0 then errors = errors + 1
    elseif it.row then duplicates = duplicates + 1
    else valid = valid + 1 end
  end
  return valid, duplicates, errors
end

--- What would become of the lines of an upload.
function import.preview(ctx, id)
  local lines, err, headers = lines_of(ctx, id)
  if not lines then return nil, err end
  local list
  list, err = judged(ctx, lines)
  if not list then return nil, err end
  local valid, duplicates, errors = counted(list)
  return json.ordered("total", #list, "valid", valid, "duplicates", duplicates, "errors", errors, "warnings", 0,
    "headers", json.array(headers), "preview", preview_of(list), "uploadId", id)
end

local function done_with(ctx, it, strategy)
  if #it.errors > 0 then return nil, it.errors[1] end
  local row, err
  if not it.row then row, err = employee.create(ctx, it.values)
  elseif strategy == "update_existing" then row, err = employee.update(ctx, it.row, it.values)
  else return false end
  if not row then return nil, err.message end
  return true
end

--- Does it: lines that are wrong are left out and told.
function import.run(ctx, id, strategy)
  local lines, err = lines_of(ctx, id)
  if not lines then return nil, err end
  local list
  list, err = judged(ctx, lines)
  if not list then return nil, err end
  local _, duplicates = counted(list)
  if strategy == "fail_on_duplicate" and duplicates > 0 then return invalid("ex_ValidateNumberIsDouble: " .. duplicates .. " numbers are in use") end
  local made, left, errors = 0, 0, json.array({})
  for i, it in ipairs(list) do
    local ok, problem = done_with(ctx, it, strategy)
    if ok then made = made + 1
    elseif ok == false then left = left + 1
    else errors[#errors + 1] = ("%d: %s"):format(i, problem) end
  end
  upload.drop(ctx, id)
  local job = crypto.random(8)
  return json.ordered("jobId", job, "channelId", "import_progress_" .. job, "total", #list, "toImport", #list - left,
    "imported", made, "skipped", left, "errors", errors)
end

return import
