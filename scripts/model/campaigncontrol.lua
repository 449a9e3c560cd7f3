-- What is done with a campaign as a whole: started, stopped, paused, given numbers.
local campaign = require "model.campaign"
local campaignnumber = require "model.campaignnumber"
local change_log = require "engine.log"
local guard = require "engine.guard"
local merged = require("lib.value").merged
local store = require "store"

local control = {}

local function refuse(message)
  return nil, { code = "conflict", reason = "conflict", message = message }
end

-- Who acts within the campaign's own tenant.
local function within(ctx, row)
  if ctx.tenant then return ctx end
  local tenant, err = store.row("SELECT te_id AS id, te_code AS code, te_name AS name FROM te_tenants WHERE te_id = ?",
    { row.ca_te_id })
  if err then return nil, err end
  return merged(ctx, { tenant = tenant })
end

local function find(ctx, id)
  local row, err = campaign.find(ctx, id)
  if not row then return nil, err end
  local own
  own, err = within(ctx, row)
  if not own then return nil, err end
  return row, own
end

local function on_demand(row)
  local kind = (row.ca_type or ""):upper():gsub("[^%u]", "")
  return kind == "" or kind:find("DEMAND", 1, true) ~= nil
end

-- Word -> what the state must be (nil: any but the new one) and what it becomes.
local MOVES = {
  start = { demand = true, to = "ACTIVE", unless = "ACTIVE", text = "Campaign is running" },
  stop = { demand = true, to = "STOPPED", unless = "STOPPED", text = "Campaign is not running" },
  pause = { from = "ACTIVE", to = "PAUSED", text = "Campaign is not running" },
  resume = { from = "PAUSED", to = "ACTIVE", text = "Campaign is not paused" },
}

--- start, stop, pause or resume. What is under way is talked to its end.
function control.move(ctx, id, word)
  local move = MOVES[word]
  local row, own = find(ctx, id)
  if not row then return nil, own end
  if move.demand and not on_demand(row) then return refuse("Only campaigns on demand are started and stopped") end
  local state = (row.ca_state or "") == "" and "STOPPED" or row.ca_state
  if move.from and state ~= move.from or move.unless and state == move.unless then return refuse(move.text) end
  return campaign.update(own, row.ca_id, { ca_state = move.to })
end

--- One more number at the end.
function control.add_number(ctx, id, number, description)
  local row, own = find(ctx, id)
  if not row then return nil, own end
  local there, err = store.value("SELECT cn_id FROM cn_campaignnumbers WHERE cn_ca_id = ? AND cn_number = ?",
    { row.ca_id, number })
  if err then return nil, err end
  if there then return refuse("Number is there already") end
  local most = tonumber(row.ca_maxcampaignnumbers)
  if most and most > 0 then
    local count
    count, err = store.value("SELECT count(*) FROM cn_campaignnumbers WHERE cn_ca_id = ?", { row.ca_id })
    if err then return nil, err end
    if count >= most then return refuse("Campaign has as many numbers as it may") end
  end
  return campaignnumber.create(own, { cn_ca_id = row.ca_id, cn_number = number, cn_description = description })
end

--- Takes a number off, or all (no number). Returns how many there were.
function control.remove_numbers(ctx, id, number)
  local allowed, refused = guard.may_write(ctx)
  if not allowed then return nil, refused end
  local row, err = find(ctx, id)
  if not row then return nil, err end
  return store.transaction(function(tx)
    local text, params = "DELETE FROM cn_campaignnumbers WHERE cn_ca_id = ?", { row.ca_id }
    if number then text, params[2] = text .. " AND cn_number = ?", number end
    local done, failed = tx:exec(text, params)
    if not done then return nil, failed end
    if number and done.changes == 0 then return nil, { code = "conflict", message = "Number not found" } end
    local logged
    logged, failed = change_log.write(tx, ctx, {
      object = "campaign", id = row.ca_id, action = "update", tenant_id = row.ca_te_id,
      description = number and "remove number " .. number or "remove all numbers",
    })
    if not logged then return nil, failed end
    return done.changes
  end)
end

--- What is listed of a number.
control.NUMBER_COLUMNS = {
  "cn_id", "cn_number", "cn_description", "cn_disposition", "cn_attempts", "cn_lastattempt", "cn_billsec",
}

--- The statement of the numbers and how far each has come.
function control.numbers(ctx, id)
  local row, err = find(ctx, id)
  if not row then return nil, err end
  return { sql = "SELECT " .. table.concat(control.NUMBER_COLUMNS, ", ")
    .. " FROM cn_campaignnumbers WHERE cn_ca_id = ? ORDER BY cn_id", params = { row.ca_id } }
end

return control
