---@meta
-- Module `config`: the free `[settings]` table of the configuration, read-only.
config = {}
--- `config.get("proxyapi.quirks", false)`: a dotted path below [settings].
---
--- Suspends: no. Where: anywhere.
--- Errors: a wrong type raises.
---@param path string
---@param default? any
---@return any
function config.get(path, default) end

return config
