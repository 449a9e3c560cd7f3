---@meta
-- Module `xml`: small documents. No DTD, no entities but the five, depth at most 64.
xml = {}

--- Text of an element: `{ name, content }`; content is text, number, boolean, nil or
--- json.null (empty element), or a list of elements. Attributes in the field `attributes`,
--- written in the order of their names. Text is escaped; characters XML cannot hold are
--- dropped; bytes that are no UTF-8 become U+FFFD.
---
--- Suspends: no. Where: anywhere.
--- Errors: these raise: a name other than letters, digits and `_ - . :` (not first: a digit, `-`,
--- `.`); content of another type; depth over 64 or a cycle.
---
--- ```lua
--- xml.encode({ "kpbx_response", { { "request_id", "7" }, { "user", { { "code", 0 } } } } })
--- ```
---@param element table
---@param options? {declaration?: boolean}  default true: `<?xml version="1.0" encoding="UTF-8"?>` and a line break
---@return string
function xml.encode(element, options) end

---@class xml.Element
---@field name string
---@field text string          own text, trimmed
---@field attributes table<string, string>
---@field [integer] xml.Element  children

--- The root element of a document: in UTF-8, UTF-16, or the ISO-8859 or Windows encoding it declares.
---
--- Suspends: no. Where: anywhere.
--- Errors: `invalid` with the line: not well formed; not in its encoding; a DTD, an entity other than
--- the five and character references, a processing instruction; deeper than 64; larger than
--- 8 MiB; over 200,000 tags.
---@param text string
---@return xml.Element? root
---@return Error? err
function xml.decode(text) end

--- First child of that name, or nil. `xml.value(element, "exten")`: its text, or nil.
---
--- Suspends: no. Where: anywhere.
--- Errors: a wrong type raises.
---@param element xml.Element
---@param name string
---@return xml.Element?
function xml.child(element, name) end
--- Suspends: no. Where: anywhere.
--- Errors: a wrong type raises.
---@param element xml.Element
---@param name string
---@return string?
function xml.value(element, name) end

return xml
