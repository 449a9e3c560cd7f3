-- Custom destinations: an action of a kind (ct_customtypes) with its parameters.
local child = require "engine.part"
local invalid = require("lib.failure").field
local json = require "json"
local numbering = require "model.numbering"
local object = require "engine.object"
local steps = require "model.steps"
local store = require "store"
local value_of = require "lib.value"
require "model.lookup"

local destinations = {
  ["PRIVACY-DONTCALL"] = { "dontcall" }, ["PRIVACY-TORTURE"] = { "torture" },
  ["CTONANSWER"] = { "onanswer" }, ["CALLBACK-CONNECTED"] = { "callback_connected" },
  ["CTONCALLERHANGUP"] = { "caller_hangup" },
  ["SPLITCHANNELACTION-CALLER"] = { "split_caller" },
  ["SPLITCHANNELACTION-CALLED"] = { "split_called" },
}
for n = 1, 20 do destinations["RANDOMDESTINATION" .. n] = { "random_destination" .. n } end

-- What a call runs is checked whoever writes it.
local function normalize(_, fields, row)
  local kind = fields.cu_ct_id or fields.type_id or fields.custom_type_id or row and row.cu_ct_id
  local code, err = store.value("SELECT ct_code FROM ct_customtypes WHERE ct_id = ?", { tonumber(kind) or 0 })
  if err then return nil, err end
  if code ~= "STEPS" then return true end
  local packed = fields.cu_param1
  if packed == nil and not (row and row.cu_ct_id ~= tonumber(kind)) then return true end
  return steps.check(packed ~= json.null and packed or "", "cu_param1")
end

-- The type of custom destination that follows a key, by the code of ct_customtypes.
local function follows(code, key)
  if key:find("^CTON") or key:find("^SPLIT") then return code == "DIALNUMBER" end
  return key:match("^%u+") == code
end

local KEYS = "'" .. table.concat(value_of.names(destinations), "', '") .. "'"

-- What no call would ever follow is not kept.
local function followed(tx, change)
  local code, err = tx:value("SELECT ct_code FROM ct_customtypes WHERE ct_id = ?", { change.row.cu_ct_id })
  if err then return nil, err end
  local rows
  rows, err = tx:query("SELECT DISTINCT de_type_src FROM de_destinations WHERE de_type_id_src = ? AND de_type_src IN ("
    .. KEYS .. ")", { change.id })
  if not rows then return nil, err end
  for row in rows:each() do
    local key = row.de_type_src
    if not follows(code, key) then
      return invalid(change.body.names[key] or key, ("a custom destination of type %s does not follow it"):format(code))
    end
  end
  return true
end

return numbering.plan(object {
  name = "customdestination", title = "Custom destination", summary = "An action a call can go to.",
  paths = { "custom", "customs", "custom_destination", "custom_destinations" },
  table = "cu_customs", id = "cu_id", tenant = "cu_te_id", label = "cu_name",
  scope = "tenant+global",
  required = { "cu_name", "cu_ct_id" },
  references = { customtype = { "cu_ct_id" } },
  example = { name = "Say", type_id = 1 },
  unique = "cu_number", readonly = { "cu_dialled" },
  columns = { cu_number = { pattern = "[%w*#_.+-]*", max = 40, blank = true } },
  aliases = { name = "cu_name", number = "cu_number", type_id = "cu_ct_id", custom_type_id = "cu_ct_id" },
  tags = { "CUSTOM" }, sources = { "CUSTOM" }, normalize = normalize,
  annexes = { { name = "mk_applications", key = "mz_cu_id", columns = {
    mz_description = { multiline = true }, mz_logic = { multiline = true },
  } } },
  destinations = destinations,
  after = followed,
  children = {
    {
      name = "extended_infos", names = { "extended_infos", "ce_customs_extended" },
      table = "ce_customs_extended", key = "ce_cu_id", id = "ce_id", tenant = "ce_te_id",
      prefix = "ce_",
    },
    {
      name = "binary_files", table = "cb_custombinaries", key = "cb_cu_id", id = "cb_id",
      tenant = "cb_te_id", prefix = "cb_", item = child.file, items = child.FILE,
    },
  },
}, "cu_number", "CUSTOM")
