-- How the tests of this folder and of info/ ask, and what they ask about.
local files = require "files"

local client = { PATH = "/mirtapbx/proxyapi.php" }

--- A request with the key and the tenant DEMO, unless others are given.
function client.ask(t, query, key)
  query.key = key or t.key
  if query.tenant == nil then query.tenant = "DEMO" end
  return t.http:get(client.PATH, { query = query })
end

--- A function that asks for an `info`: (t, query, key).
function client.asker(info)
  return function(t, query, key)
    query.reqtype, query.info = "INFO", info
    return client.ask(t, query, key)
  end
end

-- Creates an object of DEMO in the other dialect.
local function create(t, plural, json)
  local res = t.http:post("/mirtapbx/openapi.php/" .. plural,
    { query = { key = t.key, tenant = "DEMO" }, json = json })
  t.equal(res.status, 201, res.body)
  return res.json.id
end

--- Creates a phone; its id.
function client.extension(t, number, name)
  return create(t, "extensions", { number = number, name = name or ("Phone " .. number),
    tech = "PJSIP", password = "pw-" .. number .. "-DEMO" })
end

--- Creates the queue Support, 9200 unless `number` says another; its id.
function client.queue(t, number)
  return create(t, "queues", { qu_name = "Support", qu_number = number or "9200", strategy = "ringall" })
end

--- Creates the phonebook Default.
function client.book(t)
  create(t, "phonebooks", { pb_name = "Default" })
end

--- One phone that rings, as Asterisk tells of it.
function client.channel(t, number, more)
  local fields = {
    Channel = "PJSIP/" .. number .. "-DEMO-00000001", ChannelState = "6",
    ChannelStateDesc = "Up", CallerIDNum = number, CallerIDName = "Phone " .. number,
    ConnectedLineNum = "101", ConnectedLineName = "Ann", AccountCode = "DEMO",
    Context = "authenticated", Exten = "101", Priority = "1",
    Uniqueid = "srv01-1.1", Linkedid = "srv01-1.1",
  }
  for name, value in pairs(more or {}) do fields[name] = value end
  t.ami:event("Newchannel", fields)
end

--- The phone 100 with a channel that the host knows of; its name.
function client.ringing(t)
  client.channel(t, "100")
  t.eventually(function() return client.ask(t, { reqtype = "COUNTCALLS" }).body == "1" end)
  return "PJSIP/100-DEMO-00000001"
end

--- One phone that registers, as Asterisk tells of it.
function client.contact(t, number)
  t.ami:event("ContactStatus", {
    URI = "sip:" .. number .. "@127.0.0.1:5100", ContactStatus = "Reachable",
    AOR = number .. "-DEMO", EndpointName = number .. "-DEMO", RoundtripUsec = "5871",
  })
end

--- The flow 61 on number 600; its value is 0 unless another is given.
function client.flow(t, value)
  t.sql([[INSERT INTO fl_flows (fl_id, fl_te_id, fl_name, fl_number, fl_value, fl_value_for_inuse,
      fl_value_for_notinuse) SELECT 61, te_id, 'Night', '600', ?, '1', '0'
    FROM te_tenants WHERE te_code = 'DEMO']], { value or "0" })
end

--- The flow 61 with the value 7 and its lamp on.
function client.lit_flow(t)
  client.flow(t, "7")
  t.sql("INSERT INTO st_states (st_extension, st_state) VALUES ('600-DEMO', 'INUSE')")
end

--- A recording of DEMO and its record.
function client.recording(t)
  t.truthy(files.write("recordings", "DEMO/a.wav", "RIFF0123456789"))
  t.sql([[INSERT INTO rm_recordingmetadatas (rm_te_id, rm_uniqueid, rm_linkedid, rm_originateid,
      rm_date, rm_src, rm_dst, rm_duration, rm_size, rm_format, rm_path)
    SELECT te_id, 'srv02-1.1', 'srv02-1.1', '15a4cfe6429054', '2026-01-02 03:04:05', '101', '102',
      7, 14, 'wav', 'DEMO/a.wav' FROM te_tenants WHERE te_code = 'DEMO']])
end

--- The mailbox 102 of DEMO with one message, 1475685709-00000004.
function client.message(t)
  create(t, "voicemails", { mailbox = "102", password = "4321", fullname = "Box 102" })
  t.truthy(files.write("voicemail", "DEMO/102/INBOX/msg0000.txt", "[message]\ncallerid=\"Ann\" <101>\n"
    .. "origtime=1475685709\nduration=7\nmsg_id=1475685709-00000004\n"))
  t.truthy(files.write("voicemail", "DEMO/102/INBOX/msg0000.wav", "RIFF0123456789"))
end

return client
