---@meta
-- Module `calls`: the live state of all nodes, kept from events, and call control.
-- Reads do not suspend. They show only the tenant of the task's scope (task.scope).
calls = {}

---@class Channel
---@field node string
---@field name string            "PJSIP/100-DEMO-0000001a"
---@field uniqueid string
---@field linkedid string
---@field tenant string          tenant code, "" when none
---@field peer string            "100-DEMO"
---@field state integer          0 down .. 4 ring, 5 ringing, 6 up
---@field state_text string      "Up", "Ringing", ...
---@field caller_number string
---@field caller_name string
---@field connected_number string
---@field connected_name string
---@field context string
---@field exten string
---@field priority string
---@field application string
---@field data string
---@field account string
---@field bridge string          bridge id, ""
---@field created number         epoch seconds
---@field answered? number
---@field duration integer       seconds since created

--- Channels now, oldest first.
---@param filter? {peer?: string, uniqueid?: string, linkedid?: string, name?: string, node?: string}
---@return Channel[]
function calls.channels(filter) end

--- How many, without making tables: {total=, [node]=...} counts of channels and calls (linkedids).
---@return {channels: integer, calls: integer, nodes: table<string, {channels: integer, calls: integer}>}
function calls.count() end

--- Device state word of Asterisk: "NOT_INUSE", "INUSE", "RINGING", "UNAVAILABLE", "UNKNOWN", ...
---@param device string  "PJSIP/100-DEMO", "Custom:DND100-DEMO"
---@return string
function calls.device_state(device) end

--- Registered contacts of an endpoint (AOR); all when nil.
---@param endpoint? string
---@return {endpoint: string, aor: string, uri: string, status: string, rtt_us?: integer, user_agent: string, address: string, ip: string, port: integer, expires?: integer, node: string}[]
function calls.contacts(endpoint) end

--- Live queues: members and callers.
---@param name? string   realtime queue name (qu_id)
---@return {name: string, node: string, strategy: string, calls: integer, completed: integer, abandoned: integer, holdtime: integer, talktime: integer, members: table[], callers: table[]}[]
function calls.queues(name) end

--- Parked calls.
---@return table[]
function calls.parked() end

--- Outbound registrations: {id, state, host, username, next, node}.
---@return table[]
function calls.registrations() end

--- Place a call. Always asynchronous in Asterisk; returns when Asterisk has queued it.
---@async
---@param call {channel: string, context?: string, exten?: string, priority?: integer, application?: string, data?: string, caller?: string, timeout?: number, account?: string, variables?: table<string, string>, node?: string, id?: string}
---@return {message: string, id: string, node: string}? queued   id: the channel's uniqueid
---@return Error? err  `invalid` line break or bad variable name; `refused`; `unavailable`
function calls.originate(call) end

--- Hang up one channel by its exact name (never a pattern). Refuses a channel outside the scope.
---@async
---@return string? message
---@return Error? err  `not_found` no such channel
function calls.hangup(channel, cause) end
