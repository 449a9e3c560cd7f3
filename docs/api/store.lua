---@meta
-- Module `store`: SQL on Patchbay's database. Values are bound, never concatenated.
-- Parameters are a list for `?` or a table of names for `:name`; nil, json.null, true,
-- false, numbers and strings are taken (booleans as 1 and 0), `store.blob(text)` for blobs.
-- A parameter that is not given is NULL; a value without a parameter is `internal`.
-- SQL that cannot be run is its script's own fault, not the caller's: `internal`, and a line in the log with the
-- place and the statement. So does a statement that takes longer than `store.slow_ms`.
-- An error says beside `code` and `message` which rule was broken (`kind`), and where it is known `column`:
-- conflict: unique, foreign_key, trigger; invalid: not_null, too_long, not_allowed, too_many (rows or bytes);
-- timeout: late; unavailable: busy, away, unknown (a commit that may be done, or not).
-- Only SELECT, INSERT, UPDATE, DELETE and WITH: one statement, no settings, no schema.
-- An integer beyond 2^53 comes back as its digits, because a Lua number cannot hold it.
store = {}

--- A result set. `#rows` rows; `rows[i]` makes a table of row i (NULL columns are absent).
---@class Rows
---@field columns string[]
---@field each fun(self: Rows): fun(): table   iterator over row tables
---@field list fun(self: Rows): table[]
---@field column fun(self: Rows, name: string): any[]
---@field cell fun(self: Rows, row: integer, column: string|integer): any

--- All rows of a SELECT, at most `limits.rows` (default 10000: more is an error `invalid`).
---
--- Suspends: yes, unless the planner proves an indexed read. Where: handlers, jobs.
--- Errors: `internal` SQL or parameters that are wrong; `invalid` a result over its limits; `timeout`; `unavailable`.
---@async
---@param sql string
---@param params? any[]|table<string, any>
---@param limits? {rows?: integer}
---@return Rows? rows
---@return Error? err
function store.query(sql, params, limits) end

--- The first row as a table, or nil without an error when there is none.
---
--- Suspends: yes, unless the planner proves an indexed read. Where: handlers, jobs.
--- Errors: `internal` SQL or parameters that are wrong; `invalid` a result over its limits; `timeout`; `unavailable`.
---@async
---@return table? row
---@return Error? err
function store.row(sql, params) end

--- The first column of the first row, or nil without an error.
---
--- Suspends: yes, unless the planner proves an indexed read. Where: handlers, jobs.
--- Errors: `internal` SQL or parameters that are wrong; `invalid` a result over its limits; `timeout`; `unavailable`.
---@async
---@return any value
---@return Error? err
function store.value(sql, params) end

--- One writing statement in a transaction of its own, answered when it is on disk.
---
--- Suspends: yes. Where: handlers, jobs.
--- Errors: `conflict` a unique or foreign key; `invalid`; `timeout`; `unavailable`.
---@async
---@return {id: integer, changes: integer}? done
---@return Error? err  `conflict` for a unique or foreign key violation
function store.write(sql, params) end

--- Several statements as one transaction. `body(tx)` runs at once in this task; what it
--- returns (at most two values) is returned after the commit is on disk. `return nil, err` or a
--- raised error rolls back; a statement that failed leaves the transaction usable.
--- Inside it nothing else may suspend (no ami, http, sleep, store.query). It ends with the
--- request's deadline, and after 5 seconds without a statement: other writers wait for it.
---
--- Errors: those of `body`; `timeout`; `unavailable` another process holds the database.
---
--- Suspends: yes. Where: handlers, jobs.
---
--- ```lua
--- local id, err = store.transaction(function(tx)
---   local done, err = tx:exec("INSERT INTO fe_features (fe_te_id, fe_code) VALUES (?, ?)", { 1, "*56" })
---   if not done then return nil, err end
---   return done.id
--- end)
--- ```
---@async
---@generic T
---@param body fun(tx: Transaction): T?, Error?
---@return T? value
---@return Error? err
function store.transaction(body) end

---@class Transaction   sees its own writes
local Transaction = {}
--- Suspends: yes. Where: the body of store.transaction.
--- Errors: those of store.write; `timeout` when the transaction is over.
---@return {id: integer, changes: integer}? done
---@return Error? err
function Transaction:exec(sql, params) end
--- Suspends: yes. Where: the body of store.transaction.
--- Errors: `internal` SQL or parameters that are wrong; `invalid` a result over its limits; `timeout`; `unavailable`.
---@return Rows? rows
---@return Error? err
function Transaction:query(sql, params) end
--- Suspends: yes. Where: the body of store.transaction.
--- Errors: `internal` SQL or parameters that are wrong; `invalid` a result over its limits; `timeout`; `unavailable`.
---@return table? row
---@return Error? err
function Transaction:row(sql, params) end
--- Suspends: yes. Where: the body of store.transaction.
--- Errors: `internal` SQL or parameters that are wrong; `invalid` a result over its limits; `timeout`; `unavailable`.
---@return any value
---@return Error? err
function Transaction:value(sql, params) end

--- A SELECT of any size as a response body: made while it is sent, on another thread,
--- never as Lua tables. Errors before the first row come back here.
---
--- `format`: "csv" (header line, RFC 4180 quoting), "plain" (fields split by `|`), "json"
--- (array of objects), "xml" (`<Result><Row>`), "template" (`row` text with {$column}, between `head` and `tail`).
--- `text`: every value as a string (null stays null) except columns named in `integers`;
--- default false: numbers are numbers. `positional`: JSON objects also get "0","1",...
--- `nested`: JSON, a column named `part.name` goes into the object `part`, without what is null; a part of nothing but
--- nulls is `false`, and with `one` all are where there is no row. The columns of a part stand together. Not with
--- `positional`.
--- `one`: JSON of the first row alone, not of a list; `null` when there is none.
--- `head`, `tail`: text before and after. `header = false`: no header line.
--- `empty`: the whole body when there is no row. `php`: JSON escaped as PHP does.
--- `trailing`: plain, a `|` after the last field; `positional` there gives each value twice.
--- XML: `head` and `tail` take the place of the prolog and `<Result>`.
---
--- Suspends: yes. Where: handlers, jobs.
--- Errors: `internal` SQL or parameters that are wrong; `timeout`; `unavailable`, also when too many streams are open.
---@async
---@param sql string
---@param params? any[]|table<string, any>
---@param options {format: string, text?: boolean, integers?: string[], one?: boolean, nested?: boolean, positional?: boolean, header?: boolean, head?: string, row?: string, tail?: string, empty?: string, row_element?: string, php?: boolean, trailing?: boolean}
---@return Body? body
---@return Error? err
function store.stream(sql, params, options) end

--- The same encoders over rows already read; returns text.
---
--- Suspends: no. Where: anywhere.
--- Errors: options that store.stream would not take raise.
---@param rows Rows
---@param options table  as store.stream
---@return string
function store.encode(rows, options) end

--- Suspends: no. Where: anywhere.
--- Errors: a wrong type raises.
---@param text string
---@return userdata
function store.blob(text) end

--- The columns of a table, in order (from the schema, cached): name, type, not_null, default.
---
--- Suspends: yes. Where: handlers, jobs.
--- Errors: `not_found` no such table; `unavailable`.
---@async
---@param table_name string
---@return {name: string, type: string}[]? columns
---@return Error? err
function store.columns(table_name) end

return store
