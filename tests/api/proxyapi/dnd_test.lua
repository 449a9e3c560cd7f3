-- reqtype=DND reads and changes do-not-disturb.
local client = require "support.proxyapi"
local ask, extension = client.ask, client.extension

test("set writes the key and the lamp, get reads the key", function(t)
  extension(t, "100")
  t.ami:expect("DBPut", { Family = "DND", Key = "100-DEMO", Val = "on" }):reply("success")
  t.ami:expect("Setvar", { Variable = "DEVICE_STATE(Custom:DND100-DEMO)", Value = "BUSY" })
    :reply("success")
  local res = ask(t, { reqtype = "DND", action = "set", number = "100", value = "on" })
  t.equal(res.body, "OK")
  t.equal(t.sql("SELECT ex_dnd FROM ex_extensions WHERE ex_number = '100'")[1].ex_dnd, "on")
end)

test("unknown extensions answer nothing, read-only keys may not set", function(t)
  t.equal(ask(t, { reqtype = "DND", action = "get", number = "999" }).body, "")
  t.matches(ask(t, { reqtype = "DND", action = "set", number = "100", value = "on" },
    t.read_key).body, "^Too bad")
end)
