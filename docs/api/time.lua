---@meta
-- Module `time`. Epoch seconds are numbers with fractions. Zones are IANA names; nil is
-- the host's own. Nothing suspends; usable anywhere.
time = {}

--- Suspends: no. Where: anywhere.
--- Errors: none.
---@return number epoch
function time.now() end

--- strftime in English: %Y %y %C %m %d %e %H %k %I %l %M %S %p %P %a %A %b %h %B %j %u %w %V
--- %G %s %z %Z %F %T %R %D %n %t %%, and `%3f` milliseconds, `%6f` or `%f` microseconds,
--- `%:z` +01:00. Errors: these raise: another letter, an unknown zone, a year outside 1 to 9999.
---
--- Suspends: no. Where: anywhere.
---
--- ```lua
--- time.format("%Y-%m-%dT%H:%M:%S.%3f%:z", 1700000000.5, "Europe/Rome")
--- ```
---@param format string
---@param epoch? number   default now
---@param zone? string
---@return string
function time.format(format, epoch, zone) end

--- "YYYY-MM-DD", "YYYY-MM-DD HH:MM", "YYYY-MM-DD HH:MM:SS", also with T and .fraction. A
--- trailing `Z` or `+01:00` counts instead of the zone. An hour that summer time skips is
--- taken as the one behind; of one that is there twice, the first.
---
--- Errors: `invalid` not a date or time. An unknown zone raises.
---
--- Suspends: no. Where: anywhere.
---@param text string
---@param zone? string
---@return number? epoch
---@return Error? err
function time.parse(text, zone) end

--- Monotonic seconds, for measuring.
---
--- Suspends: no. Where: anywhere.
--- Errors: none.
---@return number
function time.clock() end

--- True when the zone name is known.
---
--- Suspends: no. Where: anywhere.
--- Errors: a wrong type raises.
---@param zone string
---@return boolean
function time.known_zone(zone) end

return time
