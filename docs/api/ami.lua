---@meta
-- Module `ami`: actions of Asterisk's Manager Interface.
ami = {}

---@class ami.Reply
---@field response string            "Success", "Error", ...
---@field message? string
---@field fields table<string, string>   all headers of the response packet
---@field output? string             Command: the Output lines joined by LF
---@field events table<string, string>[] items of a list, in order

--- Send one action and wait for its reply. A list reply is gathered up to
--- `EventList: Complete`. SIP secrets never come back.
---
--- Suspends: yes. Where: handlers, jobs. Waits at most until the request's deadline.
--- Errors: `refused` Asterisk said no (message is Asterisk's); `timeout`; `unavailable` node away;
--- `invalid` a line break, NUL or over-long header, nothing sent; `not_found` no such node.
---@async
---@param name string                     action, e.g. `"DBGet"`
---@param headers? table<string, string|number|string[]>  a list sends the header once per item
---@param options? {node?: string, timeout?: number}      seconds
---@return ami.Reply? reply
---@return Error? err
function ami.action(name, headers, options) end

--- Nodes as configured: {node, state = "up"|"connecting"|"down", since, error?, version?}.
---@return {node: string, state: string}[]
function ami.nodes() end
