-- What a list may be asked for beside its filters: limit, offset, sort and fields.
local page = {}

page.params = {
  limit = { type = "integer", min = 1, max = 10000, summary = "at most so many rows", example = 50 },
  offset = { type = "integer", min = 0, max = 1000000000, summary = "rows to leave out first", example = 0 },
  sort = { max = 200, summary = "columns, comma list; - before one turns its order", example = "-id" },
  fields = { max = 2000, summary = "only these columns, comma list" },
}

--- Options for object.rows and object.stream out of checked parameters.
function page.options(params)
  local options = { limit = params.limit, offset = params.offset, sort = params.sort }
  if params.fields and params.fields ~= "" then
    options.columns = {}
    for name in params.fields:gmatch("[^,%s]+") do options.columns[#options.columns + 1] = name end
  end
  return options
end

--- True when the whole length is worth a count: only a part was asked for.
function page.partial(options)
  return options.limit ~= nil or options.offset ~= nil
end

return page
