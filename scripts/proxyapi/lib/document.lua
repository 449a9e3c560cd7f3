-- ProxyAPI in the documents: one address, where the words of the query say which request it is. What follows the
-- address in a path is not looked at, as PHP does not, so that each request has an entry that can be sent as it stands.
local operation = require "document.operation"

local camel = operation.camel

-- The words that stand for a script, and its tag.
local function words_of(declared)
  if declared.info then return { reqtype = "INFO", info = declared.info }, "INFO " .. declared.info end
  if declared.object then return { reqtype = "MANAGEDB", object = declared.object }, "MANAGEDB " .. declared.object end
  return { reqtype = declared.reqtype }, declared.reqtype
end

local function add_action(book, surface, declared, name, mount, tag)
  local fixed = words_of(declared)
  if not operation.is_only(declared) then fixed.action = name end
  local word = fixed.object or fixed.info
  local parts = { "", fixed.reqtype, word }
  parts[#parts + 1] = fixed.action
  local path = table.concat(parts, "/")
  local id = camel(table.concat({ "proxyapi", fixed.reqtype:lower(), (word or ""):lower(), fixed.action or "" }, "_"))
  book.put(mount .. path, "get", operation.make(book, surface, declared, name, "get", mount, path, {
    id = id, tag = tag, fixed = fixed }))
end

--- What the surface declares as `describe`.
return function(book, surface, list, mount)
  for _, declared in ipairs(list) do
    local _, tag = words_of(declared)
    tag = operation.tag(book, surface, declared, tag)
    for _, name in ipairs(operation.sorted_names(declared.actions)) do
      add_action(book, surface, declared, name, mount, tag)
    end
    book.tag(tag, declared.summary, surface.title)
  end
  return true
end
