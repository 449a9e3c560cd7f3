-- Counts by node with a total, as the counting requests of ProxyAPI answer them.
local answer = require "proxyapi.lib.answer"
local json = require "json"
local shapes = require "proxyapi.lib.shapes"

local tally = {}

local WHOLE = { type = "integer" }

--- What they answer: numbers by name.
tally.RESULT = shapes.custom({ type = "object", additionalProperties = WHOLE }, json.ordered("pbx1", 3, "pbx2", 1, "total", 4),
  "pbx1:3|pbx2:1|total:4|")

--- One number under one name, as a result.
function tally.number(name, example)
  return shapes.custom({ type = "object", required = { name }, properties = { [name] = WHOLE }, additionalProperties = false },
    { [name] = example }, tostring(example))
end

--- `counted`: node name -> number. One line of `node:count|` pairs, or an object of integers.
function tally.by_node(counted)
  local names = {}
  for name in pairs(counted) do names[#names + 1] = name end
  table.sort(names)
  local total, line, object = 0, {}, {}
  for _, name in ipairs(names) do
    total = total + counted[name]
    line[#line + 1] = name .. ":" .. counted[name] .. "|"
    object[#object + 1], object[#object + 2] = name, counted[name]
  end
  line[#line + 1] = "total:" .. total .. "|"
  object[#object + 1], object[#object + 2] = "total", total
  return answer.custom(table.concat(line), json.ordered(unpack(object)))
end

return tally
