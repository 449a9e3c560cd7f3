-- The forms of an address of openapi.php: /plural, /plural/{id}, /single?id=, ?object=&action=. Verbs of the
-- objects, the search of a request and the document are made of what stands here.
local forms = {}

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

--- The paths of an object by action, as `verb` of a route has them.
function forms.verbs(model)
  local plural, single = "/" .. model.plural, "/" .. model.name
  local function one(...)
    local found = {}
    for _, method in ipairs({ ... }) do
      for _, path in ipairs({ plural .. "/{id}", single .. "/{id}", single }) do found[#found + 1] = method .. " " .. path end
      for _, base in ipairs(model.number_column and { plural, single } or {}) do
        found[#found + 1] = method .. " " .. base .. "/number/{number}"
      end
    end
    return found
  end
  return {
    list = { "GET " .. plural }, create = { "POST " .. plural, "POST " .. single }, get = one("GET"),
    update = one("PATCH", "PUT"), delete = one("DELETE"),
  }
end

return forms
