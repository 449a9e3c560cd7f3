-- reqtype=VIRTUALEXT: the members of a virtual extension.
local answer = require "proxyapi.lib.answer"
local json = require "json"
local membership = require "proxyapi.lib.membership"
local shapes = require "proxyapi.lib.shapes"
local virtualmember = require "model.virtualmember"

local TEXTS = { "No number specified", "No extension specified" }
local CHANGED = shapes.with_texts(shapes.ok(), TEXTS)
local NAMES = shapes.with_texts(shapes.custom({ type = "array", items = { type = "string" } }, json.array({ "100", "101" }),
  "100|101|"), TEXTS)

local virtualext = route {
  reqtype = "VIRTUALEXT",
  summary = "List, add or remove members of a virtual extension.",
  params = { number = { summary = "number of the virtual extension" }, extension = { summary = "number of the member" } },
  actions = {
    list = { access = "read", result = NAMES }, add = { access = "write", result = CHANGED },
    del = { access = "write", result = CHANGED }, clean = { access = "write", result = CHANGED },
  },
}

local function which(req)
  local number = req.params.number
  if not number or number == "" then return nil, nil, answer.text("No number specified") end
  return virtualmember.which(req.ctx, number)
end

virtualext.list = answer.about(which, function(_, virtual)
  local names, err = virtualmember.list(virtual)
  if not names then return nil, err end
  local list = json.array({})
  for i, name in ipairs(names) do list[i] = name end
  return answer.custom(#names > 0 and table.concat(names, "|") .. "|" or "", list)
end)

local function change(act)
  return answer.about(which, answer.about(membership.who, function(req, member, virtual)
    local done, err = act(req.ctx, virtual, member)
    if not done and err.code == "not_there" then return answer.refused(err.message) end
    return answer.changed(done, err)
  end))
end

virtualext.add, virtualext.del = change(virtualmember.add), change(virtualmember.remove)

virtualext.clean = answer.about(which, function(req, virtual)
  return answer.changed(virtualmember.clear(req.ctx, virtual))
end)

return virtualext
