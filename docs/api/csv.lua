---@meta
-- Module `csv`: RFC 4180 text.
csv = {}
--- Lines from a list of lists or Rows. Values with separator, quote, blank or line break are quoted.
---@param rows any[][]|Rows
---@param options? {header?: string[], separator?: string, line_end?: string}
---@return string
function csv.encode(rows, options) end
---@param text string
---@param options? {separator?: string}
---@return string[][]? rows
---@return Error? err
function csv.decode(text, options) end
