---@meta
-- Module `log`: one line to the host's log, with the request id. Never pass a secret.
log = {}
--- Suspends: no. Where: anywhere.
--- Errors: a message that is no text raises.
---@param message string
---@param fields? table<string, any>
function log.info(message, fields) end
--- Suspends: no. Where: anywhere.
--- Errors: a message that is no text raises.
function log.warn(message, fields) end
--- Suspends: no. Where: anywhere.
--- Errors: a message that is no text raises.
function log.error(message, fields) end
--- Suspends: no. Where: anywhere.
--- Errors: a message that is no text raises.
function log.debug(message, fields) end

return log
