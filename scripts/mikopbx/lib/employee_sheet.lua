-- Employees as CSV: a link names what is asked for, and the file is made when it is fetched.
local config = require "config"
local csv = require "csv"
local employee = require "mikopbx.lib.employee"
local json = require "json"
local reply = require "lib.reply"
local store = require "store"
local task = require "task"
local ticket = require "access.ticket"
local values_of = require "lib.value"

local sheet = {}

local SECONDS = 3600
-- Employees whose details are read at once.
local SLICE = 500
local LINK = "/pbxcore/api/v3/employees:download?token="
local COLUMNS = {
  minimal = { "number", "user_username", "sip_secret" },
  standard = { "number", "user_username", "user_email", "mobile_number", "sip_secret" },
  full = {
    "number", "user_username", "user_email", "mobile_number", "mobile_dialstring", "sip_secret",
    "sip_dtmfmode", "sip_transport", "sip_enableRecording", "sip_networkfilterid",
    "sip_manualattributes", "fwd_ringlength", "fwd_forwarding", "fwd_forwardingonbusy",
    "fwd_forwardingonunavailable",
  },
}

local function format_of(values)
  local format = tostring(values.format or "standard")
  if COLUMNS[format] then return format end
  return nil, { code = "invalid", message = "Field 'format' must be one of: minimal, standard, full" }
end

local function link(ctx, it)
  it.te_id, it.code, it.secrets = ctx.tenant.id, ctx.tenant.code, ctx.secrets
  local token, err = ticket.issue(ctx, "sheet", it, SECONDS)
  if not token then return nil, err end
  return LINK .. token
end

-- Numbers of different lengths are no text: 99 is before 201.
local function rows_of(te_id, from, to)
  -- by hand: an export streams
  local text, bound = [[SELECT ex_extensions.*, (SELECT "password" FROM ps_auths WHERE id = ex_tech_id) AS "password"
    FROM ex_extensions WHERE ex_te_id = ? AND ex_tech IN ('PJSIP', 'SIP')]], { te_id }
  for _, it in ipairs({ { from, ">=", ">" }, { to, "<=", "<" } }) do
    if it[1] then
      text = text .. (" AND (length(ex_number) %s length(?) OR length(ex_number) = length(?) AND ex_number %s ?)")
        :format(it[3], it[2])
      for _ = 1, 3 do bound[#bound + 1] = it[1] end
    end
  end
  return store.query(text .. " ORDER BY length(ex_number), ex_number", bound, { rows = 10000 })
end

local function number_of(filter, name)
  local value = type(filter) == "table" and filter[name]
  local text = value and tostring(value) or ""
  return text:match("^%d+$") and text or nil
end

function sheet.export(ctx, values)
  local format, err = format_of(values)
  if not format then return nil, err end
  local from, to = number_of(values.filter, "number_from"), number_of(values.filter, "number_to")
  local rows
  rows, err = rows_of(ctx.tenant.id, from, to)
  if not rows then return nil, err end
  if #rows == 0 then
    return reply.of(json.array({}), { failed = true, status = 422,
      messages = { warning = { "ex_ExportNoEmployees: there is nobody to export" } } })
  end
  local address
  address, err = link(ctx, { format = format, from = from, to = to })
  if not address then return nil, err end
  return json.ordered("filename", address, "count", #rows, "format", format)
end

function sheet.template(ctx, values)
  local format, err = format_of(values)
  if not format then return nil, err end
  local address
  address, err = link(ctx, { format = format, empty = true })
  if not address then return nil, err end
  return json.ordered("filename", address, "format", format)
end

-- A secret stays what the phone has; all else is read in a spreadsheet.
local function shown(value, name)
  if type(value) == "boolean" then return value and "1" or "0" end
  local text = tostring(value or "")
  if name == "sip_secret" or not config.get("csv.defuse", true) then return text end
  return values_of.cell(text)
end

-- Adds lines of employees, some at a time.
local function add_lines(ctx, rows, names, lines)
  for first = 1, #rows, SLICE do
    local some = {}
    for i = first, math.min(first + SLICE - 1, #rows) do some[#some + 1] = rows[i] end
    local details, err = employee.details(ctx, some)
    if not details then return nil, err end
    for _, detail in ipairs(details) do
      local line = {}
      for i, name in ipairs(names) do line[i] = shown(detail[name], name) end
      lines[#lines + 1] = line
    end
  end
  return true
end

--- The file of a link: UTF-8 with a mark, names of the fields first.
function sheet.download(token)
  local it, failed = ticket.read("sheet", token)
  if not it then return nil, failed or { code = "denied", message = "token: unknown or expired" } end
  task.scope(it.code)
  local ctx = { tenant = { id = it.te_id, code = it.code }, secrets = it.secrets, key = { read_only = true },
    actor = "MikoPBX" }
  local names = COLUMNS[it.format]
  local lines = { names }
  if not it.empty then
    local rows, err = rows_of(it.te_id, it.from, it.to)
    if not rows then return nil, err end
    local ok
    ok, err = add_lines(ctx, rows, names, lines)
    if not ok then return nil, err end
  end
  return reply.body("\239\187\191" .. csv.encode(lines), {
    type = "text/csv; charset=utf-8",
    headers = { ["Content-Disposition"] = 'attachment; filename="employees_' .. it.format .. '.csv"',
      ["Access-Control-Allow-Origin"] = "*", ["X-Content-Type-Options"] = "nosniff" },
  })
end

return sheet
