-- Paging groups: a number that makes several phones speak.
local object = require "engine.object"
local numbering = require "model.numbering"

return numbering.plan(object {
  name = "paginggroup", title = "Paging group", summary = "A number that makes phones speak.",
  paths = { "paging", "pagings", "paging_group", "paging_groups", "intercom", "intercoms" },
  table = "pa_paginggroups", id = "pa_id", tenant = "pa_te_id", label = "pa_name",
  required = { "pa_name", "pa_number" },
  example = { number = "800", name = "All" },
  unique = "pa_number",
  columns = { pa_number = { pattern = "[%w*#_.+-]+", max = 40 }, pa_pin = { pattern = "%d*" } },
  references = { mediafile = { "pa_me_id" } },
  aliases = {
    number = "pa_number", name = "pa_name", pin = "pa_pin", bidirectional = "pa_bidirectional",
    checkinuse = "pa_checkinuse", manualheader = "pa_manualheader", mediafile_id = "pa_me_id",
  },
  tags = { "PAGING" }, members = { "PAGING" }, plain = { PAGING = "EXT" },
  destinations = { PAGING = { "extensions", "peers", "members" } },
}, "pa_number", "PAGING")
