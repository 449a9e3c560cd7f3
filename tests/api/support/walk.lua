-- What tests over all objects share: a body that creates each object, and calls on it.
local walk = { PATH = "/mirtapbx/openapi.php" }

-- A body that creates one more object of a kind; `n` makes it another one. `need` creates what it must
-- name, in the same tenant.
local BODIES = {
  calleridblacklist = function(n) return { callerid = "39" .. n } end,
  campaign = function(n) return { name = "Campaign " .. n } end,
  campaignnumber = function(n, need) return { campaign_id = need("campaign"), number = "39" .. n } end,
  condition = function(n) return { name = "Condition " .. n, type = "WEEKTIME" } end,
  conferenceroom = function(n) return { name = "Room " .. n, number = "70" .. n } end,
  cronjob = function(n) return { name = "Job " .. n } end,
  customdestination = function(n) return { name = "Custom " .. n, number = "66" .. n, type_id = 1 } end,
  did = function(n) return { number = "3902" .. n } end,
  disa = function(n) return { name = "DISA " .. n } end,
  extension = function(n) return { number = "1" .. n, name = "Extension " .. n, password = "pw-" .. n } end,
  featurecode = function(n) return { code = "*9" .. n } end,
  flow = function(n) return { name = "Flow " .. n, number = "60" .. n } end,
  huntlist = function(n) return { name = "Hunt " .. n, number = "61" .. n } end,
  ivr = function(n) return { name = "Menu " .. n, number = "67" .. n } end,
  mediafile = function(n) return { name = "Sound " .. n } end,
  musiconhold = function(n) return { name = "Music " .. n } end,
  paginggroup = function(n) return { name = "Paging " .. n, number = "62" .. n } end,
  phonebook = function(n) return { name = "Book " .. n } end,
  phonebookentry = function(n, need) return { phonebook_id = need("phonebook"), values = { NAME = "N" .. n } } end,
  provider = function(n) return { name = "Carrier " .. n } end,
  provisioningphone = function(n) return { name = "Phone " .. n, mac = ("0011220%05x"):format(n) } end,
  queue = function(n) return { name = "Queue " .. n, number = "63" .. n } end,
  routingprofile = function(n) return { name = "Profile " .. n } end,
  setting = function(n) return { code = "CODE" .. n, value = "v" .. n } end,
  shortnumber = function(n) return { number = "64" .. n, destnumber = "39" .. n } end,
  tenant = function(n) return { name = "Tenant " .. n, code = "T" .. n } end,
  tenantvariable = function(n, _, t)
    t.sql("INSERT INTO al_variables (al_name) VALUES (?)", { "VARIABLE" .. n })
    local id = t.sql("SELECT al_id FROM al_variables WHERE al_name = ?", { "VARIABLE" .. n })[1].al_id
    return { variable_id = id, value = "v" }
  end,
  user = function(n) return { username = "user" .. n, password = "pw" } end,
  userprofile = function(n) return { name = "Kind " .. n } end,
  voicemail = function(n) return { mailbox = "2" .. n, password = "1234" } end,
}

walk.NAMES, walk.MODELS = {}, {}
for name in pairs(BODIES) do
  walk.NAMES[#walk.NAMES + 1] = name
  walk.MODELS[name] = require("model." .. name)
end
table.sort(walk.NAMES)

function walk.model(name) return walk.MODELS[name] end

--- Every object's name and model, in order.
function walk.models()
  local i = 0
  return function()
    i = i + 1
    return walk.NAMES[i], walk.MODELS[walk.NAMES[i]]
  end
end

--- The name under which a body says a column.
function walk.known_as(model, column)
  for alias, to in pairs(model.aliases) do
    if to == column then return alias end
  end
  return column
end

local count = 0

local function key_of(t, name, tenant)
  if not walk.model(name).tenant then return t.global_key end
  return tenant == "OTHER" and t.other_key or t.key
end

-- The query that says whose objects are meant.
local function scope(name, tenant)
  return walk.model(name).tenant and "tenant=" .. (tenant or "DEMO") or "x=1"
end
walk.scope = scope

--- A request on an object: walk.call(t, "queue", "patch", "/12", body, {key=, tenant=, query=}).
function walk.call(t, name, method, rest, json, options)
  options = options or {}
  local headers = { ["X-API-Key"] = options.key or key_of(t, name, options.tenant) }
  for header, value in pairs(options.headers or {}) do headers[header] = value end
  local path = ("%s/%s%s?%s%s"):format(walk.PATH, walk.model(name).plural, rest or "",
    scope(name, options.tenant), options.query and "&" .. options.query or "")
  return t.http[method](t.http, path, { headers = headers, json = json })
end

function walk.body(t, name, tenant)
  count = count + 1
  return BODIES[name](count, function(kind) return walk.create(t, kind, nil, tenant).id end, t)
end

--- Creates one more object with the fields `more`; fails the test when that is refused.
function walk.create(t, name, more, tenant)
  local body = walk.body(t, name, tenant)
  for field, value in pairs(more or {}) do body[field] = value end
  local res = walk.call(t, name, "post", "", body, { tenant = tenant })
  t.equal(res.status, 201, name .. " " .. res.body:sub(1, 300))
  return res.json
end

return walk
