-- Conference rooms: the object and the meetme row the dialplan takes pins and options from.
local object = require "engine.object"
local numbering = require "model.numbering"
local peer = require "model.peer"

local function confno(row, tenant) return peer.name(row.cr_number, tenant.code) end

return numbering.plan(object {
  name = "conferenceroom", title = "Conference room", summary = "A room several callers join.",
  paths = { "conference", "conferences", "conference_room", "conference_rooms" },
  table = "cr_conferencerooms", id = "cr_id", tenant = "cr_te_id", label = "cr_name",
  unfollowed = require("model.unfollowed").cr_conferencerooms,
  required = { "cr_name", "cr_number" },
  example = { name = "Weekly Meeting", number = "900", pin = "1234", adminpin = "4321", maxusers = 10 },
  unique = "cr_number",
  columns = { cr_number = { pattern = "[%w*#_.+-]+", max = 40 } },
  tags = { "MEETME", "CONFERENCE" }, sources = { "CONFERENCE" },
  references = { mediafile = { "cr_requestpinmeid", "cr_pinenteredmeid", "cr_adminpinenteredmeid" } },
  readonly = { "cr_bookid" },
  annexes = { { name = "mk_rooms", key = "mr_cr_id", columns = { mr_description = { multiline = true } } } },
  aliases = {
    name = "cr_name", number = "cr_number", hosted = "cr_hosted", rate_id = "cr_rrid",
    startdate = "meetme.starttime", enddate = "meetme.endtime",
    request_pin_mediafile_id = "cr_requestpinmeid",
  },
  children = {
    {
      name = "meetme", table = "meetme", key = "confno", id = "bookid", one = true, flat = true,
      of = confno, names = { "meetme" },
      make = function() return { maxusers = 0, members = 0 } end,
      made = function(tx, change, bookid)
        return tx:exec("UPDATE cr_conferencerooms SET cr_bookid = ? WHERE cr_id = ?",
          { bookid, change.id })
      end,
      columns = {
        pin = { pattern = "%d*", max = 20 }, adminpin = { pattern = "%d*", max = 20 },
        opts = { pattern = "[%w(),=_.-]*", max = 20 }, adminopts = { pattern = "[%w(),=_.-]*", max = 20 },
        recordingfilename = { border = "sound" },
        maxusers = { low = 0, high = 100000 }, members = { low = 0 },
      },
    },
  },
}, "cr_number", "CONFERENCE")
