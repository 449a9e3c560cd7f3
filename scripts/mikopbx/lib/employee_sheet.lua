-- Employees as CSV: a link names what is asked for, and the file is made when it is fetched.
local cache = require "cache"
local crypto = require "crypto"
local csv = require "csv"
local employee = require "mikopbx.lib.employee"
local json = require "json"
local reply = require "lib.reply"
local store = require "store"
local task = require "task"

local sheet = {}

local SECONDS = 3600
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
  local token = crypto.random(16)
  cache.put("mikopbx.sheet." .. token, json.encode(it), SECONDS)
  return LINK .. token
end

-- Numbers of different lengths are no text: 99 is before 201.
local function rows_of(te_id, from, to)
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
  return json.ordered("filename", link(ctx, { format = format, from = from, to = to }), "count", #rows,
    "format", format)
end

function sheet.template(ctx, values)
  local format, err = format_of(values)
  if not format then return nil, err end
  return json.ordered("filename", link(ctx, { format = format, empty = true }), "format", format)
end

local function shown(value)
  if type(value) == "boolean" then return value and "1" or "0" end
  return tostring(value or "")
end

local function line_of(ctx, row, names)
  local detail, err = employee.detail(ctx, row)
  if not detail then return nil, err end
  local line = {}
  for i, name in ipairs(names) do line[i] = shown(detail[name]) end
  return line
end

--- The file of a link: UTF-8 with a mark, names of the fields first.
function sheet.download(token)
  local text = cache.get("mikopbx.sheet." .. token)
  if not text then return nil, { code = "denied", message = "token: unknown or expired" } end
  local it = json.decode(text)
  task.scope(it.code)
  local ctx = { tenant = { id = it.te_id, code = it.code }, secrets = it.secrets, key = { read_only = true },
    actor = "MikoPBX" }
  local names = COLUMNS[it.format]
  local lines = { names }
  if not it.empty then
    local rows, err = rows_of(it.te_id, it.from, it.to)
    if not rows then return nil, err end
    for row in rows:each() do
      local line
      line, err = line_of(ctx, row, names)
      if not line then return nil, err end
      lines[#lines + 1] = line
    end
  end
  return reply.body("\239\187\191" .. csv.encode(lines), {
    type = "text/csv; charset=utf-8",
    headers = { ["Content-Disposition"] = 'attachment; filename="employees_' .. it.format .. '.csv"',
      ["Access-Control-Allow-Origin"] = "*", ["X-Content-Type-Options"] = "nosniff" },
  })
end

return sheet
