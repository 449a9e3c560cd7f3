---@meta
-- Module `task`: the running request.
task = {}

--- Wait. Suspends: yes. Where: handlers, jobs. 0 to 3600 seconds; others raise.
--- Errors: seconds out of bounds raise.
---@async
---@param seconds number
function task.sleep(seconds) end

--- Runs functions at the same time; returns a list of {value, err} in order.
---
--- Suspends: yes. Where: handlers, jobs. They share the request: its deadline, its scope. One that
--- raises ends the request as if the handler had; catch inside it what may be caught. A transaction is open
--- for the function that began it alone: the others go on.
---
--- Errors: more than 256 functions, or what is no function, raise.
---
--- ```lua
--- local both = task.all {
---   function() return ami.action("DBGet", { Family = "DND", Key = "100-DEMO" }) end,
---   function() return store.value("SELECT count(*) FROM ex_extensions") end,
--- }
--- ```
---@async
---@param functions (fun(): any, Error?)[]
---@return {value: any, err: Error?}[]
function task.all(functions) end

--- Seconds left until this request is answered 504.
---
--- Suspends: no. Where: handlers, jobs.
--- Errors: none.
---@return number
function task.remaining() end

--- Sets whose data the services show: a tenant's code, or "*" for everything. Called by
--- the surface after the key was checked; a handler may only narrow it.
---
--- Suspends: no. Where: handlers, jobs.
--- Errors: a wider scope than the one that is set raises.
---@param tenant string
---@param who? string  who asks, as the access log says it ("key=12"): whose share of exports is used
function task.scope(tenant, who) end

--- From here the client's going away does not stop the task (a change has begun).
---
--- Suspends: no. Where: handlers, jobs.
--- Errors: none.
function task.commit() end

return task
