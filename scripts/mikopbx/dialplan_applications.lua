-- /dialplan-applications: numbers that run steps of a dialplan. Code in other languages is not run.
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local resource = require "mikopbx.lib.resource"
local shapes = require "mikopbx.lib.shapes"
local steps = require "model.steps"
local store = require "store"

local SELECT = [[SELECT cu_id, cu_name, cu_number, cu_param1, mz_description, mz_type, mz_logic FROM cu_customs
  JOIN ct_customtypes ON ct_id = cu_ct_id AND ct_code = 'STEPS' LEFT JOIN mk_applications ON mz_cu_id = cu_id]]
local CODE = { php = true, python3 = true, lua = true, ael = true }

-- Steps that another dialect wrote, a line each.
local function lines_of(packed)
  local out = {}
  for step in packed:gmatch("[^|]+") do
    local name, arguments = step:match("^(%a+)%^(.*)$")
    if name == "NUMBER" then name, arguments = "Goto", "internal," .. arguments .. ",1" end
    out[#out + 1] = ("%s,%s(%s)"):format(#out == 0 and "1" or "n", name or "NoOp", arguments or "")
  end
  return table.concat(out, "\n")
end

local function read(_, rows)
  local list = {}
  for i, row in ipairs(rows) do
    local packed, logic = row.cu_param1 or "", row.mz_logic or ""
    list[i] = {
      row_id = row.cu_id, name = row.cu_name or "", extension = row.cu_number or "", description = row.mz_description or "",
      type = row.mz_type or "plaintext", hint = "",
      applicationlogic = steps.read(logic) == packed and logic or lines_of(packed),
    }
  end
  return list
end

local function check(it, bad)
  if CODE[it.type] then bad.type = "code is not run here: " .. it.type end
  if it.type == "none" and it.applicationlogic ~= "" then bad.applicationlogic = "is run by an application of the type plaintext" end
  local packed, problem = steps.read(it.applicationlogic)
  if not packed and not bad.type then bad.applicationlogic = problem end
  it.packed = packed
end

local function changes(_, it, before)
  local kind, err = store.value("SELECT ct_id FROM ct_customtypes WHERE ct_code = ?", { "STEPS" })
  if err then return nil, err end
  return { cu_name = it.name, cu_number = it.extension, cu_param1 = it.packed, cu_ct_id = not before and kind or nil },
    { mz_description = it.description, mz_type = it.type, mz_logic = it.applicationlogic }
end

local function shown(it)
  return json.ordered("id", it.id, "name", it.name, "extension", it.extension, "description", it.description,
    "type", it.type, "hint", it.hint, "applicationlogic", it.applicationlogic,
    "represent", mikopbx.represent("code", ("%s <%s>"):format(it.name, it.extension)),
    "search_index", mikopbx.search_index(it.name, it.extension, it.description))
end

return resource.of {
  path = "dialplan-applications", word = "Dialplan application", summary = "Numbers that run steps of a dialplan.",
  prefix = "DIALPLAN", tag = "CUSTOM", numbers = "^[%d*#+]+$", shape = shapes.application,
  model = require "model.customdestination", annex = "mk_applications",
  rules = {
    name = { max = 50 }, extension = { max = 40 }, description = { max = 2000, default = "", lines = true },
    type = { enum = { "php", "plaintext", "python3", "lua", "ael", "none" }, default = "plaintext" },
    hint = { max = 255, default = "" }, applicationlogic = { max = 4096, default = "", lines = true },
  },
  required = { "name", "extension" }, without = { "hint" }, check = check,
  names = { cu_name = "name", name = "name", cu_number = "extension", number = "extension", cu_param1 = "applicationlogic" },
  id = "cu_id", order = "cu_name, cu_id", orders = { name = "cu_name", extension = "cu_number", type = "mz_type" },
  search = { "cu_name", "cu_number", "mz_description" },
  select = SELECT, read = read, changes = changes, shown = shown,
  copied = function(it) it.extension, it.name = "", "copy of " .. it.name end,
}
