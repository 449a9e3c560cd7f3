-- ProxyAPI in the documents: one address, where the words of the query say which request it is. What follows the
-- address in a path is not looked at, as PHP does not, so that each request has an entry that can be sent as it stands.
local content = require "proxyapi.lib.content"
local merged = require("lib.value").merged
local operation = require "document.operation"
local parts = require "document.parts"
local sorted_names = require("lib.value").names

local camel = operation.camel

local DONE = "Done. When the key is wrong the answer is a text, of what is not there it is empty, whatever the format."

-- The words that stand for a script, each a parameter that must be one of its names, and the script's tag.
local function words_of(declared)
  if declared.info then
    return { reqtype = { enum = { "INFO" } }, info = { enum = { declared.info } } }, "INFO " .. declared.info
  end
  if declared.object then
    return { reqtype = { enum = { "MANAGEDB" } }, object = { enum = { declared.object, declared.object .. "s" } } },
      "MANAGEDB " .. declared.object
  end
  return { reqtype = { enum = { declared.reqtype, unpack(declared.aliases or {}) } } }, declared.reqtype
end

-- The words themselves, in the order in which they are said.
local function said(words)
  local list = {}
  for _, name in ipairs({ "reqtype", "info", "object", "action" }) do
    if words[name] then list[#list + 1] = words[name].enum[1] end
  end
  return list
end

-- Parameters of a change may come in a form, as files must.
local function as_form(declared, action)
  local fields = merged(declared.params, action.params, action.body)
  return merged(action, { params = {}, body = next(fields) and fields or nil })
end

local function form_body(schema, example)
  for _, it in pairs(schema.properties) do
    if it.format == "binary" then return schema, example, "multipart/form-data" end
  end
  return schema, example, "application/x-www-form-urlencoded"
end

-- What every request takes is said once.
local function share_parameters(book, surface, list)
  for i, it in ipairs(list) do
    local shared = surface.params[it.name]
    if shared then
      list[i] = book.parameter((it.name:gsub("^%l", string.upper)), parts.parameter(it.name, "query", shared), surface)
    end
  end
end

-- Results that several actions declare have one name, that of the first.
local function result_of(book, surface, result, name, known)
  if not result or not result.shape then return { name = name } end
  if not known[result] then
    local found, err = content.of(book, surface, result, result.name or name)
    if not found then return nil, err end
    known[result] = { name = result.name or name, content = found }
  end
  return known[result]
end

local function add_action(book, surface, declared, name, mount, known)
  local words, tag = words_of(declared)
  local action = declared.actions[name]
  if not operation.is_only(declared) then words.action = { enum = { name }, aliases = { "subreqtype" } } end
  local list, result = said(words), action.result or declared.result
  local id, path = camel("proxyapi_" .. table.concat(list, "_"):lower()), "/" .. table.concat(list, "/")
  local found, err = result_of(book, surface, result, (id:gsub("^%l", string.upper)), known)
  if not found then return nil, err end
  local options = {
    id = id, tag = operation.tag(book, surface, declared, tag), fixed = words, content = found.content, body = form_body,
  }
  function options.finish(made, responses)
    share_parameters(book, surface, made.parameters)
    for status, it in pairs(responses) do
      if status:find("^2") then
        it.description, it["x-texts"] = DONE, content.texts(result)
        if action.access ~= "read" then responses[status] = book.response(found.name .. "Answer", it, surface) end
      end
    end
  end
  book.put(mount .. path, "get", operation.make(book, surface, declared, name, "get", mount, path, options))
  if action.access == "read" then return true end
  options.id = id .. "ByForm"
  declared = merged(declared, { params = {}, actions = merged(declared.actions, { [name] = as_form(declared, action) }) })
  book.put(mount .. path, "post", operation.make(book, surface, declared, name, "post", mount, path, options))
  return true
end

--- What the surface declares as `describe`.
return function(book, surface, list, mount)
  local known = {}
  book.mount(surface)
  for _, declared in ipairs(list) do
    for _, name in ipairs(sorted_names(declared.actions)) do
      local ok, err = add_action(book, surface, declared, name, mount, known)
      if not ok then return nil, err end
    end
    local _, tag = words_of(declared)
    book.tag(operation.tag(book, surface, declared, tag), declared.summary, surface.title)
  end
  return true
end
