-- Calls the numbers of campaigns. An attempt is written before the call is placed, in the transaction that takes the
-- number: of several hosts one dials it, and a host that starts anew does not dial what may be ringing.
local ami = require "ami"
local call = require "model.call"
local calls = require "calls"
local crypto = require "crypto"
local hours = require "model.hours"
local log = require "log"
local moment = require "lib.moment"
local queue = require "model.queue"
local store = require "store"

local dialler = {}

local NEVER = "9999-12-31 23:59:59"
-- Of one campaign in one run.
local BATCH = 20
local MAX_CHANNELS = 500
-- A call whose record has not come so long after it cannot ring any more has none.
local GRACE = 60

local function is_on(text) return text == "on" or text == "yes" or text == "1" end

local function number_of(text, other)
  local number = tonumber(text)
  return number and number > 0 and number or other
end

---- ending attempts

local function finish(attempt, disposition, billsec, message)
  return store.transaction(function(tx)
    local done, err = tx:exec("UPDATE at_campaignattempts SET at_state = ?, at_ended = ?, at_error = ? WHERE at_id = ? "
      .. "AND at_state = 'DIALING'", { disposition, moment.now(), message or "", attempt.at_id })
    if not done then return nil, err end
    if done.changes == 0 then return true end -- another host was first
    local over = disposition == "ANSWERED" or attempt.cn_attempts >= attempt.most
    return tx:exec("UPDATE cn_campaignnumbers SET cn_disposition = ?, cn_billsec = ?, cn_due = ? WHERE cn_id = ?",
      { disposition, billsec, over and NEVER or moment.now(attempt.retry), attempt.at_cn_id })
  end)
end

-- Of the legs of the call one that was answered counts, else any.
local function outcome(id)
  return store.row([[SELECT MAX(CASE WHEN disposition = 'ANSWERED' THEN 1 ELSE 0 END) AS answered,
    MAX(CASE WHEN disposition = 'ANSWERED' THEN billsec ELSE 0 END) AS billsec, MIN(disposition) AS disposition
    FROM cdr WHERE originateid = ?]], { id })
end

local function settle(attempt)
  if #calls.channels({ uniqueid = attempt.at_uniqueid or "" }) > 0 then
    -- From its end on its record has that long to come.
    if attempt.at_until > moment.now(GRACE / 2) then return true end
    return store.write("UPDATE at_campaignattempts SET at_until = ? WHERE at_id = ?", { moment.now(GRACE), attempt.at_id })
  end
  local row, err = outcome(attempt.at_id)
  if err then return nil, err end
  if row and row.disposition then
    return finish(attempt, row.answered == 1 and "ANSWERED" or row.disposition, row.billsec or 0)
  end
  if attempt.at_until > moment.now() then return true end
  return finish(attempt, "FAILED", 0, "the call left no record")
end

local function settle_all()
  local rows, err = store.query("SELECT at_id, at_cn_id, at_uniqueid, at_until, COALESCE(cn_attempts, 0) AS cn_attempts, "
    .. "ca_maxattempts, ca_retrytime FROM at_campaignattempts LEFT JOIN cn_campaignnumbers ON cn_id = at_cn_id "
    .. "LEFT JOIN ca_campaigns ON ca_id = at_ca_id WHERE at_state = 'DIALING' ORDER BY at_started LIMIT 5000", {})
  if not rows then return nil, err end
  for row in rows:each() do
    row.most, row.retry = number_of(row.ca_maxattempts, 1), number_of(row.ca_retrytime, 300)
    local done
    done, err = settle(row)
    if not done then return nil, err end
  end
  return true
end

---- placing calls

-- How many more a campaign may have now; inside the transaction that takes one.
local function busy(tx, id)
  return tx:value("SELECT count(*) FROM at_campaignattempts WHERE at_ca_id = ? AND at_state = 'DIALING'", { id })
end

local function barred(tx, campaign, number)
  local found, err = tx:value("SELECT dn_id FROM dn_donotcalls WHERE dn_te_id = ? AND dn_number = ?",
    { campaign.ca_te_id, number })
  if found or err then return found, err end
  local digits = number:gsub("%D", "")
  -- 15 digits fit the id of a destination.
  if digits == "" or #digits > 15 then return nil end
  return tx:value("SELECT de_id FROM de_destinations WHERE de_type_src = 'CAMPAIGN-DONOTCALL' AND de_type_id_src = ? "
    .. "AND de_type_dst IN ('DNC', 'ADDTODNCLIST') AND de_type_id_dst = ? LIMIT 1", { campaign.ca_id, tonumber(digits) })
end

-- The attempt, written; false when there is none to make.
local function take(campaign, number)
  local attempt = { at_id = crypto.random(7), at_cn_id = number.cn_id, most = campaign.most, retry = campaign.retry,
    cn_attempts = (number.cn_attempts or 0) + 1 }
  local function body(tx)
    -- Also the lock that makes hosts count one after the other.
    local done, err = tx:exec("UPDATE ca_campaigns SET ca_lastrun = ? WHERE ca_id = ? AND ca_state = 'ACTIVE'",
      { moment.now(), campaign.ca_id })
    if not done or done.changes == 0 then return done and false, err end
    local count
    count, err = busy(tx, campaign.ca_id)
    if err then return nil, err end
    if count >= campaign.channels then return false end
    local no
    no, err = barred(tx, campaign, number.cn_number)
    if err then return nil, err end
    done, err = tx:exec("UPDATE cn_campaignnumbers SET cn_attempts = ?, cn_lastattempt = ?, cn_disposition = ?, cn_due = ? "
      .. "WHERE cn_id = ? AND cn_due = ?", { no and number.cn_attempts or attempt.cn_attempts, moment.now(),
      no and "DNC" or "DIALING", NEVER, number.cn_id, number.cn_due })
    if not done or done.changes == 0 or no then return done and false, err end
    done, err = tx:exec("INSERT INTO at_campaignattempts (at_id, at_te_id, at_ca_id, at_cn_id, at_started, at_until, at_state, "
      .. "at_uniqueid) VALUES (?, ?, ?, ?, ?, ?, 'DIALING', ?)", { attempt.at_id, campaign.ca_te_id, campaign.ca_id,
      number.cn_id, moment.now(), moment.now(campaign.rings + GRACE), call.channel_id(attempt.at_id) })
    if not done then return nil, err end
    done, err = tx:exec("INSERT INTO og_originates (og_id, og_te_id, og_source, og_dest, og_started, og_state, "
      .. "og_uniqueid) VALUES (?, ?, ?, ?, ?, 'QUEUED', ?)", { attempt.at_id, campaign.ca_te_id,
      "Campaign " .. campaign.ca_id, number.cn_number, moment.now(), call.channel_id(attempt.at_id) })
    if not done then return nil, err end
    return attempt
  end
  return store.transaction(body)
end

-- A PBX that is away was not asked: the attempt does not count.
local function give_back(attempt)
  return store.transaction(function(tx)
    local done, err = tx:exec("DELETE FROM at_campaignattempts WHERE at_id = ?", { attempt.at_id })
    if not done then return nil, err end
    return tx:exec("UPDATE cn_campaignnumbers SET cn_attempts = ?, cn_disposition = NULL, cn_due = ? WHERE cn_id = ?",
      { attempt.cn_attempts - 1, moment.now(10), attempt.at_cn_id })
  end)
end

local function place(campaign, number, attempt)
  local caller = (campaign.ca_callerid or ""):gsub("[^%w+*#]", "")
  local name = (campaign.ca_calleridname or ""):gsub('[%c"<>\\]', "")
  local queued, err = calls.originate {
    id = call.channel_id(attempt.at_id), channel = ("Local/%s@campaign-out/n"):format(number.cn_number), context = "campaign-connect",
    exten = tostring(campaign.ca_id), priority = 1, timeout = campaign.rings, account = campaign.te_code,
    caller = name ~= "" and ('"%s" <%s>'):format(name, caller) or caller ~= "" and caller or nil,
    variables = {
      TENANT = campaign.te_code, ORIGINATEID = attempt.at_id, CAMPAIGN = tostring(campaign.ca_id),
      CAMPAIGNNUMBER = tostring(number.cn_id), CAMPAIGNCONFIRM = is_on(campaign.ca_confirm) and "yes" or "no",
      CAMPAIGNQUEUE = campaign.ca_qu_id and campaign.ca_qu_id > 0 and tostring(campaign.ca_qu_id) or "none",
      CAMPAIGNPROMPT = tostring(campaign.ca_confirmmessage_me_id or 0),
    },
  }
  if queued then
    return store.write("UPDATE og_originates SET og_node = ? WHERE og_id = ?", { queued.node, attempt.at_id })
  end
  if err.code == "unavailable" then return give_back(attempt) end
  -- Without an answer the call may ring: its record tells.
  if err.code == "timeout" then return true end
  log.warn("a campaign could not call", { campaign = campaign.ca_id, tenant = campaign.te_code, error = err.message })
  return finish(attempt, "FAILED", 0, err.message)
end

-- Agents of the campaign's queue who could take a call, when the campaign asks for them.
local function free_agents(campaign)
  if not campaign.ca_qu_id or campaign.ca_qu_id == 0 then return nil end
  local members, err = queue.agents({ tenant = { id = campaign.ca_te_id, code = campaign.te_code } },
    { qu_id = campaign.ca_qu_id })
  if not members then return nil, err end
  local free = 0
  for _, it in ipairs(members) do
    if it.state == "NOT_INUSE" and it.paused ~= 1 then free = free + 1 end
  end
  return free
end

-- Dates without a time begin at midnight and last the day.
local function in_season(campaign, now)
  local first, last = campaign.ca_datestart or "", campaign.ca_dateend or ""
  if #last == 10 then last = last .. " 23:59:59" end
  return (first == "" or first <= now) and (last == "" or last >= now)
end

-- What was said of a campaign that cannot be dialled, so that it is said once.
local told = {}

local function may_call(campaign)
  if not in_season(campaign, moment.now()) then return false end
  if campaign.ca_co_id and campaign.ca_co_id ~= 0 then
    local open, err = hours.open(campaign.ca_te_id, campaign.ca_co_id)
    if err and err.code ~= "invalid" then return nil, err end
    if err and not told[campaign.ca_id] then
      log.warn("a campaign waits", { campaign = campaign.ca_id, tenant = campaign.te_code, error = err.message })
    end
    told[campaign.ca_id] = err ~= nil
    if not open then return false end
  end
  return true
end

local function room_of(campaign)
  campaign.channels = math.min(number_of(campaign.ca_maxchannels, 1), MAX_CHANNELS)
  local least, each = number_of(campaign.ca_minfreeagents), number_of(campaign.ca_channelsforfreeagents)
  if least or each then
    local free, err = free_agents(campaign)
    if err then return nil, err end
    if free and least and free < least then return 0 end
    if free and each then campaign.channels = math.min(campaign.channels, free * each) end
  end
  local delay = number_of(campaign.ca_calldelay)
  if delay then
    local last, err = store.value("SELECT MAX(at_started) FROM at_campaignattempts WHERE at_ca_id = ?", { campaign.ca_id })
    if err then return nil, err end
    if last and last > moment.now(-delay) then return 0 end
    return 1
  end
  return BATCH
end

local function dial(campaign)
  campaign.most, campaign.retry = number_of(campaign.ca_maxattempts, 1), number_of(campaign.ca_retrytime, 300)
  campaign.rings = math.min(number_of(campaign.ca_dialtimeout, 30), 600)
  local open, err = may_call(campaign)
  if not open then return open == false and 0 or nil, err end
  local room
  room, err = room_of(campaign)
  if not room then return nil, err end
  if room == 0 or campaign.channels == 0 then return 0 end
  local rows
  rows, err = store.query("SELECT cn_id, cn_number, cn_attempts, cn_due FROM cn_campaignnumbers WHERE cn_ca_id = ? "
    .. "AND cn_due <= ? ORDER BY cn_due, cn_id LIMIT ?", { campaign.ca_id, moment.now(), room })
  if not rows then return nil, err end
  local placed = 0
  for row in rows:each() do
    local attempt, done
    attempt, err = take(campaign, row)
    if attempt == nil then return nil, err end
    if attempt then
      done, err = place(campaign, row, attempt)
      if not done then return nil, err end
      placed = placed + 1
    end
  end
  return placed
end

--- Ends what is over and dials what is due. Returns how many calls were placed.
function dialler.run()
  -- What a node that is away does is not known: neither ended nor dialled anew.
  for _, node in ipairs(ami.nodes()) do
    if node.state ~= "up" or not node.synced then return 0 end
  end
  local done, err = settle_all()
  if not done then return nil, err end
  local rows
  rows, err = store.query([[SELECT ca_id, ca_te_id, ca_datestart, ca_dateend, ca_co_id, ca_maxchannels, ca_maxattempts,
    ca_callerid, ca_calleridname, ca_calldelay, ca_dialtimeout, ca_qu_id, ca_minfreeagents, ca_channelsforfreeagents,
    ca_retrytime, ca_confirm, ca_confirmmessage_me_id, te_code
    FROM ca_campaigns JOIN te_tenants ON te_id = ca_te_id WHERE ca_state = 'ACTIVE'
    AND COALESCE(te_disabled, '') NOT IN ('on', 'yes', '1') ORDER BY ca_id]], {}, { rows = 100000 })
  if not rows then return nil, err end
  local placed = 0
  for campaign in rows:each() do
    local count
    count, err = dial(campaign)
    if not count then return nil, err end
    placed = placed + count
  end
  return placed
end

return dialler
