-- MANAGEDB object provider.
local managedb = require "support.managedb"

local provider = managedb.object {
  object = "provider", id = "pr_id", shown = { "pr_peername", "pr_name" }, global = true,
  fields = { pr_peername = "new_provider", pr_name = "New Provider", pr_tech = "SIP", pr_userealtime = "on",
    host = "172.16.1.100" },
  change = { pr_name = "Test extradevel" },
}

test("add, get, list, update, delete", provider.life)

test("bad data, foreign and read-only keys", provider.guard)

test("routes that a provider carries", function(t)
  managedb.lists_routes(t, provider.call, "dl_pr_id")
end)
