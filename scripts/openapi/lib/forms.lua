-- The forms of an address of openapi.php: /plural, /plural/{id}, /single?id=, ?object=&action=. Verbs of the
-- objects, the search of a request and the document are made of what stands here.
local merged = require("lib.value").merged

local forms = {}

--- The methods that a path may take, in the order of `Allow`.
forms.METHODS = { "GET", "PUT", "PATCH", "DELETE", "POST" }

--- Words of the compatibility form, as people know them, with the action each means.
forms.ACTIONS = {
  list = "list", info = "get", get = "get", add = "create", create = "create", update = "update",
  modify = "update", edit = "update", delete = "delete", remove = "delete", export = "export",
}

--- Methods that an action may be asked with there. Nothing changes on GET.
forms.ALLOWED = {
  list = { "GET", "POST" }, get = { "GET", "POST" }, create = { "POST" },
  update = { "PUT", "PATCH", "POST" }, delete = { "DELETE", "POST" }, export = { "GET" },
}

--- What a method means where no word is said.
forms.BY_METHOD = { POST = "create", PUT = "update", PATCH = "update", DELETE = "delete" }

-- As they are listed; export is of one report only.
local ORDER = { "list", "info", "get", "add", "create", "update", "modify", "edit", "delete", "remove" }

--- The words that a method may be asked with.
function forms.words(method)
  local words = {}
  for _, word in ipairs(ORDER) do
    for _, allowed in ipairs(forms.ALLOWED[forms.ACTIONS[word]]) do
      if allowed == method then words[#words + 1] = word end
    end
  end
  return words
end

-- What the methods mean on one object.
local ONE = { GET = "get", PUT = "update", PATCH = "update", DELETE = "delete" }
forms.ONE = ONE

--- The paths of an object: {path, also (the same under the single name), by, actions (method to action)}. `by` tells
--- where they say which one is meant: "id" and "number" in the path, "query" behind it.
function forms.paths(model)
  local many, single = "/" .. model.plural, "/" .. model.name
  local list = {
    { path = many, actions = { GET = "list", POST = "create" } },
    { path = many .. "/{id}", also = single .. "/{id}", by = "id", actions = ONE },
    { path = single, by = "query", actions = merged(ONE, { POST = "create" }) },
  }
  if model.number_column then
    list[4] = { path = many .. "/number/{number}", also = single .. "/number/{number}", by = "number", actions = ONE }
  end
  return list
end

--- The same by action, as `verb` of a route has them.
function forms.verbs(model)
  local found = {}
  for _, form in ipairs(forms.paths(model)) do
    for _, method in ipairs(forms.METHODS) do
      local action = form.actions[method]
      if action then
        found[action] = found[action] or {}
        table.insert(found[action], method .. " " .. form.path)
        if form.also then table.insert(found[action], method .. " " .. form.also) end
      end
    end
  end
  return found
end

--- What a query says of which object is meant: its id and, where its kind has one, its number.
function forms.named(query, model)
  return query.id or query.objectid, (not model or model.number_column) and query.number or nil
end

return forms
