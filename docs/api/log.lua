---@meta
-- Module `log`: one line to the host's log, with the request id. Never pass a secret.
log = {}
---@param message string
---@param fields? table<string, any>
function log.info(message, fields) end
function log.warn(message, fields) end
function log.error(message, fields) end
function log.debug(message, fields) end
