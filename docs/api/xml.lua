---@meta
-- Module `xml`: small documents. No DTD, no entities but the five, depth at most 64.
xml = {}

--- An element: `{ name, content }`; content is text, number, boolean, nil (empty element),
--- or a list of elements. Attributes in the field `attributes`.
--- `xml.encode({"kpbx_response", {{"request_id", "7"}, {"user", {{"code", 0}}}}})`.
---@param element table
---@param options? {declaration?: boolean}  default true: `<?xml version="1.0" encoding="UTF-8"?>`
---@return string
function xml.encode(element, options) end

---@class xml.Element
---@field name string
---@field text string          own text, trimmed
---@field attributes table<string, string>
---@field [integer] xml.Element  children

--- Errors: `invalid` with line; not UTF-8; a DTD; too deep; too large (8 MiB).
---@param text string
---@return xml.Element? root
---@return Error? err
function xml.decode(text) end

--- First child of that name, or nil. `xml.value(element, "exten")`: its text, or nil.
---@return xml.Element?
function xml.child(element, name) end
---@return string?
function xml.value(element, name) end
