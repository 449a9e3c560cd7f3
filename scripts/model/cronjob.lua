-- Jobs that run at a time; run = yes asks for one run now.
local object = require "lib.object"

local FIELD = { pattern = "[%d*/,-]*", max = 80 }

return object {
  name = "cronjob", title = "Cron job", summary = "Something done at a time.",
  paths = { "cron_job", "cron_jobs" },
  table = "cr_cronjobs", id = "cr_id", tenant = "cr_te_id", label = "cr_name",
  scope = "tenant+global",
  required = { "cr_name" },
  example = { name = "Nightly", minute = "0", hour = "3" },
  columns = {
    cr_minute = FIELD, cr_hour = FIELD, cr_day = FIELD, cr_month = FIELD, cr_weekday = FIELD,
    cr_year = FIELD, cr_run = { on = "yes", off = "" },
  },
  references = { node = { "cr_no_id" } },
  aliases = {
    name = "cr_name", run = "cr_run", type = "cr_type", active = "cr_active", once = "cr_once",
    minute = "cr_minute", hour = "cr_hour", day = "cr_day", month = "cr_month", year = "cr_year",
    weekday = "cr_weekday", timezone = "cr_timezone", node_id = "cr_no_id",
  },
  destinations = { CRONJOB = { "destination", "cronjob" } },
}
