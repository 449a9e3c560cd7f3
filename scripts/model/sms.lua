-- Short messages: kept first, then sent by a job, to a phone of the tenant as SIP MESSAGE and to anybody else
-- through the HTTP service of a provider (setting SMSPROVIDER).
local ami = require "ami"
local calls = require "calls"
local cdr = require "model.cdr"
local crypto = require "crypto"
local extension = require "model.extension"
local fail = require("lib.failure").parameter
local guard = require "engine.guard"
local http = require "http"
local log = require "log"
local moment = require "lib.moment"
local outbox = require "model.outbox"
local peer = require "model.peer"
local setting = require "model.setting"
local store = require "store"

local sms = {}

local MAX_MESSAGE = 2000
local BATCH = 20
-- A message that a host has had for so long went down with that host; one that could not be sent for so long
-- is old news.
local ABANDONED, STALE = 120, 3600

local function number(name, text)
  if type(text) ~= "string" or not text:find("^[%w*#+_.-]+$") or #text > 80 then return fail(name, "not a number") end
  return text
end

local function checked(ctx, given)
  local source, err = number("source", peer.number(given.source or "", ctx.tenant.code))
  if not source then return nil, err end
  local dest
  dest, err = number("dest", peer.number(given.dest or "", ctx.tenant.code))
  if not dest then return nil, err end
  local text = given.message
  if type(text) ~= "string" or text == "" then return fail("message", "missing") end
  if #text > MAX_MESSAGE then return fail("message", ("longer than %d bytes"):format(MAX_MESSAGE)) end
  if text:find("%z") then return fail("message", "holds a NUL") end
  local from = given.destclid
  if from == "" then from = nil end
  if from and (#from > 80 or from:find('[%c"<>]')) then return fail("destclid", "not valid") end
  local node = given.server
  if node == "" then node = nil end
  if node and not node:find("^[%w_.-]+$") then return fail("server", "not valid") end
  return { source = source, dest = dest, message = text, from = from, node = node }
end

--- Keeps a message to be sent: {source, dest, message, destclid, server}. Its id.
function sms.send(ctx, given)
  local allowed, refused = guard.may_write(ctx)
  if not allowed then return nil, refused end
  local it, err = checked(ctx, given)
  if not it then return nil, err end
  local id = crypto.random(7)
  return outbox.keep(ctx, { object = "sms", id = id, table = "sm_smses", words = "messages",
    description = it.source .. " to " .. it.dest, row = {
      sm_te_id = ctx.tenant.id, sm_date = moment.now(), sm_direction = "OUT", sm_source = it.source, sm_dest = it.dest,
      sm_message = it.message, sm_status = "QUEUED", sm_uniqueid = id, sm_node = it.node or "", sm_from = it.from or "",
    } })
end

--- The statement of messages: of a span, or the one with an id. filters = {id, start, end}.
function sms.select(ctx, filters)
  local where, params = {}, {}
  if ctx.tenant then where[1], params[1] = "sm_te_id = ?", ctx.tenant.id end
  local id = filters.id
  if id and id ~= "" then
    where[#where + 1], params[#params + 1] = "sm_uniqueid = ?", id
  else
    local start, finish = cdr.span(filters)
    if not start then return nil, finish end
    where[#where + 1] = "sm_date >= ? AND sm_date <= ?"
    params[#params + 1], params[#params + 2] = start, finish
  end
  return { sql = "SELECT sm_id AS id, sm_date AS date, sm_direction AS direction, sm_source AS source, sm_dest AS dest, "
    .. "sm_message AS message, sm_status AS status, sm_uniqueid AS uniqueid FROM sm_smses WHERE "
    .. table.concat(where, " AND ") .. " ORDER BY sm_date, sm_id", params = params }
end

---- sending

-- To the phone, when somebody is registered there.
local function to_phone(row, ex)
  local name = extension.peer(ex)
  local contact = calls.contacts(name)[1]
  if not contact then return nil, { code = "not_found", message = name .. " is not registered" } end
  local from = row.sm_from ~= "" and row.sm_from or row.sm_source
  local node = row.sm_node ~= "" and row.sm_node or contact.node
  -- In base64 because a line of AMI ends at a line break.
  local reply, err = ami.action("MessageSend", {
    Destination = "pjsip:" .. name, From = ('"%s" <sip:%s@%s>'):format(from, row.sm_source, row.te_code),
    Base64Body = crypto.base64(row.sm_message),
  }, { node = node ~= "" and node or nil })
  return reply ~= nil, err
end

local function escaped(text)
  return (text:gsub("[^%w._~-]", function(c) return ("%%%02X"):format(c:byte()) end))
end

-- {source}, {dest}, {message}, {id}, {user} and {password} in the address, escaped.
local function filled(url, values)
  return (url:gsub("{(%a+)}", function(name) return values[name] and escaped(values[name]) end))
end

local function provider_of(ctx)
  local which, err = setting.effective(ctx, "SMSPROVIDER")
  if err then return nil, err end
  if not which or which == "" then return nil, { code = "refused", message = "no provider for messages: set SMSPROVIDER" } end
  local row
  row, err = store.row("SELECT pr_name, pr_disabled, pr_smsprotocol, pr_smsurl, pr_smsuser, pr_smspassword FROM pr_providers "
    .. "WHERE pr_id = ? OR pr_name = ? ORDER BY pr_id LIMIT 1", { tonumber(which) or -1, which })
  if err then return nil, err end
  if not row or (row.pr_smsurl or "") == "" then
    return nil, { code = "refused", message = "SMSPROVIDER: no such provider, or without an address: " .. which }
  end
  if row.pr_disabled == "on" or row.pr_disabled == "yes" then
    return nil, { code = "refused", message = "SMSPROVIDER: disabled: " .. row.pr_name }
  end
  return row
end

local function through_provider(ctx, row)
  local provider, err = provider_of(ctx)
  if not provider then return nil, err end
  local user, password = provider.pr_smsuser or "", provider.pr_smspassword or ""
  local values = {
    source = row.sm_from ~= "" and row.sm_from or row.sm_source, dest = row.sm_dest, message = row.sm_message,
    id = row.sm_uniqueid, user = user, password = password,
  }
  local request = { url = filled(provider.pr_smsurl, values), timeout = 10, headers = {} }
  if user ~= "" then request.headers.Authorization = "Basic " .. crypto.base64(user .. ":" .. password) end
  local protocol = (provider.pr_smsprotocol or ""):upper()
  local body = { from = values.source, to = values.dest, text = values.message, id = values.id }
  if protocol == "JSON" then
    request.json = body
  elseif protocol ~= "GET" then
    local parts = {}
    for _, name in ipairs({ "from", "to", "text", "id" }) do parts[#parts + 1] = name .. "=" .. escaped(body[name]) end
    request.body = table.concat(parts, "&")
    request.headers["Content-Type"] = "application/x-www-form-urlencoded"
  end
  local answer
  answer, err = http.request(request)
  if not answer then return nil, err end
  if answer.status >= 200 and answer.status < 300 then return true end
  return nil, { code = "refused", message = ("%s answered %d: %s"):format(provider.pr_name, answer.status,
    answer.body:sub(1, 120):gsub("%c", " ")) }
end

local function finish(row, status, message)
  return store.write("UPDATE sm_smses SET sm_status = ?, sm_error = ?, sm_claimed = NULL WHERE sm_id = ?",
    { status, message or "", row.sm_id })
end

local function deliver(row)
  local done, err = store.write("UPDATE sm_smses SET sm_status = 'SENDING', sm_claimed = ? WHERE sm_id = ? "
    .. "AND sm_status = 'QUEUED'", { moment.now(), row.sm_id })
  if not done then return nil, err end
  if done.changes == 0 then return true end -- another host has it
  local ctx = { tenant = { id = row.sm_te_id, code = row.te_code }, secrets = true, actor = "job" }
  local ex
  ex, err = extension.by_number(ctx, row.sm_dest)
  local sent
  if ex then sent, err = to_phone(row, ex)
  elseif err.code == "not_found" then sent, err = through_provider(ctx, row) end
  if sent then return finish(row, "SENT") end
  -- A PBX or a service that is away comes back.
  if err.code == "unavailable" and row.sm_date > moment.now(-STALE) then return finish(row, "QUEUED", err.message) end
  log.warn("a message was not sent", { id = row.sm_uniqueid, tenant = row.te_code, error = err.message })
  return finish(row, "FAILED", err.message)
end

--- Sends what waits. Returns how many were tried.
function sms.run()
  -- Whether those went out is not known, so they are not sent again.
  local done, err = store.write("UPDATE sm_smses SET sm_status = 'FAILED', sm_error = 'interrupted' "
    .. "WHERE sm_status = 'SENDING' AND sm_claimed < ?", { moment.now(-ABANDONED) })
  if not done then return nil, err end
  local rows
  rows, err = store.query("SELECT sm_id, sm_te_id, sm_date, sm_source, sm_dest, sm_message, sm_uniqueid, "
    .. "COALESCE(sm_node, '') AS sm_node, COALESCE(sm_from, '') AS sm_from, te_code FROM sm_smses "
    .. "JOIN te_tenants ON te_id = sm_te_id WHERE sm_status = 'QUEUED' ORDER BY sm_id LIMIT ?", { BATCH })
  if not rows then return nil, err end
  for row in rows:each() do
    done, err = deliver(row)
    if not done then return nil, err end
  end
  return #rows
end

return sms
