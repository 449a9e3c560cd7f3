-- Codes that do something when dialled.
local object = require "engine.object"
local numbering = require "model.numbering"

return numbering.plan(object {
  name = "featurecode", title = "Feature code", summary = "A code that does something.",
  paths = { "feature", "features", "feature_code", "feature_codes" },
  table = "fe_features", id = "fe_id", tenant = "fe_te_id", label = "fe_code",
  scope = "tenant+global",
  required = { "fe_code" },
  example = { code = "*56", comment = "Pickup" },
  unique = "fe_code",
  columns = { fe_code = { pattern = "[%w*#_.+!-]+", max = 40 } },
  aliases = { code = "fe_code", comment = "fe_comment" },
  destinations = { FEATURE = { "destination", "feature" } },
}, "fe_code", "FEATURE")
