-- Menus. The prompt is an IVR_MEDIAFILE destination; each key has its own.
local numbering = require "model.numbering"
local object = require "engine.object"

local destinations = { ["CUSTOMIVR_*"] = {} }
for n = 0, 9 do destinations["IVR_" .. n] = { "ivr_" .. n, "key_" .. n, tostring(n) } end
for _, word in ipairs({ "STAR", "SHARP", "WRONG", "TIMEOUT", "HANGUP", "FEATURE", "EXTENSION",
  "MEDIAFILE", "OPTIONSMEDIAFILE" }) do
  destinations["IVR_" .. word] = { word:lower(), "ivr_" .. word:lower() }
end

return numbering.plan(object {
  name = "ivr", title = "IVR", summary = "A menu of spoken choices.",
  table = "iv_ivrs", id = "iv_id", tenant = "iv_te_id", label = "iv_name",
  unfollowed = require("model.unfollowed").iv_ivrs,
  required = { "iv_name" },
  example = { name = "Main", number = "650" },
  unique = "iv_number", readonly = { "iv_dialled" },
  columns = {
    iv_number = { pattern = "[%w*#_.+-]*", max = 40, blank = true },
    iv_timeout = { pattern = "%d*" }, iv_digittimeout = { pattern = "%d*" },
    iv_maxloops = { pattern = "%d*" },
  },
  references = { mediafile = { "iv_me_id" } },
  aliases = {
    name = "iv_name", number = "iv_number", mediafile_id = "iv_me_id", timeout = "iv_timeout",
    digit_timeout = "iv_digittimeout",
  },
  tags = { "IVR" },
  annexes = { { name = "mk_ivrs", key = "mv_iv_id", columns = { mv_description = { multiline = true } } } },
  destinations = destinations,
}, "iv_number", "IVR")
