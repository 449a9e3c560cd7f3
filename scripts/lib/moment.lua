-- Moments as they are stored and compared: "YYYY-MM-DD HH:MM:SS".
local time = require "time"

local moment = {}

--- The text of a moment, in seconds since 1970.
function moment.text(at) return time.format("%Y-%m-%d %H:%M:%S", at) end

--- The text of now, or of so many seconds later; earlier when they are below zero.
function moment.now(later) return moment.text(time.now() + (later or 0)) end

return moment
