---@meta
-- Module `calls`: the live state of all nodes, kept from events, and call control.
-- Reads do not suspend and work in handlers and jobs; before task.scope they raise. They show
-- only the tenant of the scope: of a channel, its account code, else the part of its peer after the
-- last dash, else that of the call it belongs to; of contacts and devices, that part of their name.
-- While a node is away its state stays as it was last seen; ami.nodes() tells.
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
---@field application string   what it runs; after a connect as Asterisk said, then by dial and queue events
---@field data string
---@field account string
---@field bridge string          bridge id, ""
---@field on_hold boolean
---@field created number         epoch seconds
---@field answered? number
---@field duration integer       seconds since created

--- Channels now, oldest first.
---
--- Suspends: no. Where: handlers, jobs.
--- Errors: a call before task.scope raises.
---@param filter? {peer?: string, uniqueid?: string, linkedid?: string, name?: string, node?: string}
---@return Channel[]
function calls.channels(filter) end

--- How many channels and calls (a call is a linkedid), in all and per node.
---
--- Suspends: no. Where: handlers, jobs.
--- Errors: a call before task.scope raises.
---@return {channels: integer, calls: integer, nodes: table<string, {channels: integer, calls: integer}>}
function calls.count() end

--- Device state word of Asterisk: "NOT_INUSE", "INUSE", "RINGING", "UNAVAILABLE", "UNKNOWN", ...
--- "UNKNOWN" too when Asterisk has not named it, or it is not of the scope's tenant.
---
--- Suspends: no. Where: handlers, jobs.
--- Errors: a call before task.scope raises.
---@param device string  "PJSIP/100-DEMO", "Custom:DND100-DEMO"
---@return string
function calls.device_state(device) end

--- Registered contacts of an endpoint (AOR); all when nil. `ip` and `port` are the URI's, `address`
--- is where the REGISTER came from; `status` is Reachable, Unreachable, NonQualified or Unknown;
--- `expires` in epoch seconds.
---
--- Suspends: no. Where: handlers, jobs.
--- Errors: a call before task.scope raises.
---@param endpoint? string
---@return {node: string, technology: "PJSIP"|"SIP", endpoint: string, aor: string, uri: string, status: string, rtt_us?: integer, user_agent: string, address: string, ip: string, port: integer, expires?: integer}[]
function calls.contacts(endpoint) end

---@class calls.Member
---@field interface string
---@field name string
---@field state_interface string
---@field membership string     "static", "dynamic", "realtime"
---@field penalty integer
---@field status integer        1 not in use, 2 in use, 3 busy, 5 unavailable, 6 ringing, 7 ringing in use, 8 on hold
---@field paused boolean
---@field paused_reason string
---@field in_call boolean
---@field calls_taken integer
---@field last_call integer     epoch seconds, 0 never; so are last_pause and login_time
---@field last_pause integer
---@field login_time integer
---@field wrapup integer

---@class calls.Caller
---@field uniqueid string
---@field channel string
---@field caller_number string
---@field caller_name string
---@field position integer      from 1
---@field since integer         epoch seconds
---@field wait integer          seconds

--- Live queues with members (by interface) and callers (by position). Without a name, those whose
--- name ends in the scope's tenant. A realtime queue's name is a number that does not say whose it
--- is: by name it is always found, but members and callers of other tenants are left out, so look
--- the queue up in the store first.
---
--- Suspends: no. Where: handlers, jobs.
--- Errors: a call before task.scope raises.
---@param name? string   realtime queue name (qu_id)
---@return {node: string, name: string, tenant: string, strategy: string, calls: integer, max: integer, weight: integer, completed: integer, abandoned: integer, holdtime: integer, talktime: integer, service_level: integer, service_level_percent: string, members: calls.Member[], callers: calls.Caller[]}[]
function calls.queues(name) end

--- Parked calls. `parker` is the dial string of who gets it back after `timeout` seconds.
---
--- Suspends: no. Where: handlers, jobs.
--- Errors: a call before task.scope raises.
---@return {node: string, lot: string, space: string, tenant: string, channel: string, uniqueid: string, caller_number: string, caller_name: string, connected_number: string, connected_name: string, parker: string, since: integer, timeout: integer}[]
function calls.parked() end

--- Outbound registrations. `next`: seconds until it is renewed.
---
--- Suspends: no. Where: handlers, jobs.
--- Errors: a call before task.scope raises.
---@return {node: string, technology: "PJSIP"|"SIP", id: string, state: string, host: string, username: string, next: integer}[]
function calls.registrations() end

--- Place a call. Always asynchronous in Asterisk; returns when Asterisk has queued it, so only an
--- OriginateResponse event with this `id` as Uniqueid tells how it went. With `application` it runs
--- that, else it goes to `exten` in `context`. For a tenant's scope the account is the tenant.
---
--- Suspends: yes. Where: handlers, jobs. Waits at most until shortly before the request's deadline.
--- Errors: `invalid` line break, bad variable name or id; `denied` another tenant's phone or account;
--- `refused`; `unavailable` the node is away and nothing was sent; `not_found` no such node; `timeout` it was
--- sent and not answered, because of the deadline or because the node went away: it may ring. Give an `id` of
--- your own (never twice), and the channel can be looked for.
---
--- ```lua
--- local queued, err = calls.originate {
---   channel = "PJSIP/100-DEMO", context = "tenant-DEMO", exten = "101", timeout = 20,
---   variables = { REASON = "callback" },
--- }
--- ```
---@async
---@param call {channel: string, context?: string, exten?: string, priority?: integer, application?: string, data?: string, caller?: string, timeout?: number, account?: string, variables?: table<string, string>, node?: string, id?: string}
---@return {message: string, id: string, node: string, action_id: string}? queued   id: the channel's uniqueid
---@return Error? err
function calls.originate(call) end

--- Hang up one channel by its exact name or uniqueid (never a pattern). A channel outside the scope
--- is not found.
---
--- Suspends: yes. Where: handlers, jobs.
--- Errors: `not_found` no such channel; `refused`; `unavailable`; `timeout` it may have been done.
---@async
---@param channel string
---@param cause? integer  Q.850
---@return string? message
---@return Error? err  `not_found` no such channel
function calls.hangup(channel, cause) end

return calls
