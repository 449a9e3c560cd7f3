---@meta
-- Module `csv`: RFC 4180 text.
csv = {}

--- Lines from a list of lists or Rows (in column order). Values with the separator, a
--- quote, a blank (space, tab) or a line break are quoted; nil and json.null are empty; true
--- and false are 1 and 0. A list shorter than `header` is filled up.
---
--- Suspends: no. Where: anywhere. Large exports: store.stream.
--- Errors: these raise: a row that is no table, a value that is a table or function.
---
--- ```lua
--- csv.encode({ { "a", 1 }, { "b c", 2 } }, { header = { "name", "count" } })
--- ```
---@param rows any[][]|Rows
---@param options? {header?: string[], separator?: string, line_end?: string}  default "," and "\n"
---@return string
function csv.encode(rows, options) end

--- Rows of a text. Lines end with LF or CRLF; empty lines and a byte order mark are skipped.
---
--- Suspends: no. Where: anywhere.
--- Errors: `invalid` with the line: a quote not closed, text after a closing quote.
---@param text string
---@param options? {separator?: string}
---@return string[][]? rows
---@return Error? err
function csv.decode(text, options) end

return csv
