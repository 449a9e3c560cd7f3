-- /employees: people with a phone; each is an extension of ours.
local checks = require "mikopbx.lib.employee_fields"
local employee = require "mikopbx.lib.employee"
local extension = require "model.extension"
local fields = require "mikopbx.lib.fields"
local given_id = require "mikopbx.lib.given_id"
local import = require "mikopbx.lib.employee_import"
local json = require "json"
local reply = require "lib.reply"
local shapes = require "mikopbx.lib.shapes"
local sheet = require "mikopbx.lib.employee_sheet"
local store = require "store"
local template = require "mikopbx.lib.employee_template"

local BATCH_LIMIT = 20
local ORDERS = {
  username = "ex_name", number = "length(ex_number) %s, ex_number", mobile = "me_mobile_number", email = "ex_email",
}
-- Prefix of a search -> the one column it looks at.
local SEARCHES = {
  id = "ex_id", email = "ex_email", number = "ex_number", mobile = "me_mobile_number",
}

local employees = route {
  family = "employees",
  summary = "Employees: extensions with a name, a phone and forwards.",
  params = { id = { pattern = "%d+" } },
  actions = {
    list = {
      access = "read", verb = "GET /employees", result = shapes.employee_list,
      params = shapes.list_params(50, 1000, {
        order_by = { document = { enum = { "username", "number", "mobile", "email" } } },
        order_direction = { document = { enum = { "asc", "desc", "ASC", "DESC" } } },
      }),
    },
    get = { access = "read", verb = "GET /employees/{id}", result = shapes.employee },
    getDefault = { access = "read", verb = "GET /employees:getDefault", result = shapes.employee },
    create = {
      access = "write", verb = "POST /employees", result = shapes.employee, statuses = { ["201"] = "Created." },
      body = fields.declared(checks.RULES, { "user_username", "number", "sip_secret" }),
    },
    update = {
      access = "write", verb = "PUT /employees/{id}", result = shapes.employee, body = fields.declared(checks.RULES),
    },
    patch = {
      access = "write", verb = "PATCH /employees/{id}", result = shapes.employee, body = fields.declared(checks.RULES),
    },
    delete = { access = "write", verb = "DELETE /employees/{id}", result = shapes.deleted },
    batchCreate = {
      access = "write", verb = "POST /employees:batchCreate", result = shapes.batch,
      body = {
        employees = { type = "list", required = true, summary = "at most 20 employees, as a create sends one" },
        mode = { enum = { "create", "validate" }, default = "create" },
        skip_errors = { type = "boolean", default = false, summary = "go on after one that is wrong" },
      },
    },
    batchDelete = { access = "write", verb = "POST /employees:batchDelete", refuses = true },
    export = {
      access = "read", verb = "POST /employees:export",
      result = { anyOf = { shapes.record({ filename = "text", count = "whole", format = "text" }), shapes.nothing } },
      body = {
        format = { enum = { "minimal", "standard", "full" }, default = "standard" },
        filter = { type = "object", summary = "number_from, number_to" },
      },
    },
    exportTemplate = {
      access = "read", verb = "POST /employees:exportTemplate",
      result = shapes.record({ filename = "text", format = "text" }),
      body = { format = { enum = { "minimal", "standard", "full" }, default = "standard" } },
    },
    import = {
      access = "write", verb = "POST /employees:import", result = { anyOf = { shapes.import_preview, shapes.imported } },
      body = {
        upload_id = { max = 255, document = { required = true }, summary = "of /files:upload: CSV, names of the fields first" },
        action = { enum = { "preview", "import" }, default = "preview" },
        strategy = { enum = import.STRATEGIES, default = "skip_duplicates", summary = "what becomes of numbers in use" },
      },
    },
    confirmImport = {
      access = "write", verb = "POST /employees:confirmImport", result = shapes.imported,
      body = { upload_id = { max = 255, document = { required = true } },
        strategy = { enum = import.STRATEGIES, default = "skip_duplicates" } },
    },
    download = {
      access = "public", tenant = "none", verb = "GET /employees:download", media = { "text/csv" },
      statuses = { ["403"] = "The token is unknown or has expired." },
      params = { token = { required = true, summary = "of an export's filename" } },
    },
  },
}

local function reload(row) return "extensions/modify/" .. row.ex_id end

local function find(req, status, text)
  local row, err = extension.find(req.ctx, tonumber(req.params.id))
  if row or err.code ~= "not_found" then return row, err end
  return nil, { code = "not_found", status = status, message = text:format(req.params.id) }
end

local function search_condition(search, params)
  local prefix, rest = search:match("^(%a+):(.*)$")
  local column = prefix and SEARCHES[prefix:lower()]
  local function like(text)
    params[#params + 1] = "%" .. text:gsub("[!%%_]", "!%0") .. "%"
  end
  if column then
    like(rest)
    return " AND " .. column .. " LIKE ? ESCAPE '!'"
  end
  for _ = 1, 4 do like(search) end
  return [[ AND (ex_name LIKE ? ESCAPE '!' OR ex_number LIKE ? ESCAPE '!'
    OR ex_email LIKE ? ESCAPE '!' OR me_mobile_number LIKE ? ESCAPE '!')]]
end

-- by hand: the columns of three tables in one statement
local FROM = [[ FROM ex_extensions LEFT JOIN mk_employees ON me_ex_id = ex_id
  WHERE ex_te_id = ? AND ex_tech IN ('PJSIP', 'SIP')]]

function employees.list(req)
  local params = req.params
  local total, err = store.value("SELECT COUNT(*)" .. FROM, { req.tenant.id })
  if err then return nil, err end
  local bound = { req.tenant.id }
  local search = tostring(params.search or "")
  local condition = search ~= "" and search_condition(search, bound) or ""
  local matching = total
  if search ~= "" then
    matching, err = store.value("SELECT COUNT(*)" .. FROM .. condition, bound)
    if err then return nil, err end
  end
  local way = tostring(params.order_direction):lower() == "desc" and "DESC" or "ASC"
  local order = (ORDERS[params.order_by] or ORDERS.username):format(way)
  local text = "SELECT ex_id, ex_number, ex_name, ex_email, me_mobile_number, me_avatar" .. FROM
    .. condition .. " ORDER BY " .. order .. " " .. way .. ", ex_id"
  -- Without a page everybody, as the original.
  if params.limit ~= nil or params.offset ~= nil then
    local limit = math.floor(tonumber(params.limit) or 50)
    text = text .. " LIMIT ? OFFSET ?"
    bound[#bound + 1] = limit < 1 and 50 or math.min(limit, 1000)
    bound[#bound + 1] = math.max(math.floor(tonumber(params.offset) or 0), 0)
  end
  local rows
  rows, err = store.query(text, bound, { rows = 100000 })
  if not rows then return nil, err end
  local list = json.array({})
  for row in rows:each() do
    list[#list + 1] = json.ordered("id", row.ex_id, "number", row.ex_number,
      "user_username", row.ex_name or "", "user_email", row.ex_email or "",
      "mobile", row.me_mobile_number or "",
      "avatar", (row.me_avatar or "") ~= "" and row.me_avatar or employee.AVATAR,
      "disabled", false)
  end
  return json.ordered("data", list, "recordsTotal", total, "recordsFiltered", matching)
end

function employees.get(req)
  local row, err = find(req, 422, "Employee with user_id %s not found")
  if not row then return nil, err end
  return employee.detail(req.ctx, row)
end

function employees.getDefault(req) return template.detail(req.ctx) end

local function saved(req, row, status)
  local detail, err = employee.detail(req.ctx, row)
  if not detail then return nil, err end
  return reply.of(detail, { status = status, reload = reload(row) })
end

function employees.create(req)
  local id, err = given_id.of(req.params)
  if err then return nil, err end
  local values
  values, err = checks.check(req.params, "create")
  if not values then return nil, err end
  local row
  row, err = employee.create(req.ctx, values, id)
  if not row then return nil, err end
  return saved(req, row, 201)
end

local function change(req, kind, text)
  local values, err = checks.check(req.params, kind)
  if not values then return nil, err end
  local row
  row, err = find(req, 404, text)
  if not row then return nil, err end
  row, err = employee.update(req.ctx, row, values)
  if not row then return nil, err end
  return saved(req, row, 200)
end

function employees.update(req) return change(req, "update", "Employee not found") end

function employees.patch(req)
  return change(req, "patch", "Employee not found for patch operation (ID: %s)")
end

function employees.delete(req)
  local row, err = find(req, 422, "Employee not found (ID: %s)")
  if not row then return nil, err end
  local done
  done, err = employee.delete(req.ctx, row.ex_id)
  if not done then return nil, err end
  return { deleted_id = tostring(row.ex_id) }
end

-- `taken` holds the numbers of the batch so far.
local function one(req, item, creating, taken)
  if type(item) ~= "table" then
    return "validation_failed", nil, { "the employee must be an object" }
  end
  local filled = {}
  for name, value in pairs(item) do filled[name] = value end
  filled.id = nil
  if (filled.sip_secret or "") == "" then filled.sip_secret = template.secret() end
  local values, err = checks.check(filled, "create")
  if not values then
    local texts = {}
    for name, key in pairs(err.fields or {}) do texts[#texts + 1] = name .. ": " .. key end
    table.sort(texts)
    return "validation_failed", nil, #texts > 0 and texts or err.messages
  end
  local double = "ex_ValidateNumberIsDouble: the number is already in use"
  if taken[values.number] then return "validation_failed", nil, { double } end
  taken[values.number] = true
  if not creating then
    local free
    free, err = employee.is_free(req.ctx, values)
    if err then return "validation_failed", nil, { err.message } end
    if not free then return "validation_failed", nil, { double } end
    values.sip_secret = nil
    return "validated", json.object(values)
  end
  local row
  row, err = employee.create(req.ctx, values)
  if not row then return "create_failed", nil, { err.message } end
  local detail
  detail, err = employee.detail(req.ctx, row)
  if not detail then return "error", nil, { err.message } end
  return "created", detail
end

local function summary(stats, mode)
  local messages = {}
  if stats.created > 0 then
    messages.info = { ("ex_BatchCreatedSuccess: %d"):format(stats.created) }
  end
  if stats.failed > 0 then
    messages.warning = { ("ex_BatchFailedWarning: %d"):format(stats.failed) }
    messages.error = {}
    for i = 1, math.min(5, #stats.errors) do messages.error[i] = stats.errors[i] end
  end
  local failed = mode == "validate" and stats.failed > 0 or mode == "create" and stats.created == 0
  return messages, failed
end

function employees.batchCreate(req)
  local list, mode = req.params.employees, req.params.mode or "create"
  local function refuse(key) return nil, { code = "invalid", message = key } end
  if type(list) ~= "table" or #list == 0 then
    return refuse("ex_BatchEmployeesArrayRequired")
  end
  if mode ~= "create" and mode ~= "validate" then return refuse("ex_BatchInvalidMode") end
  if #list > BATCH_LIMIT then return refuse("ex_BatchSizeExceeded") end
  local skip = req.params.skip_errors == true or req.params.skip_errors == "true"
    or req.params.skip_errors == 1
  local results, taken = json.array({}), {}
  local stats = { total = #list, validated = 0, created = 0, failed = 0, errors = json.array({}) }
  for i, item in ipairs(list) do
    local status, detail, errors = one(req, item, mode == "create", taken)
    results[i] = json.ordered("index", i - 1, "status", status,
      "data", detail or json.array({}), "errors", json.array(errors or {}))
    if errors then
      stats.failed = stats.failed + 1
      for _, text in ipairs(errors) do stats.errors[#stats.errors + 1] = text end
      if not skip then break end
    else
      stats.validated = stats.validated + 1
      if status == "created" then stats.created = stats.created + 1 end
    end
  end
  local messages, failed = summary(stats, mode)
  return reply.of(
    json.ordered("mode", mode, "results", results, "stats", json.ordered("total", stats.total,
      "validated", stats.validated, "created", stats.created, "failed", stats.failed,
      "errors", stats.errors)),
    { messages = messages, failed = failed, status = failed and 422 or 200 })
end

-- The original has the route and no more.
function employees.batchDelete()
  return nil, { code = "invalid", message = "Action 'batchDelete' is not implemented yet" }
end

function employees.export(req) return sheet.export(req.ctx, req.params) end

function employees.exportTemplate(req) return sheet.template(req.ctx, req.params) end

local function strategy_of(req)
  local strategy = req.params.strategy or "skip_duplicates"
  for _, word in ipairs(import.STRATEGIES) do
    if word == strategy then return word end
  end
  return nil, { code = "invalid", message = "Field 'strategy' must be one of: " .. table.concat(import.STRATEGIES, ", ") }
end

-- It is done when it is answered: nobody need wait for a job.
function employees.confirmImport(req)
  local strategy, err = strategy_of(req)
  if not strategy then return nil, err end
  return import.run(req.ctx, tostring(req.params.upload_id or ""), strategy)
end

function employees.import(req)
  if (req.params.action or "preview") == "import" then return employees.confirmImport(req) end
  return import.preview(req.ctx, tostring(req.params.upload_id or ""))
end

-- The token is the permission: browsers follow the link without a header.
function employees.download(req) return sheet.download(tostring(req.params.token or "")) end

return employees
