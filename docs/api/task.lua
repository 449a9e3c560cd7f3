---@meta
-- Module `task`: the running request.
task = {}
---@async
---@param seconds number
function task.sleep(seconds) end
--- Runs functions at the same time; returns a list of {value, err} in order.
---@async
---@param functions (fun(): any, Error?)[]
---@return {value: any, err: Error?}[]
function task.all(functions) end
--- Seconds left until this request is answered 504.
---@return number
function task.remaining() end
--- Sets whose data the services show: a tenant's code, or "*" for everything. Called by
--- the surface after the key was checked; a handler may only narrow it.
---@param tenant string
function task.scope(tenant) end
--- From here the client's going away does not stop the task (a change has begun).
function task.commit() end
