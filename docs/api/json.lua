---@meta
-- Module `json`.
json = {}

--- JSON null. In tables given to encode and made by decode. It counts as true in a
--- condition: compare with `json.null`.
json.null = nil ---@type userdata

--- Text of a value. A table with 1..n only is an array; an empty table is `[]`; other
--- tables are objects with keys in sorted order (number keys become text). Rows are an
--- array of objects in column order. Text that is no UTF-8 keeps what is, the rest
--- becomes U+FFFD.
--- `php = true`: `/` as `\/` and non-ASCII as `\uXXXX`. `indent = true`: two blanks a level.
---
--- Suspends: no. Where: anywhere.
--- Errors: these raise: a function or thread, a key that is neither text nor number, a cycle,
--- depth over 100, NaN and infinity.
---
--- ```lua
--- json.encode({ name = "Ada", tags = {} })   -- {"name":"Ada","tags":[]}
--- ```
---@param value any
---@param options? {php?: boolean, indent?: boolean}
---@return string
function json.encode(value, options) end

--- Value of a text. Arrays and objects keep their kind when encoded again, empty or not. A whole number beyond
--- 2^53 comes back as its digits, because a Lua number cannot hold it.
---
--- Suspends: no. Where: anywhere.
--- Errors: `invalid` with the byte offset; depth over 64; not UTF-8; a number no double can hold.
---@param text string
---@return any value  `nil, err` when it fails; the text `null` gives json.null
---@return Error? err
function json.decode(text) end

--- Marks a table as an object (`{}` when empty), or an array (`[]`, items 1..#value).
--- A table with a metatable of its own raises.
---
--- Suspends: no. Where: anywhere.
--- Errors: a table with a metatable of its own raises.
---@generic T
---@param value T
---@return T
function json.object(value) end
--- Suspends: no. Where: anywhere.
--- Errors: a table with a metatable of its own raises.
---@generic T
---@param value T
---@return T
function json.array(value) end

--- An object whose keys keep this order: json.ordered("id", 1, "name", "x"). nil values are left out.
---
--- Suspends: no. Where: anywhere.
--- Errors: a key that is no text raises.
---@param ... any  key, value, key, value
---@return userdata
function json.ordered(...) end

--- Text that is already JSON, put in as it is (unchecked).
---
--- Suspends: no. Where: anywhere.
--- Errors: a wrong type raises.
---@param text string
---@return userdata
function json.raw(text) end

--- Suspends: no. Where: anywhere.
--- Errors: none.
---@param value any
---@return boolean  true for a table decoded from, or marked as, an array
function json.is_array(value) end

return json
