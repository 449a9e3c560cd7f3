-- reqtype=HELP: every request, printed from the declarations that are loaded.
local answer = require "proxyapi.lib.answer"
local shapes = require "proxyapi.lib.shapes"
local value_of = require "lib.value"

local help = route {
  reqtype = "HELP",
  summary = "This page.",
  actions = {
    show = { access = "read", tenant = "optional", result = shapes.text("<pre>\nreqtype=DND\n    ...\n</pre>\n") },
  },
}

local function escape(text)
  return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }))
end

local function parameters(declared, indent, out)
  for _, name in ipairs(value_of.names(declared or {})) do
    local it = declared[name]
    local notes = {}
    if it.required then notes[#notes + 1] = "required" end
    if it.enum then notes[#notes + 1] = table.concat(it.enum, ", ") end
    if it.summary then notes[#notes + 1] = it.summary end
    out[#out + 1] = ("%s%-18s %s"):format(indent, name, table.concat(notes, "; "))
  end
end

local function name_of(it)
  if it.info then return "INFO info=" .. it.info:upper() end
  if it.object then return "MANAGEDB object=" .. it.object end
  return it.reqtype
end

local function describe(it, out)
  out[#out + 1] = ""
  out[#out + 1] = "reqtype=" .. name_of(it)
  out[#out + 1] = "    " .. it.summary
  parameters(it.params, "    ", out)
  local actions = value_of.names(it.actions)
  for _, name in ipairs(actions) do
    local action = it.actions[name]
    if #actions > 1 then
      out[#out + 1] = ("  action=%s (%s key)"):format(name, action.access)
      if action.summary then out[#out + 1] = "    " .. action.summary end
    end
    parameters(action.params, "    ", out)
  end
end

function help.show()
  local out = {
    "Parameters of every request:",
    "    key                API key, full or read-only",
    "    tenant             tenant code; only an administrator key may leave it out",
    "    reqtype            the request",
    "    format             plain (default), json, xml or csv",
    "    callback           with format=json: name of a JSONP function",
    "    jsondata           fields of a change as JSON, sent in a POST form",
  }
  local list = {}
  for _, it in ipairs(routes.list("proxyapi")) do list[#list + 1] = it end
  table.sort(list, function(a, b) return name_of(a) < name_of(b) end)
  for _, it in ipairs(list) do describe(it, out) end
  return answer.text("<pre>\n" .. escape(table.concat(out, "\n")) .. "\n</pre>\n")
end

return help
