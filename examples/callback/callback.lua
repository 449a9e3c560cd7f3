-- Look a caller up in the phonebook and in a CRM, and call them back from an extension.
local call = require "model.call"
local calls = require "calls"
local config = require "config"
local http = require "http"
local json = require "json"
local store = require "store"

local callback = route {
  family = "callback",
  summary = "Who is this caller, and ring them back.",
  params = { number = { required = true, pattern = "%+?%d+", max = 20, summary = "The caller's number.", example = "3564732920" } },
  actions = {
    who = { verb = "GET /callback/{number}", access = "read", summary = "Name from phonebook and CRM, and whether a call with them is up." },
    ring = {
      verb = "POST /callback/{number}", access = "write", summary = "Ring an extension, then the caller.",
      params = { from = { type = "extension", required = true, summary = "The extension that rings first.", example = "101" } },
    },
  },
}

local IN_PHONEBOOK = [[
SELECT name.pd_pi_value
  FROM pd_phonebookdetails phone
  JOIN pi_phonebookitems kind ON kind.pi_id = phone.pd_pi_id AND kind.pi_code LIKE 'PHONE%'
  JOIN pd_phonebookdetails name ON name.pd_pe_id = phone.pd_pe_id
  JOIN pi_phonebookitems label ON label.pi_id = name.pd_pi_id AND label.pi_code = 'NAME'
 WHERE phone.pd_te_id = ? AND phone.pd_pi_value = ?
 LIMIT 1]]

-- The CRM answers {"name": "..."}; `settings.crm.url` names it. A CRM that is away is no
-- reason to refuse the call.
local function in_crm(number)
  local url = config.get("crm.url")
  if not url then return nil end
  -- A plus of a query is a blank.
  local reply, err = http.get(url .. "?number=" .. number:gsub("%+", "%%2B"), { timeout = 2 })
  if not reply or reply.status ~= 200 then return nil, err end
  local card = json.decode(reply.body)
  return type(card) == "table" and card.name or nil
end

local function connected(number)
  for _, channel in ipairs(calls.channels()) do
    if channel.caller_number == number or channel.connected_number == number then return true end
  end
  return false
end

function callback.who(req)
  local number = req.params.number
  local name, err = store.value(IN_PHONEBOOK, { req.tenant.id, number })
  if err then return nil, err end
  local found_in = name and "phonebook" or nil
  if not name then
    name = in_crm(number)
    found_in = name and "crm" or nil
  end
  return { number = number, name = name or json.null, source = found_in or json.null, connected = connected(number) }
end

function callback.ring(req)
  local known, err = callback.who(req)
  if not known then return nil, err end
  local queued
  queued, err = call.dial(req.ctx, { source = req.params.from, dest = req.params.number })
  if not queued then return nil, err end
  return { id = queued.id, message = queued.message, number = known.number, name = known.name, source = known.source }
end

return callback
