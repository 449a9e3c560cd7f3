-- reqtype=VIRTUALEXT: the members of a virtual extension.
local answer = require "proxyapi.lib.answer"
local json = require "json"
local membership = require "proxyapi.lib.membership"
local virtualmember = require "model.virtualmember"

local virtualext = route {
  reqtype = "VIRTUALEXT",
  summary = "List, add or remove members of a virtual extension.",
  params = { number = { summary = "number of the virtual extension" }, extension = { summary = "number of the member" } },
  actions = {
    list = { access = "read" }, add = { access = "write" }, del = { access = "write" }, clean = { access = "write" },
  },
}

local function which(req)
  local number = req.params.number
  if not number or number == "" then return nil, nil, answer.text("No number specified") end
  return virtualmember.which(req.ctx, number)
end

function virtualext.list(req)
  local virtual, err, text = which(req)
  if not virtual then return text, err end
  local names
  names, err = virtualmember.list(virtual)
  if not names then return nil, err end
  local list = json.array({})
  for i, name in ipairs(names) do list[i] = name end
  return answer.custom(#names > 0 and table.concat(names, "|") .. "|" or "", list)
end

local function change(req, act)
  local virtual, err, text = which(req)
  if not virtual then return text, err end
  local member
  member, err = membership.agent(req.ctx, req.params.extension)
  if not member then
    if err then return nil, err end
    return answer.text("No extension specified")
  end
  local done
  done, err = act(req.ctx, virtual, member)
  if done then return answer.ok() end
  if err.code == "not_there" then return answer.refused(err.message) end
  return nil, err
end

function virtualext.add(req) return change(req, virtualmember.add) end

function virtualext.del(req) return change(req, virtualmember.remove) end

function virtualext.clean(req)
  local virtual, err, text = which(req)
  if not virtual then return text, err end
  local done
  done, err = virtualmember.clear(req.ctx, virtual)
  if not done then return nil, err end
  return answer.ok()
end

return virtualext
