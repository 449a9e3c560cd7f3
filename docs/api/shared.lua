---@meta
-- Module `shared`: large texts that are the same for all who ask (a document of the whole host), made once
-- and sent from one place. Shared by all lanes; a reload makes them anew. All together take `scripts.shared_mb`
-- (128 MiB) at most.
shared = {}

--- The body that `shared.put` keeps under this name, or nothing: then it is this task's to make the text and
--- to give it to `shared.put`. While another task makes it this one waits; when that one fails it is the next one's turn.
---
--- Suspends: yes. Where: handlers, jobs.
--- Errors: a name that is empty or has more than 200 bytes raises.
---
--- ```lua
--- local body = shared.get("report")
--- if not body then body = shared.put("report", ("a line\n"):rep(1000)) end
--- log.info("made", { here = body ~= nil })
--- ```
---@async
---@param name string
---@return Body? body  the body of an answer, as often as one likes
function shared.get(name) end

--- Keeps a text for all who ask, with the same in gzip's form, and returns it as a body.
---
--- Suspends: yes. Where: handlers, jobs, in the task that `shared.get` gave nothing. In another
--- task, or where there is no room for it, the text is not kept.
--- Errors: a wrong type raises.
---@async
---@param name string
---@param text string
---@return Body body
function shared.put(name, text) end

return shared
