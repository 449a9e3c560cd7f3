---@meta
-- Module `ami`: actions of Asterisk's Manager Interface.
ami = {}

---@class ami.Reply
---@field node string                the node that answered
---@field response string            "Success", "Goodbye", ...; an "Error" is `nil, err`
---@field message? string
---@field fields table<string, string>   all headers of the response packet
---@field output? string             Command: the Output lines joined by LF
---@field events table<string, string>[] items of a list, in order

--- Send one action and wait for its reply. A list reply is gathered up to
--- `EventList: Complete`. SIP secrets never come back.
---
--- Suspends: yes. Where: handlers, jobs. Waits at most until shortly before the request's deadline.
--- Errors: `refused` Asterisk said no (message is Asterisk's); `timeout` it was sent and not answered, because of
--- the deadline or because the node went away: it may have been done, and is never sent twice; `unavailable` the
--- node is away and nothing was sent; `not_found` no such node; `denied` Login, Events
--- and others that change the connection everybody shares; `invalid`, and nothing is sent: a line break
--- or NUL, a line over 1022 bytes, over 120 headers, a variable name that is a dialplan function, a
--- Hangup by pattern, an Originate that waits.
---
--- `Variable = { NAME = "value" }` sets channel variables with their values quoted; a list or a text
--- is sent as it is. Originate is made asynchronous. Without a node the first one that is up serves.
---
--- ```lua
--- local reply, err = ami.action("DBGet", { Family = "DND", Key = "100-DEMO" })
--- ```
---@async
---@param name string                     action, e.g. `"DBGet"`
---@param headers? table<string, string|number|string[]|table<string, string>>  a list sends the header once per item
---@param options? {node?: string, timeout?: number}      seconds
---@return ami.Reply? reply
---@return Error? err
function ami.action(name, headers, options) end

--- Nodes as configured. `synced`: the live state has been listed since the last connect; `since`:
--- epoch seconds of the last change of `state`; `error`: why it is not up.
---
--- Suspends: no. Where: anywhere.
--- Errors: none.
---@return {node: string, state: "up"|"connecting"|"down", synced: boolean, since: integer, error?: string, version?: string}[]
function ami.nodes() end

return ami
