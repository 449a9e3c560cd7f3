-- reqtype=FAX: send, list and download faxes.
local answer = require "proxyapi.lib.answer"
local fax_model = require "model.fax"
local files = require "files"
local shapes = require "proxyapi.lib.shapes"

-- Columns of the list.
local SHOWN = {
  { "fa_id", "ID" }, { "fa_date", "Date" }, { "fa_direction", "Direction" }, { "fa_source", "Source" },
  { "fa_dest", "Destination" }, { "fa_pages", "Pages" }, { "fa_status", "Status" }, { "fa_filename", "Filename" },
}
local EXAMPLE = { 4, "2026-01-02 03:04:05", "OUT", "100", "0123456", 2, "SENT", "DEMO/fax-4.pdf" }

local fax = route {
  reqtype = "FAX",
  summary = "Send a fax; list and download faxes.",
  actions = {
    send = {
      access = "write", result = shapes.done("Fax queued", "1c0ffee1c0ffee"), body = { filename = shapes.FILE },
      params = {
        source_number = { max = 80, summary = "number that sends" },
        dest_number = { aliases = { "number" }, max = 80, summary = "number that gets it" },
        id = { max = 150, summary = "an earlier fax, to send its document again" },
        quality = { summary = "204x98, 204x196 (default) or 204x392" },
        pagesize = { summary = "a4 (default), letter or legal" },
        rotate = { summary = "empty for automatic, E, W or no" },
        deleteaftersend = { summary = "on: the document goes once it is sent" },
        schedule = { summary = "date and time" },
        statusemail = { max = 191, summary = "who is told" },
      },
    },
    list = {
      access = "read", result = shapes.list(function(ctx) return fax_model.select(ctx, {}, SHOWN) end, EXAMPLE),
      params = {
        start = { type = "datetime" }, ["end"] = { type = "datetime" }, direction = { summary = "IN or OUT" },
      },
    },
    download = { access = "read", params = { id = { max = 150 } }, result = shapes.file(fax_model.TYPES) },
  },
}

function fax.send(req)
  local params = req.params
  local part, bytes, err = req.parts and req.parts[1]
  if part then
    bytes, err = files.part(part, fax_model.MAX_DOCUMENT)
    if not bytes then return nil, err end
  end
  local given = { source = params.source_number, dest = params.dest_number, bytes = bytes }
  for _, name in ipairs({ "id", "quality", "pagesize", "rotate", "deleteaftersend", "schedule", "statusemail" }) do
    if params[name] ~= "" or name == "rotate" then given[name] = params[name] end
  end
  local id
  id, err = fax_model.send(req.ctx, given)
  if id then return answer.done("Fax queued", id) end
  if err.code == "denied" or err.code == "internal" then return nil, err end
  return answer.failed(err.message)
end

function fax.list(req)
  local selected, err = fax_model.select(req.ctx, req.params, SHOWN)
  if not selected then return nil, err end
  return answer.stream(selected.sql, selected.params)
end

function fax.download(req)
  local body, content_type, row = fax_model.open(req.ctx, req.params.id)
  if not body then return nil, content_type end
  return answer.body(body, content_type, {
    ["Content-Disposition"] = ('attachment; filename="fax-%d.%s"'):format(row.fa_id, row.fa_filename:match("%w+$")),
  })
end

return fax
