-- What the Kalliope dialect asks of the machine goes through helpers that the operator named: a word or more, and the exit
-- code is 0 or the document's own code of what went wrong.
local helper = require "helper"

local machine_helper = {}

--- 0 when the helper did it; its exit code where that is a key of `codes`; else, and without such a helper, `failed`.
function machine_helper.code(name, words, failed, codes)
  if not helper.named(name) then return failed end
  local ended = helper.run(name, words)
  if ended and (ended.code == 0 or codes and codes[ended.code]) then return ended.code end
  return failed
end

--- True when the helper did it.
function machine_helper.done(name, words) return machine_helper.code(name, words or {}, 1) == 0 end

return machine_helper
