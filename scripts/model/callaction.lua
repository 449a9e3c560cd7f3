-- What calls ask to be done: the dialplan writes a row of ac_callactions, and a job does it here. A row
-- goes when it is done, or when it has failed often enough.
local ami = require "ami"
local crypto = require "crypto"
local files = require "files"
local http = require "http"
local log = require "log"
local mediafile = require "model.mediafile"
local store = require "store"

local callaction = {}

local MOST_ATTEMPTS = 5
local MOST_SOUND = 32 * 1024 * 1024

local actions = {}

-- A sound that was recorded beside the one it takes the place of.
function actions.RERECORD(row, tenant)
  local path = ("%s/%d.new.wav"):format(tenant.code, row.ac_target)
  local bytes, err = files.read("media", path, MOST_SOUND)
  if not bytes then return nil, err end
  local done
  done, err = mediafile.update({ tenant = tenant }, row.ac_target,
    { me_format = "wav", data_base64 = crypto.base64(bytes) })
  if not done then return nil, err end
  return files.remove("media", path)
end

function actions.RESETQUEUESTATS(row)
  return ami.action("QueueReset", { Queue = tostring(row.ac_target) })
end

-- URL, method and body of a custom destination. What is known of the call goes along in the query.
function actions.HTTPREQUEST(row, tenant)
  local custom, err = store.row("SELECT * FROM cu_customs WHERE cu_id = ? AND cu_te_id IN (0, ?)",
    { row.ac_target, tenant.id })
  if not custom then return err == nil, err end
  local url = custom.cu_param1 or ""
  local method = (custom.cu_param2 or ""):upper()
  if method ~= "POST" and method ~= "PUT" then method = "GET" end
  local known = ("callerid=%s&uniqueid=%s&tenant=%s"):format(row.ac_caller or "", row.ac_uniqueid or "",
    tenant.code):gsub("[^%w=&._-]", "")
  local answer
  answer, err = http.request({
    method = method, url = url .. (url:find("?", 1, true) and "&" or "?") .. known,
    body = method ~= "GET" and (custom.cu_param3 or "") or nil, timeout = 20,
  })
  if not answer then return nil, err end
  if answer.status < 500 then return true end
  return nil, { code = "unavailable", message = "status " .. answer.status }
end

local function forget(row) return store.write("DELETE FROM ac_callactions WHERE ac_id = ?", { row.ac_id }) end

local function perform(row)
  -- Counted before it is tried: whatever happens to this host, no row is tried for ever.
  local ok, err = store.write("UPDATE ac_callactions SET ac_attempts = ac_attempts + 1 WHERE ac_id = ? "
    .. "AND ac_attempts = ?", { row.ac_id, row.ac_attempts })
  if not ok then return nil, err end
  if ok.changes == 0 then return true end -- another host has it
  local action = actions[row.ac_action]
  local done, failed
  if action and row.te_code then done, failed = action(row, { id = row.ac_te_id, code = row.te_code })
  else done, failed = true, nil end
  if done then return forget(row) end
  if row.ac_attempts + 1 < MOST_ATTEMPTS then return true end
  log.warn("what a call asked for was not done", { action = row.ac_action, id = row.ac_target,
    tenant = row.te_code, error = failed.message })
  return forget(row)
end

--- Does what calls have asked for. Returns true, or nil and the error of the store.
function callaction.run()
  local rows, err = store.query("SELECT ac_callactions.*, te_code FROM ac_callactions "
    .. "LEFT JOIN te_tenants ON te_id = ac_te_id WHERE ac_attempts < ? ORDER BY ac_id LIMIT 100",
    { MOST_ATTEMPTS })
  if not rows then return nil, err end
  for row in rows:each() do
    local done
    done, err = perform(row)
    if not done then return nil, err end
  end
  return true
end

return callaction
