---@meta
-- Module `cache`: small shared state of the process (all lanes, all generations), gone
-- at restart. For tokens, counters, nonces. Bounded (100,000 names, 64 MiB): least recently
-- used go first. Of several hosts at one store each has its own: what another host must see belongs into the store
-- (`access.ticket` makes tokens that need neither). Nothing suspends. Where: handlers, jobs; raises while scripts are checked.
-- Names have 1 to 1024 bytes; seconds may have fractions and are above 0.
cache = {}

--- Suspends: no. Where: handlers, jobs.
--- Errors: a name of 0 or over 1024 bytes raises.
---@param name string
---@return string? value
function cache.get(name) end

--- Suspends: no. Where: handlers, jobs.
--- Errors: a name, a value or seconds out of bounds raise.
---@param name string
---@param value string     at most 64 KiB
---@param seconds? number  time to live; default 300
function cache.put(name, value, seconds) end

--- Forgets the value and the counters of the name.
---
--- Suspends: no. Where: handlers, jobs.
--- Errors: a name out of bounds raises.
---@param name string
function cache.remove(name) end

--- Counts an event in a sliding window and returns how many the window holds now. An event
--- leaves the window after `seconds`, late by a 32nd of it at most. Values and counters of
--- one name do not touch each other. Each host counts for itself: a bound of 10 is one of 20 with two hosts.
---
--- Suspends: no. Where: handlers, jobs.
--- Errors: a name or seconds out of bounds raise.
---
--- ```lua
--- if cache.count("login:" .. req.peer, 60) > 10 then return nil, { code = "refused", message = "too many tries" } end
--- ```
---@param name string
---@param seconds number
---@return integer count
function cache.count(name, seconds) end

--- How many without counting one; `seconds` as given to cache.count.
---
--- Suspends: no. Where: handlers, jobs.
--- Errors: a name or seconds out of bounds raise.
---@param name string
---@param seconds number
---@return integer
function cache.counted(name, seconds) end

--- Puts only when absent; true when this call put it. For "only once" decisions of one host; between hosts a unique
--- column of the store decides.
---
--- Suspends: no. Where: handlers, jobs.
--- Errors: a name, a value or seconds out of bounds raise.
---@param name string
---@param value string
---@param seconds? number  default 300
---@return boolean
function cache.claim(name, value, seconds) end

return cache
