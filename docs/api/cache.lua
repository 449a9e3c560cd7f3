---@meta
-- Module `cache`: small shared state of the process (all lanes, all generations), gone
-- at restart. For tokens, counters, nonces. Bounded: least recently used go first.
cache = {}
---@param name string
---@return string? value
function cache.get(name) end
---@param name string
---@param value string     at most 64 KiB
---@param seconds? number  time to live; default 300
function cache.put(name, value, seconds) end
---@param name string
function cache.remove(name) end
--- Counts an event in a sliding window and returns how many the window holds now.
---@param name string
---@param seconds number
---@return integer count
function cache.count(name, seconds) end
--- How many without counting one.
---@return integer
function cache.counted(name, seconds) end
--- Puts only when absent; true when this call put it. For "only once" decisions.
---@return boolean
function cache.claim(name, value, seconds) end
