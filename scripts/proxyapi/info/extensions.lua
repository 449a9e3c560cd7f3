-- info=EXTENSIONS: every column of the extensions, with state and login of the phone.
local answer = require "proxyapi.lib.answer"
local listing = require "model.listing"
local shapes = require "proxyapi.lib.shapes"

local SHORT = {
  { "ex_number", "Number" }, { "ex_name", "Name" }, { "ex_tech", "Tech" }, { "st_state", "State" },
  { "username", "Username" }, { "password", "Password" },
}

local OPTIONS = { brief = { SHORT, { "100", "Ada", "PJSIP", "NOT_INUSE", "100-DEMO", "secret" } } }
local EXAMPLE = { ex_id = 7, ex_te_id = 1, ex_number = "100", ex_name = "Ada", ex_tech = "PJSIP", st_state = "NOT_INUSE",
  username = "100-DEMO", password = "secret" }

local function all(ctx) return listing.extensions(ctx, {}, true) end

local extensions = route {
  reqtype = "INFO",
  info = "EXTENSIONS",
  summary = "List extensions, or read one by id or number.",
  params = { id = { type = "integer" }, number = {} },
  actions = {
    list = { access = "read", tenant = "optional", result = shapes.list(all, EXAMPLE, OPTIONS) },
  },
}

-- A tenant's full key may read the phones' passwords, but no other secret of the rows.
function extensions.list(req)
  local short = (req.format == "plain" or req.format == "csv") and SHORT or nil
  local selected, err = listing.extensions(req.ctx, req.params, not req.key.read_only, short)
  if not selected then return nil, err end
  return answer.stream(selected.sql, selected.params)
end

return extensions
