-- A row as MANAGEDB shows it.
local trunk = require "support.trunk"
local client = require "support.managedb"

test("JSON as PHP spells it, in the columns of the row and of those beside it", function(t)
  local text, spelt = "1/2 \195\188 \226\130\172 \240\159\152\128", "1\\/2 \\u00fc \\u20ac \\ud83d\\ude00"
  local id = client.ask(t, { object = "extension", action = "add" }, '{"ex_number":"152","ex_name":"' .. text .. '"}').json.ex_id
  local body = client.ask(t, { object = "extension", action = "get", objectid = id }).body
  t.contains(body, '"ex_name":"' .. spelt .. '"')
  t.contains(body, '"callerid":"\\"' .. spelt .. '\\" <152>"')
end)

-- get wrote raw UTF-8 where list wrote PHP's escapes.
test("get and list spell a name alike", function(t)
  local id = client.ask(t, { object = "extension", action = "add" }, '{"ex_number":"150","ex_name":"J\195\188rg a/b"}').json.ex_id
  for _, query in ipairs({ { action = "get", objectid = id }, { action = "list" } }) do
    query.object = "extension"
    t.contains(client.ask(t, query).body, '"J\\u00fcrg a\\/b"')
  end
end)

-- What add and update took could not be read back.
test("the columns of the tables beside", function(t)
  local queue = client.ask(t, { object = "queue", action = "add" }, '{"qu_name":"S","strategy":"linear","timeout":"33"}').json
  t.equal({ queue.strategy, queue.timeout }, { "linear", "33" })
  local room = client.ask(t, { object = "conference", action = "add" }, '{"cr_number":"887","cr_name":"T","pin":"5678"}').json
  t.equal(room.pin, "5678")
  trunk.told(t, "contact", "trunk_p")
  local provider = client.ask(t, { object = "provider", action = "add", tenant = "" },
    '{"pr_name":"P","pr_tech":"PJSIP","pr_userealtime":"on","host":"172.16.1.100","password":"top"}', t.global_key).json
  t.equal({ provider.host, provider.pr_host, provider.allow }, { "172.16.1.100", "172.16.1.100", "alaw,ulaw" })
  local extension = client.ask(t, { object = "extension", action = "add" }, '{"ex_number":"151","password":"hackme"}')
  t.equal(extension.json.context, "authenticated")
  t.falsy(extension.body:find("hackme", 1, true))
end)
