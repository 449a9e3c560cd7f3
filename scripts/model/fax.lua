-- Faxes: kept with their document first, then sent by a job. Asterisk makes the pages, and writes how it went into
-- the row, as it does for those that come in (asterisk/extensions_fax.conf).
local ami = require "ami"
local call = require "model.call"
local calls = require "calls"
local cdr = require "model.cdr"
local check = require "lib.params"
local crypto = require "crypto"
local fail = require("lib.failure").parameter
local files = require "files"
local guard = require "engine.guard"
local log = require "log"
local moment = require "lib.moment"
local outbox = require "model.outbox"
local peer = require "model.peer"
local sql = require "engine.sql"
local store = require "store"

local fax = {}

fax.MAX_DOCUMENT = 64 * 1024 * 1024
fax.QUALITIES = { "204x98", "204x196", "204x392" }
fax.PAGE_SIZES = { "a4", "letter", "legal" }
fax.ROTATIONS = { "", "E", "W", "no" }
local BATCH = 10
-- Longest fax; what a host has had for longer went down with that host or with Asterisk.
local LONGEST = 7200
local RINGS = 90

local TYPES = { pdf = "application/pdf", tif = "image/tiff" }
fax.TYPES = TYPES

-- What a document is, by its first bytes.
local function kind_of(bytes)
  if bytes:sub(1, 5) == "%PDF-" then return "pdf" end
  local head = bytes:sub(1, 4)
  if head == "II*\0" or head == "MM\0*" then return "tif" end
end

local function scoped(ctx, text, params)
  if not ctx.tenant then return text end
  params[#params + 1] = ctx.tenant.id
  return text .. " AND fa_te_id = ?"
end

--- A fax by its id, the id that `send` gave, or the unique id of its call.
function fax.find(ctx, id)
  id = tostring(id or "")
  if id ~= "" then
    for _, column in ipairs({ "fa_originateid", "fa_uniqueid", "fa_id" }) do
      local value = column ~= "fa_id" and id or id:find("^%d+$") and #id < 16 and tonumber(id) or nil
      if value then
        local params = { value }
        local row, err = store.row(scoped(ctx, "SELECT * FROM fa_faxes WHERE " .. column .. " = ?", params)
          .. " ORDER BY fa_id LIMIT 1", params)
        if err then return nil, err end
        if row then return row end
      end
    end
  end
  return nil, { code = "not_found", message = "id: no such fax: " .. id:sub(1, 40) }
end

--- The statement of faxes of a span: filters = {start, end, direction}; without a span, all. `columns`: {column, label}
--- pairs.
function fax.select(ctx, filters, columns)
  local where, params = { "fa_te_id = ?" }, { ctx.tenant.id }
  if (filters.start or "") ~= "" or (filters["end"] or "") ~= "" then
    local start, finish = cdr.span(filters)
    if not start then return nil, finish end
    where[2] = "fa_date >= ? AND fa_date <= ?"
    params[2], params[3] = start, finish
  end
  local direction = filters.direction
  if direction and direction ~= "" then
    where[#where + 1], params[#params + 1] = "fa_direction = ?", direction:upper()
  end
  return { sql = "SELECT " .. sql.labelled(columns) .. " FROM fa_faxes WHERE " .. table.concat(where, " AND ")
    .. " ORDER BY fa_date, fa_id", params = params }
end

-- The bytes to send: those given, or those of an earlier fax.
local function document(ctx, given)
  local bytes, err = given.bytes
  if not bytes and given.id then
    local row
    row, err = fax.find(ctx, given.id)
    if not row then return nil, err end
    if (row.fa_filename or "") ~= "" then
      bytes, err = files.read("fax", row.fa_filename, fax.MAX_DOCUMENT)
      if not bytes then return nil, err end
    end
  end
  if not bytes or bytes == "" then return nil, { code = "refused", message = "No file" } end
  local kind = kind_of(bytes)
  if not kind then return nil, { code = "refused", message = "Invalid file" } end
  return bytes, kind
end

local function number(name, text, code)
  local plain = peer.number(text or "", code):gsub("[%s()./-]", "")
  if not plain:find("^%+?[%d*#]+$") or #plain > 40 then return fail(name, "not a number") end
  return plain
end

local function word(name, value, words)
  for _, it in ipairs(words) do
    if value == it then return value end
  end
  return fail(name, "must be one of " .. table.concat(words, ", "))
end

local function checked(ctx, given)
  local row, err = { fa_te_id = ctx.tenant.id, fa_date = moment.now(), fa_direction = "OUT", fa_status = "QUEUED" }
  row.fa_dest, err = number("dest_number", given.dest, ctx.tenant.code)
  if err then return nil, err end
  row.fa_source, err = number("source_number", given.source, ctx.tenant.code)
  if err then return nil, err end
  row.fa_quality, err = word("quality", given.quality or fax.QUALITIES[2], fax.QUALITIES)
  if err then return nil, err end
  row.fa_pagesize, err = word("pagesize", given.pagesize or fax.PAGE_SIZES[1], fax.PAGE_SIZES)
  if err then return nil, err end
  row.fa_rotate, err = word("rotate", given.rotate or "", fax.ROTATIONS)
  if err then return nil, err end
  row.fa_deleteaftersend, row.fa_statusemail = given.deleteaftersend == "on" and "on" or "", given.statusemail or ""
  row.fa_schedule = given.schedule or ""
  if row.fa_schedule ~= "" then
    row.fa_schedule = check.datetime(row.fa_schedule)
    if not row.fa_schedule then return fail("schedule", "not a date and time") end
  end
  return row
end

--- Keeps a fax to be sent: {source, dest, bytes | id (of an earlier fax), quality, pagesize, rotate,
--- deleteaftersend, schedule, statusemail}. Its id.
function fax.send(ctx, given)
  local allowed, refused = guard.may_write(ctx)
  if not allowed then return nil, refused end
  local row, err = checked(ctx, given)
  if not row then return nil, err end
  local bytes, kind = document(ctx, given)
  if not bytes then return nil, kind end
  local id = crypto.random(7)
  row.fa_originateid, row.fa_filename = id, ("%s/out/%s.%s"):format(ctx.tenant.code, id, kind)
  local written
  written, err = files.write("fax", row.fa_filename, bytes)
  if not written then return nil, err end
  local made
  made, err = outbox.keep(ctx, { object = "fax", id = id, table = "fa_faxes", row = row, words = "faxes",
    description = row.fa_source .. " to " .. row.fa_dest })
  if not made then files.remove("fax", row.fa_filename) end
  return made, err
end

--- The document as a body, its content type and its row.
function fax.open(ctx, id)
  local row, err = fax.find(ctx, id)
  if not row then return nil, err end
  local body
  if (row.fa_filename or "") ~= "" then body, err = files.open("fax", row.fa_filename) end
  if not body then return nil, err or { code = "not_found", message = "id: no document: " .. tostring(id) } end
  return body, TYPES[(row.fa_filename or ""):match("%.(%w+)$")] or "application/octet-stream", row
end

---- sending

local function finish(row, status, message)
  return store.write("UPDATE fa_faxes SET fa_status = ?, fa_error = ?, fa_claimed = NULL WHERE fa_id = ? "
    .. "AND fa_status = 'SENDING'", { status, message or "", row.fa_id })
end

local function place(row)
  local done, err = store.write("UPDATE fa_faxes SET fa_status = 'SENDING', fa_claimed = ?, fa_uniqueid = ? "
    .. "WHERE fa_id = ? AND fa_status = 'QUEUED'", { moment.now(), call.channel_id(row.fa_originateid), row.fa_id })
  if not done then return nil, err end
  if done.changes == 0 then return true end -- another host has it
  local queued, refused = calls.originate {
    id = call.channel_id(row.fa_originateid), channel = ("Local/%s@fax-out/n"):format(row.fa_dest), context = "fax-send", exten = tostring(row.fa_id),
    priority = 1, caller = row.fa_source, timeout = RINGS, account = row.te_code,
    variables = { TENANT = row.te_code, ORIGINATEID = row.fa_originateid, FAXID = tostring(row.fa_id) },
  }
  -- Without an answer it may be under way: its record tells.
  if queued or refused.code == "timeout" then return true end
  if refused.code == "unavailable" and row.fa_date > moment.now(-LONGEST) then return finish(row, "QUEUED", refused.message) end
  log.warn("a fax was not sent", { id = row.fa_originateid, tenant = row.te_code, error = refused.message })
  return finish(row, "FAILED", refused.message)
end

-- Nobody answered, or both hosts went down: the call's record says so, or there is no call at all.
local function settle(row)
  if #calls.channels({ uniqueid = row.fa_uniqueid }) > 0 then return true end
  local leg, err = store.row("SELECT MAX(CASE WHEN disposition = 'ANSWERED' THEN 1 ELSE 0 END) AS answered, "
    .. "MAX(disposition) AS disposition FROM cdr WHERE originateid = ?", { row.fa_originateid })
  if err then return nil, err end
  if leg and leg.disposition and leg.answered == 0 then return finish(row, "FAILED", leg.disposition) end
  if row.fa_claimed < moment.now(-LONGEST) then return finish(row, "FAILED", "interrupted") end
  return true
end

--- Sends what is due, and ends what will not end by itself. Returns how many were tried.
function fax.run()
  local now = moment.now()
  local rows, err = store.query("SELECT fa_id, fa_originateid, fa_uniqueid, fa_claimed FROM fa_faxes "
    .. "WHERE fa_status = 'SENDING' AND fa_claimed < ? ORDER BY fa_id LIMIT 100", { moment.now(-5) })
  if not rows then return nil, err end
  local done
  for row in rows:each() do
    done, err = settle(row)
    if not done then return nil, err end
  end
  local away = true
  for _, node in ipairs(ami.nodes()) do away = away and node.state ~= "up" end
  if away then return 0 end
  rows, err = store.query("SELECT fa_id, fa_te_id, fa_date, fa_source, fa_dest, fa_originateid, te_code FROM fa_faxes "
    .. "JOIN te_tenants ON te_id = fa_te_id WHERE fa_status = 'QUEUED' AND COALESCE(fa_schedule, '') <= ? "
    .. "ORDER BY fa_id LIMIT ?", { now, BATCH })
  if not rows then return nil, err end
  for row in rows:each() do
    done, err = place(row)
    if not done then return nil, err end
  end
  -- A document that is to go once it is sent.
  local sent
  sent, err = store.query("SELECT fa_id, fa_filename FROM fa_faxes WHERE fa_status = 'SENT' AND fa_deleteaftersend = 'on' "
    .. "AND fa_filename <> '' ORDER BY fa_id LIMIT ?", { BATCH })
  if not sent then return nil, err end
  for row in sent:each() do
    for _, ending in ipairs({ "pdf", "tif" }) do files.remove("fax", (row.fa_filename:gsub("%w+$", ending))) end
    done, err = store.write("UPDATE fa_faxes SET fa_filename = '' WHERE fa_id = ?", { row.fa_id })
    if not done then return nil, err end
  end
  return #rows
end

return fax
