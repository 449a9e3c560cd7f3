-- /pbx: pending changes, call groups, conference rooms.
local huntlist = require "model.huntlist"
local failover = require "kalliope.lib.failover"
local json = require "json"
local kalliope = require "kalliope.lib.answer"
local shapes = require "kalliope.lib.shapes"
local store = require "store"
local xml = require "xml"

local CODES = {
  [10] = "Invalid callgroup request", [12] = "One or more required field missing",
  [14] = "Callgroup not saved", [15] = "Callgroup not exists", [16] = "Empty request",
  [17] = "Callgroup not deleted",
}

local pbx = route {
  family = "pbx",
  summary = "Pending changes, call groups, conference rooms.",
  params = { id = { pattern = "%d+" } },
  actions = {
    pending = { access = "read", verb = "GET /pbx/pending", result = shapes.element({ pbx_pending = "flag" }) },
    apply = { access = "write", verb = "PUT /pbx/apply", result = shapes.element({ pbx_applied = "flag" }) },
    revert = { access = "write", verb = "PUT /pbx/revert", result = shapes.element({ pbx_reverted = "flag" }) },
    callgroups = { access = "read", verb = "GET /pbx/callgroups", result = shapes.callgroups },
    callgroup = { access = "read", verb = "GET /pbx/callgroups/{id}", result = shapes.callgroups },
    create = { access = "write", verb = "POST /pbx/callgroups", result = shapes.outcome("callgroup"),
      body = { callgroup = shapes.body("name", shapes.callgroup_fields) } },
    update = { access = "write", verb = "PUT /pbx/callgroups/{id}", result = shapes.outcome("callgroup"),
      body = { callgroup = shapes.body("", shapes.callgroup_fields) } },
    delete = { access = "write", verb = "DELETE /pbx/callgroups/{id}", result = shapes.outcome("callgroup") },
    conferences = { access = "read", verb = "GET /pbx/conferences", result = shapes.conferences },
  },
}

-- A change is in force when it is answered, so nothing ever waits for an apply.
function pbx.pending() return { "pbx_pending", "false" } end

function pbx.apply() return { "pbx_applied", "true" } end

-- Changes in force cannot be taken back, so this says that nothing was.
function pbx.revert() return { "pbx_reverted", "false" } end

---- call groups: our hunt lists, whose members ring in one order

local function members_of(id)
  local rows, err = store.query([[SELECT ex_number, ex_name FROM de_destinations
    JOIN ex_extensions ON ex_id = de_type_id_dst
    WHERE de_type_src = 'HUNTLIST' AND de_type_id_src = ? AND de_type_dst = 'EXT'
    ORDER BY de_ord, de_id]], { id })
  if not rows then return nil, err end
  local list = {}
  for row in rows:each() do
    list[#list + 1] = { "member", {
      { "exten", row.ex_number }, { "display_name", row.ex_name },
    } }
  end
  return list
end

local function element(row)
  local members, err = members_of(row.hu_id)
  if not members then return nil, err end
  local away
  away, err = failover.show("HUNTLIST-TIMEOUT", row.hu_id)
  if not away then return nil, err end
  return { "callgroup", {
    { "id", row.hu_id }, { "name", row.hu_name }, { "selection", row.hu_number },
    { "enabled", "true" }, { "timeout", row.hu_ringtime }, away,
    { "priorities", { { "priority", { { "id", 1 }, { "members", members } } } } },
  } }
end

local function listed(req, where)
  local rows, err = huntlist.rows(req.ctx, { where = where })
  if not rows then return nil, err end
  local list = {}
  for row in rows:each() do
    local it
    it, err = element(row)
    if not it then return nil, err end
    list[#list + 1] = it
  end
  return { "callgroups", list }
end

function pbx.callgroups(req) return listed(req) end

function pbx.callgroup(req) return listed(req, { hu_id = kalliope.id(req.args.id) or -1 }) end

local function refused(code) return kalliope.refused("callgroup", CODES, code) end

local function not_saved(err, code)
  if err.code ~= "invalid" and err.code ~= "conflict" then return nil, err end
  return kalliope.outcome("callgroup", code, CODES[code] .. ": " .. err.message)
end

-- Numbers of the members, priority by priority.
local function numbers_of(group)
  local priorities = xml.child(group, "priorities")
  if not priorities then return nil end
  local numbers = {}
  for _, priority in ipairs(priorities) do
    for _, member in ipairs(xml.child(priority, "members") or {}) do
      numbers[#numbers + 1] = kalliope.given(member, "exten")
    end
  end
  return numbers
end

local function tags_of(ctx, numbers)
  local tags = json.array({})
  for i, number in ipairs(numbers) do
    local id, err = store.value(
      "SELECT ex_id FROM ex_extensions WHERE ex_number = ? AND ex_te_id = ?",
      { number, ctx.tenant.id })
    if err then return nil, err end
    if not id then
      return nil, { code = "invalid", message = "no such extension: " .. number:sub(1, 40) }
    end
    tags[i] = "EXT-" .. id
  end
  return tags
end

-- Seconds a group rings; without an end it would ring for ever.
local function check_timeout(group)
  local text = kalliope.given(group, "timeout")
  local seconds = text and kalliope.id(text)
  if text and (not seconds or seconds < 1 or seconds > 600) then
    return nil, { code = "invalid", message = "timeout: not 1 to 600 seconds: " .. text:sub(1, 40) }
  end
  return true
end

local function fields_of(ctx, group)
  local fine, wrong = check_timeout(group)
  if not fine then return nil, wrong end
  local fields = {
    hu_name = xml.value(group, "name"), hu_number = xml.value(group, "selection"),
    hu_ringtime = xml.value(group, "timeout"),
  }
  local numbers = numbers_of(group)
  if numbers then
    local tags, err = tags_of(ctx, numbers)
    if not tags then return nil, err end
    fields.destinations = { HUNTLIST = tags }
  end
  local away, err = failover.read(ctx, group)
  if err then return nil, err end
  if away then
    fields.destinations = fields.destinations or {}
    fields.destinations["HUNTLIST-TIMEOUT"] = json.array(away.tags)
  end
  return fields
end

function pbx.create(req)
  local group = req.document and xml.child(req.document, "callgroup")
  if not group then return refused(10) end
  if not kalliope.given(group, "name") then return refused(12) end
  local fields, err = fields_of(req.ctx, group)
  if not fields then return not_saved(err, 14) end
  local row
  row, err = huntlist.create(req.ctx, fields)
  if not row then return not_saved(err, 14) end
  return kalliope.success("callgroup")
end

local function find(req)
  local row, err = huntlist.find(req.ctx, kalliope.id(req.args.id) or -1)
  if row then return row end
  if err.code == "not_found" then return nil, nil, refused(15) end
  return nil, err
end

function pbx.update(req)
  local group = req.document and xml.child(req.document, "callgroup")
  if not group then return refused(10) end
  if #group == 0 then return refused(16) end
  local row, err, answer = find(req)
  if not row then return answer, err end
  -- Members are always replaced by those of the request.
  if not xml.child(group, "priorities") then return refused(12) end
  local fields
  fields, err = fields_of(req.ctx, group)
  if not fields then return not_saved(err, 14) end
  row, err = huntlist.update(req.ctx, row.hu_id, fields)
  if not row then return not_saved(err, 14) end
  return kalliope.success("callgroup")
end

function pbx.delete(req)
  local row, err, answer = find(req)
  if not row then return answer, err end
  local done
  done, err = huntlist.delete(req.ctx, row.hu_id)
  if not done then return not_saved(err, 17) end
  return kalliope.success("callgroup")
end

---- conference rooms

function pbx.conferences(req)
  local rows, err = store.query([[SELECT cr_number, cr_name, pin, adminpin,
      (SELECT min(coalesce(di_country, '') || coalesce(di_area, '') || di_number) FROM de_destinations
        JOIN di_dids ON di_id = de_type_id_src AND di_te_id = cr_te_id
        WHERE de_type_src = 'DID' AND de_type_dst = 'CONFERENCE' AND de_type_id_dst = cr_id) AS external
    FROM cr_conferencerooms LEFT JOIN meetme ON bookid = cr_bookid
    WHERE cr_te_id = ? ORDER BY cr_number]], { req.tenant.id })
  if not rows then return nil, err end
  local list = {}
  for row in rows:each() do
    list[#list + 1] = { "conference", {
      { "name", row.cr_name }, { "enabled", "true" },
      { "selection", { { "internal", row.cr_number }, { "external", row.external } } },
      { "admin_pin", row.adminpin }, { "user_pin", row.pin },
    } }
  end
  return { "conferences", list }
end

return pbx
