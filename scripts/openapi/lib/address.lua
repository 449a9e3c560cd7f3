-- Which action an address of openapi.php means. The router has matched the path; here is what a path cannot say,
-- ?object= and ?id=, and names that the router does not know: in capitals, and the other ones of an object.
local forms = require "openapi.lib.forms"
local operation = require "document.operation"
local resource = require "openapi.lib.resource"

local address = {}

local MESSAGE = "Supported methods are GET, POST, PUT, PATCH and DELETE."

-- Of the scripts of this generation. By path in small letters, with an empty part for what it names: method to
-- {route, action, argument}.
local paths = {}
-- By each name that an object has: its route, and the path that the name stands for.
local names = {}

local function add_path(declared, action, verb)
  local method, path = verb:match("^(%u+) (/.*)$")
  if not path then return end
  local shape = path:lower():gsub("{%w+}", "")
  paths[shape] = paths[shape] or {}
  paths[shape][method] = { route = declared, action = action, argument = path:match("{(%w+)}$") }
end

-- phones is the many of phone; media and moh stand for both.
local function names_many(name, others)
  if name:sub(-1) == "s" then return true end
  for _, other in ipairs(others) do
    if other == name .. "s" or other == name:gsub("y$", "ies") and other ~= name then return false end
  end
  return true
end

--- Takes in the routes that have been loaded.
function address.index(list)
  for _, declared in ipairs(list) do
    for action, it in pairs(declared.actions) do
      for _, verb in ipairs(operation.verbs(it)) do add_path(declared, action, verb) end
    end
    local model = resource.models[declared.object]
    local many, single = "/" .. (model and model.plural or ""), "/" .. declared.object
    names[declared.object] = { route = declared, path = single }
    if model then
      names[model.plural] = { route = declared, path = many }
      for _, name in ipairs(declared.aliases or {}) do
        names[name] = { route = declared, path = names_many(name, declared.aliases) and many or single }
      end
    end
  end
end

--- No such address.
function address.not_found()
  return nil, { code = "not_found", reason = "not_found", message = "Endpoint not found." }
end

--- An address that takes other methods: those of a list.
function address.not_allowed(methods)
  return nil, { code = "invalid", reason = "method_not_allowed", status = 405, message = MESSAGE,
    headers = { Allow = table.concat(methods, ", ") .. ", OPTIONS" } }
end

local function methods_of(entry)
  local list = {}
  for _, method in ipairs(forms.METHODS) do
    if entry[method] then list[#list + 1] = method end
  end
  return list
end

-- ?object=voicemail&action=list
local function compatible(req, method)
  local found = names[req.query.object:lower()]
  if not found then return address.not_found() end
  local id, number = forms.named(req.query)
  local asked = req.query.action and req.query.action ~= "" and req.query.action:lower()
  local action = asked and forms.ACTIONS[asked]
  if not asked then action = forms.BY_METHOD[method] or ((id or number) and "get" or "list") end
  if not action or not found.route.actions[action] then return address.not_found() end
  for _, allowed in ipairs(forms.ALLOWED[action]) do
    if allowed == method then return found.route, action end
  end
  return address.not_allowed(forms.ALLOWED[action])
end

-- What is at a path, whatever its method and however its names are written, and the argument in it.
local function look_up(subpath)
  local path = subpath:gsub("/+$", "")
  if paths[path:lower()] then return paths[path:lower()] end
  local name, rest = path:match("^/([%w_]+)(.*)$")
  local known = name and names[name:lower()]
  if known then path = known.path .. rest end
  if paths[path:lower()] then return paths[path:lower()] end
  local above, argument = path:match("^(.*)/([^/]+)$")
  return above and paths[above:lower() .. "/"], argument
end

-- Route and action of a path, else the methods that it takes; the arguments are in the request.
local function at_path(req, method)
  local args = req.args or {}
  -- /extensions/state is about no extension of that name.
  local words = next(args) and paths[(req.subpath:lower():gsub("/+$", ""))]
  if req.route and not words then return req.route, req.action end
  local entry, argument = look_up(req.subpath)
  if not entry then return nil end
  local found = entry[method] or select(2, next(entry))
  req.args = argument and { [found.argument] = argument } or {}
  return found.route, entry[method] and found.action, methods_of(entry)
end

--- Route and action of a request, or nil and what refuses it.
function address.find(req)
  local method = req.method == "HEAD" and "GET" or req.method
  if req.query.object and (req.subpath == "" or req.subpath == "/") then return compatible(req, method) end
  local declared, action, methods = at_path(req, method)
  if not declared then return address.not_found() end
  local model = resource.models[declared.object]
  if model and not next(req.args) then
    local id, number = forms.named(req.query, model)
    -- /extensions?id=12 is /extensions/12.
    if id or number then action, methods = forms.ONE[method], methods_of(forms.ONE) end
  end
  if not action then return address.not_allowed(methods) end
  return declared, action
end

return address
