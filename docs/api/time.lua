---@meta
-- Module `time`. Epoch seconds are numbers with fractions. Zones are IANA names; nil is
-- the host's own.
time = {}
---@return number
function time.now() end
--- strftime; `%3f` milliseconds.
---@param format string
---@param epoch? number
---@param zone? string
---@return string
function time.format(format, epoch, zone) end
--- "YYYY-MM-DD", "YYYY-MM-DD HH:MM", "YYYY-MM-DD HH:MM:SS", also with T and .fraction.
---@return number? epoch
---@return Error? err
function time.parse(text, zone) end
--- Monotonic seconds, for measuring.
---@return number
function time.clock() end
--- True when the zone name is known.
function time.known_zone(zone) end
