-- Custom destinations: an action of a kind (ct_customtypes) with its parameters.
local child = require "engine.part"
local object = require "engine.object"
require "model.lookup"

local destinations = {
  ["PRIVACY-DONTCALL"] = { "dontcall" }, ["PRIVACY-TORTURE"] = { "torture" },
  ["CTONANSWER"] = { "onanswer" }, ["CALLBACK-CONNECTED"] = { "callback_connected" },
  ["CTONCALLERHANGUP"] = { "caller_hangup" },
  ["SPLITCHANNELACTION-CALLER"] = { "split_caller" },
  ["SPLITCHANNELACTION-CALLED"] = { "split_called" },
}
for n = 1, 20 do destinations["RANDOMDESTINATION" .. n] = { "random_destination" .. n } end

return object {
  name = "customdestination", title = "Custom destination", summary = "An action a call can go to.",
  paths = { "custom", "customs", "custom_destination", "custom_destinations" },
  table = "cu_customs", id = "cu_id", tenant = "cu_te_id", label = "cu_name",
  scope = "tenant+global",
  required = { "cu_name", "cu_ct_id" },
  references = { customtype = { "cu_ct_id" } },
  example = { name = "Say", type_id = 1 },
  aliases = { name = "cu_name", type_id = "cu_ct_id", custom_type_id = "cu_ct_id" },
  tags = { "CUSTOM" }, sources = { "CUSTOM" },
  destinations = destinations,
  children = {
    {
      name = "extended_infos", names = { "extended_infos", "ce_customs_extended" },
      table = "ce_customs_extended", key = "ce_cu_id", id = "ce_id", tenant = "ce_te_id",
      prefix = "ce_",
    },
    {
      name = "binary_files", table = "cb_custombinaries", key = "cb_cu_id", id = "cb_id",
      tenant = "cb_te_id", prefix = "cb_", item = child.file, items = child.FILE,
    },
  },
}
