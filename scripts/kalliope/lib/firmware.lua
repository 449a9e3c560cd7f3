-- Firmware of the Kalliope dialect: what the operator's helper `firmware` says and does; without it this program is the only one.
local helper = require "helper"
local machine_helper = require "kalliope.lib.machine_helper"

local firmware = {}

--- The four numbers of a version A.B.C-dddd, nil when it has another form.
function firmware.parts(version)
  local a, b, c, d = (version or ""):match("^(%d+)%.(%d+)%.(%d+)%-(%d%d%d%d)$")
  if not a or #version > 40 then return nil end
  return { tonumber(a), tonumber(b), tonumber(c), tonumber(d) }
end

--- True when a version is newer than another; both have the form.
function firmware.newer(version, than)
  local one, other = firmware.parts(version), firmware.parts(than)
  for i, part in ipairs(one) do
    if part ~= other[i] then return part > other[i] end
  end
  return false
end

-- This program's version in the only form that the document knows.
local function own() return host.info().version:match("^%d+%.%d+%.%d+") .. "-0000" end

--- { primary, secondary?, running = "primary" or "secondary" }. The helper prints a line for each, a word and a value; what
--- it does not say, or says in another form, is as without it.
function firmware.versions()
  local found = { primary = own(), running = "primary" }
  if not helper.named("firmware") then return found end
  local ended = helper.run("firmware", { "show" })
  if not ended or ended.code ~= 0 then return found end
  for word, value in ended.out:gmatch("([^\n]-)[ \t]+([^\n]-)[ \t\r]*\n") do
    if (word == "primary" or word == "secondary") and firmware.parts(value) then found[word] = value end
    if word == "running" and value == "secondary" then found.running = value end
  end
  if not found.secondary then found.running = "primary" end
  return found
end

--- What came of a verb of the helper: 0, one of the codes that the document has for it, else `failed`.
function firmware.act(words, failed, codes) return machine_helper.code("firmware", words, failed, codes) end

return firmware
