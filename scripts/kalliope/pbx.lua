-- /pbx: pending changes, call groups, conference rooms.
local group_of = require "kalliope.lib.callgroup"
local journal = require "kalliope.lib.journal"
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

function pbx.pending(req)
  local waits, err = journal.pending(req.ctx)
  if waits == nil then return nil, err end
  return { "pbx_pending", kalliope.flag(waits) }
end

function pbx.apply(req)
  local done, err = journal.apply(req.ctx)
  if done == nil then return nil, err end
  return { "pbx_applied", kalliope.flag(done) }
end

function pbx.revert(req)
  local done, err = journal.revert(req.ctx)
  if done == nil then return nil, err end
  return { "pbx_reverted", kalliope.flag(done) }
end

---- call groups

-- Groups of the store in blocks of this many.
local BLOCK = 1000

local function shown(list, view)
  for i, record in ipairs(list) do
    local err
    list[i], err = group_of.element(view, record)
    if err then return nil, err end
  end
  return { "callgroups", list }
end

function pbx.callgroups(req)
  local view, err = journal.view(req.ctx)
  if not view then return nil, err end
  local list, block = {}
  repeat
    block, err = group_of.stored(req.ctx, { limit = BLOCK, offset = #list })
    if not block then return nil, err end
    for _, record in ipairs(block) do list[#list + 1] = record end
  until #block < BLOCK
  return shown(view:over("callgroup", list, "id"), view)
end

local function find(view, req) return view:record("callgroup", kalliope.id(req.args.id) or -1) end

function pbx.callgroup(req)
  local view, err = journal.view(req.ctx)
  if not view then return nil, err end
  local record
  record, err = find(view, req)
  if err then return nil, err end
  return shown({ record }, view)
end

local function refused(code) return kalliope.refused("callgroup", CODES, code) end

-- What a change came to: 0, or the code of what is wrong.
local function outcome(code, done, err)
  if done then return kalliope.success("callgroup") end
  if err.answer then return refused(err.answer) end
  if err.code ~= "invalid" and err.code ~= "conflict" then return nil, err end
  return kalliope.problem("callgroup", CODES, code, err)
end

local function sent(req) return req.document and xml.child(req.document, "callgroup") end

function pbx.create(req)
  local group = sent(req)
  if not group then return refused(10) end
  if not kalliope.given(group, "name") then return refused(12) end
  return outcome(14, journal.change(req.ctx, function()
    return { object = "callgroup", action = "create", values = group_of.given(group) }
  end))
end

-- Changes the group of the path, if there is one, to what `values()` says.
local function change_group(req, code, action, values)
  return outcome(code, journal.change_one(req.ctx, "callgroup", action, function(view) return find(view, req) end, values))
end

function pbx.update(req)
  local group = sent(req)
  if not group then return refused(10) end
  return change_group(req, 14, "update", function()
    if #group == 0 then return nil, { answer = 16 } end
    -- Members are always replaced by those of the request.
    if not xml.child(group, "priorities") then return nil, { answer = 12 } end
    return group_of.given(group)
  end)
end

function pbx.delete(req) return change_group(req, 17, "delete", function() return {} end) end

---- conference rooms

function pbx.conferences(req)
  -- by hand: rooms as this dialect lists them
  local rows, err = store.query([[SELECT cr_number, cr_name, pin, adminpin,
      (SELECT min(coalesce(di_country, '') || coalesce(di_area, '') || di_number) FROM de_destinations
        JOIN di_dids ON di_id = de_type_id_src AND di_te_id = cr_te_id
        WHERE de_type_src = 'DID' AND de_type_dst = 'CONFERENCE' AND de_type_id_dst = cr_id) AS external
    FROM cr_conferencerooms LEFT JOIN meetme ON bookid = cr_bookid
    WHERE cr_te_id = ? ORDER BY cr_number]], { req.tenant.id }, { rows = 100000 })
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
