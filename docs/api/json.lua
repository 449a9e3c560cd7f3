---@meta
-- Module `json`.
json = {}

--- JSON null. In tables given to encode and made by decode.
json.null = nil ---@type userdata

--- Text of a value. A table with 1..n only is an array; an empty table is `[]`; other
--- tables are objects with keys in sorted order. Rows are an array of objects in column order.
--- `php = true`: `/` as `\/` and non-ASCII as `\uXXXX`.
--- Errors raise: a function, a cycle, depth over 100, NaN.
---@param value any
---@param options? {php?: boolean, indent?: boolean}
---@return string
function json.encode(value, options) end

--- Errors: `invalid` with the byte offset; depth over 64; not UTF-8.
---@param text string
---@return any value
---@return Error? err
function json.decode(text) end

--- Marks a table as an object (`{}` when empty), or an array (`[]`).
---@generic T
---@param value T
---@return T
function json.object(value) end
---@generic T
---@param value T
---@return T
function json.array(value) end

--- An object whose keys keep this order: json.ordered("id", 1, "name", "x"). nil values are left out.
---@return userdata
function json.ordered(...) end

--- Text that is already JSON, put in as it is.
---@param text string
---@return userdata
function json.raw(text) end

---@param value any
---@return boolean  true for a table decoded from, or marked as, an array
function json.is_array(value) end
