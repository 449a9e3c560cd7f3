-- The request examples of the manual of proxyapi.php, each a test under its heading; those of FAX, MEDIAFILE, RESPONSEPATH,
-- TRANSCRIPT, IVRLOGS, QUEUELOGS, media files and routes are in the files of those requests.
local client = require "support.proxyapi"

-- Ids of what the examples are about; made by the first test.
local made = {}

local function ask(t, line, data, key)
  local query = {}
  for name, value in line:gmatch("([%w_]+)=([^&]*)") do
    query[name] = value:gsub("TENANTCODE", "DEMO"):gsub("{(%w+)}", function(word) return tostring(made[word]) end)
  end
  if query.tenant == nil then query.tenant = "" end
  query.key = key or (query.tenant == "" or query.tenant == "%") and t.global_key or t.key
  local res = t.http:post(client.PATH, { query = query, form = data and { jsondata = data } or {} })
  t.equal(res.status, 200, line)
  t.falsy(res.body:find("^Too bad"), line)
  return res
end

local function create(t, plural, json, key)
  local res = t.http:post("/mirtapbx/openapi.php/" .. plural, { query = { key = key or t.key, tenant = not key and "DEMO" or nil },
    json = json })
  t.equal(res.status, 201, res.body)
  return res.json.id
end

test("the objects that the examples name", function(t)
  for _, number in ipairs({ "100", "103", "104", "107", "402", "500" }) do made["ext" .. number] = client.extension(t, number) end
  made.queue = client.queue(t, "9200")
  create(t, "queues", { qu_name = "Other", qu_number = "781" })
  client.flow(t)
  client.book(t)
  client.recording(t)
  client.message(t)
  made.did = create(t, "dids", { number = "27699" })
  made.condition = create(t, "conditions", { name = "Open", type = "WEEKTIME" })
  made.ivr = create(t, "ivrs", { name = "Menu" })
  made.hunt = create(t, "huntlists", { name = "All", number = "610" })
  made.media = create(t, "mediafiles", { name = "Hello" })
  t.sql([[INSERT INTO cdr (ID, "start", answer, uniqueid, linkedid, src, dst, realsrc, lastdst, disposition, userfield, accountcode, te_id)
    SELECT 1, '2020-06-01 10:00:00', '2020-06-01 10:00:05', 'srv02-1701011773.4670', 'srv02-1701011773.4670', '103', '0611', '103-DEMO',
      '0611', 'ANSWERED', '[outbound]', 'DEMO', te_id FROM te_tenants WHERE te_code = 'DEMO']])
  t.sql([[INSERT INTO cdr (ID, "start", uniqueid, src, dst, accountcode, te_id)
    SELECT 2, '2017-01-15 10:00:00', 'srv02-2.2', '104', '0611', te_code, te_id FROM te_tenants WHERE te_code = 'DEMO']])
  t.sql([[INSERT INTO sc_simplecdr (sc_te_id, sc_start, sc_direction, sc_calleridnum, sc_dialednum, sc_disposition, sc_uniqueid)
    SELECT te_id, '2020-06-01 10:00:00', 'OUT', '103', '0611', 'ANSWERED', 'srv02-1.1' FROM te_tenants WHERE te_code = 'DEMO']])
  t.sql([[INSERT INTO td_cdrtemplates (td_te_id, td_name, td_body) VALUES (0, 'Test_CSV', ?)]],
    { "{row_loop}{$uniqueid},{$ID},{$te_id},{$realsrc},{$lastdst},{$start},{$duration},{$answer},{$direction},{$disposition}\n{/row_loop}" })
end)

test("INFO - SIMPLECDRS / Get the list of calls", function(t)
  t.contains(ask(t, "reqtype=INFO&info=SIMPLECDRS&tenant=TENANTCODE&calleridnum=103,104&start=2020-01-01&end=2020-12-31").body,
    "|OUT|103||0611|ANSWERED|")
end)

test("INFO - CDRS / Get the list of calls", function(t)
  local line = "reqtype=INFO&info=CDRS&tenant=TENANTCODE&phone=103,104&start=2019-12-01&end=2022-12-31"
  t.contains(ask(t, line).body, "srv02-1701011773.4670")
  t.matches(ask(t, line .. "&format=xml&template=Test_CSV").body, "^srv02%-1701011773%.4670,1,%d+,103%-DEMO,0611,2020%-06%-01 10:00:00,.*,OUT,ANSWERED\n$")
end)

test("INFO - DIDS / Get the list of DIDs for one tenant", function(t)
  t.contains(ask(t, "reqtype=INFO&info=DIDS&tenant=TENANTCODE").body, "|27699|DEMO|")
end)

test("INFO - DIDS / Get the list of DIDs for all tenants", function(t)
  t.contains(ask(t, "reqtype=INFO&info=DIDS").body, "|27699|DEMO|")
end)

test("INFO - Flow / Get the state of a flow", function(t)
  t.equal(ask(t, "reqtype=INFO&info=FLOW&id=61&tenant=TENANTCODE").body, "UNKNOWN")
end)

test("INFO - Extension / Get the state of a extension", function(t)
  t.contains(ask(t, "reqtype=INFO&info=EXTSTATE&ext=500&tenant=TENANTCODE").body, "Extension not registered")
end)

test("INFO - Extensions / Get the list of extensions", function(t)
  t.contains(ask(t, "reqtype=INFO&info=EXTENSIONS&tenant=TENANTCODE").body, "\n402|Phone 402|PJSIP|")
end)

test("INFO - Extensions / Get an extension by id", function(t)
  t.matches(ask(t, "reqtype=INFO&info=EXTENSIONS&tenant=TENANTCODE&id={ext402}").body, "^[^\n]+\n402|[^\n]+\n$")
end)

test("INFO - Extensions / Get an extension by number", function(t)
  t.matches(ask(t, "reqtype=INFO&info=EXTENSIONS&tenant=TENANTCODE&number=100").body, "^[^\n]+\n100|[^\n]+\n$")
end)

test("INFO - Variable / Get the value of a variable", function(t)
  t.equal(ask(t, "reqtype=INFO&info=variable&id=61&tenant=TENANTCODE").body, "0")
end)

test("DND / Get the DND for an extension", function(t)
  t.equal(ask(t, "tenant=TENANTCODE&reqtype=DND&action=get&number=100").body, "off")
end)

test("DND /Set the DND for an extension", function(t)
  t.ami:expect("DBPut", { Family = "DND", Key = "100-DEMO", Val = "on" }):reply("success")
  t.ami:expect("Setvar", { Variable = "DEVICE_STATE(Custom:DND100-DEMO)" }):reply("success")
  t.equal(ask(t, "tenant=TENANTCODE&reqtype=DND&action=set&number=100&value=on").body, "OK")
end)

test("DIAL / Call an extension and then dial a number", function(t)
  local line = "reqtype=DIAL&source=402&dest=9922323232&tenant=TENANTCODE&account=402-TENANTCODE"
  for _, it in ipairs({ line, line .. "&var=callid%3D453131" }) do
    t.ami:expect("Originate", { Exten = "9922323232" }):reply("success", { Message = "Originate successfully queued" })
    t.matches(ask(t, (it:gsub("%%3D", "="))).body, "^Success|Originate successfully queued|%x+|$")
  end
  t.equal(ask(t, "reqtype=INFO&info=recording&id=15a4cfe6429054").body, "RIFF0123456789")
end)

test("HANGUP / Hangup a call by extension", function(t)
  t.equal(ask(t, "reqtype=HANGUP&extension=103-TENANTCODE&tenant=TENANTCODE").body, "Error|No such channel|")
end)

test("QUEUE / Add an agent to a queue", function(t)
  t.equal(ask(t, "reqtype=QUEUE&tenant=TENANTCODE&action=add&number=9200&extension=103").body, "OK")
  t.equal(ask(t, "reqtype=QUEUE&tenant=TENANTCODE&action=add&number=781&extension=107&paused=1&penalty=4").body, "OK")
  t.equal(ask(t, "reqtype=QUEUE&tenant=TENANTCODE&action=add&number=9200&extension=104").body, "OK")
end)

test("QUEUE / Get the list of agents", function(t)
  t.equal(ask(t, "reqtype=QUEUE&tenant=TENANTCODE&action=list&number=9200").body, "103-DEMO|104-DEMO|")
end)

test("AGENT / Pause agent from queue", function(t)
  t.ami:expect("QueuePause", { Reason = "Breakfast", Paused = "true" }):reply("success")
  t.equal(ask(t, "reqtype=AGENT&action=PAUSE&queue={queue}&extension=104-TENANTCODE&tenant=TENANTCODE&pausereason=Breakfast").body,
    "Success|Interface paused successfully|")
end)

test("AGENT / Get info for agent in all the queues", function(t)
  local rows = ask(t, "reqtype=AGENT&action=LISTQUEUES&extension=104-TENANTCODE&tenant=TENANTCODE&format=json").json
  t.equal({ rows[1].qu_number, rows[1].pausereason }, { "9200", "Breakfast" })
end)

test("Set a tenant setting", function(t)
  t.equal(ask(t, "tenant=TENANTCODE&reqtype=SETTING&action=SET&code=VMAUTORECOVER&value=no").body, "OK")
end)

test("Get a tenant setting", function(t)
  t.equal(ask(t, "tenant=TENANTCODE&reqtype=SETTING&action=GET&code=VMAUTORECOVER").body, "no")
end)

test("Get all voicemails for a tenant", function(t)
  t.equal(ask(t, "reqtype=VOICEMAIL&tenant=TENANTCODE&action=list").body, "Mailbox|Fullname|Email|Attach|\n102|Box 102|||\n")
end)

test("Get info about voicemails in a mailbox", function(t)
  t.contains(ask(t, "reqtype=VOICEMAIL&tenant=TENANTCODE&mailbox=102&action=messages").body, "|1475685709-00000004|")
end)

test("Get the binary audio for a message", function(t)
  t.equal(ask(t, "reqtype=VOICEMAIL&tenant=TENANTCODE&mailbox=102&action=message&msgid=1475685709-00000004").body, "RIFF0123456789")
end)

test("Mark a message as read", function(t)
  t.ami:expect("VoicemailMove", { ToFolder = "Old" }):reply("success")
  t.equal(ask(t, "reqtype=VOICEMAIL&tenant=TENANTCODE&mailbox=102&action=markread&msgid=1475685709-00000004").body, "OK")
end)

test("Mark a message as not read", function(t)
  t.equal(ask(t, "reqtype=VOICEMAIL&tenant=TENANTCODE&action=markunread&mailbox=102&msgid=1475685709-00000004").body, "OK")
end)

test("COUNTCALLS / Count the calls on a system", function(t)
  t.equal(ask(t, "reqtype=COUNTCALLS").body, "0")
end)

test("RECORDINGS / Get or play a recording", function(t)
  t.equal(ask(t, "reqtype=INFO&info=recording&id=srv02-1.1&tenant=TENANTCODE").body, "RIFF0123456789")
end)

test("Add an entry", function(t)
  t.equal(ask(t, "reqtype=PHONEBOOK&subreqtype=add&phonebook=Default&tenant=TENANTCODE",
    [[{"NAME":"Ross","PHONE1":"3564732920"}]]).body, "OK")
end)

test("Search for an entry", function(t)
  t.contains(ask(t, "reqtype=PHONEBOOK&subreqtype=query&tenant=TENANTCODE&phonebook=Default&field=name&value=Ross").body, "3564732920")
end)

test("Get the cdr for a tenant in CSV format", function(t)
  t.contains(ask(t, "reqtype=INFO&info=CDRS&format=csv&tenant=TENANTCODE&start=2017-01-01&end=2017-02-01").body, "srv02-2.2")
end)

test("Get the cdr for all tenants in CSV format", function(t)
  t.contains(ask(t, "reqtype=INFO&info=CDRS&format=csv&tenant=%&start=2017-01-01&end=2017-02-01").body, "srv02-2.2")
end)

test("CDR / Get the userfield", function(t)
  t.equal(ask(t, "tenant=TENANTCODE&reqtype=CDR&action=GET&field=userfield&uniqueid=srv02-1701011773.4670").body, "[outbound]")
end)

test("CDR / Update the userfield", function(t)
  t.equal(ask(t, "tenant=TENANTCODE&reqtype=CDR&action=UPDATE&field=userfield&uniqueid=srv02-1701011773.4670&value=").body, "OK")
end)

-- MANAGEDB: { heading, request, jsondata or nil, what the answer holds, word for the new id and its column }
local function managedb(heading, line, data, wanted, word, column)
  test(heading, function(t)
    local res = ask(t, "reqtype=MANAGEDB&" .. line, data)
    t.truthy(res.json, res.body)
    if wanted then t.contains(res.body, wanted, heading) end
    if word then made[word] = res.json[column] end
  end)
end

managedb("Getting the custom destination type list", "object=CUSTOMTYPES&tenant=TENANTCODE&action=list", nil, '"ct_name":"Dial number"')
managedb("Creating a custom destination", "action=add&object=custom&tenant=TENANTCODE",
  [[{"cu_name":"Boss phone","cu_ct_id":1,"cu_param1":"3564732920","cu_param2":"INCOMINGDID","cu_param3":"30"}]],
  '"cu_param2":"INCOMINGDID"', "custom", "cu_id")
managedb("Getting the custom destination list", "object=CUSTOM&tenant=TENANTCODE&action=list", nil, "Boss phone")
managedb("Getting info for a custom destination", "object=CUSTOM&tenant=TENANTCODE&action=get&objectid={custom}", nil, '"cu_param3":"30"')
managedb("Updating a custom destination", "action=update&object=custom&tenant=TENANTCODE&objectid={custom}",
  [[{"cu_name":"Boss private phone","cu_param1":"0636287454"}]], '"cu_param1":"0636287454"')
managedb("Creating a tenant", "action=add&object=tenant",
  [[{"te_code":"RELAX","te_name":"Relax & entertainment","pk_start":800,"pk_end":810}]], '"te_code":"RELAX"', "tenant", "te_id")
managedb("Getting the tenant list", "object=TENANT&action=list", nil, "RELAX")
managedb("Getting the tenant list, those that are disabled", "object=TENANT&action=list&filter=te_disabled='on'", nil, "{}")
managedb("Getting info for a tenant", "object=TENANT&action=get&objectid={tenant}", nil, '"pk_end":"810"')
managedb("Updating a tenant", "action=update&object=tenant&objectid={tenant}",
  [[{"te_name":"Relax and entertainment","pk_end":820}]], '"te_name":"Relax and entertainment"')
managedb("Creating a phone", "action=add&object=phones&tenant=TENANTCODE",
  [[{"ph_name":"George Basement","ph_mac":"AA:BB:CC:DD:EE:FF:00:11","ph_pm_id":5}]], "George Basement", "phone", "ph_id")
managedb("Getting the phones list", "object=PHONE&action=list&tenant=TENANTCODE", nil, "George Basement")
managedb("Getting info for a phone", "object=PHONE&action=get&objectid={phone}&tenant=TENANTCODE", nil, '"ph_pm_id":"5"')
managedb("Updating a phone", "action=update&object=phone&objectid={phone}&tenant=TENANTCODE",
  [[{"ph_name":"George Lower Basement"}]], "George Lower Basement")
managedb("Getting the hunt lists list", "object=HUNTLIST&action=get&objectid={hunt}&tenant=TENANTCODE", nil, '"hu_number":"610"')
managedb("Setting the hunt lists extension list", "action=setextensions&object=huntlist&objectid={hunt}&tenant=TENANTCODE", "[]", "[]")
managedb("Getting the hunt lists extension list", "object=HUNTLIST&action=getextensions&objectid={hunt}&tenant=TENANTCODE", nil, "[]")
managedb("Getting the extension list", "action=list&object=extension&tenant=TENANTCODE", nil, '"ex_number":"402"')
managedb("Getting the details for an extension", "action=get&object=extension&objectid={ext402}&tenant=TENANTCODE", nil, '"ex_tech":"PJSIP"')
managedb("Updating the security for an extension", "action=update&object=extension&objectid={ext402}&tenant=TENANTCODE",
  [[{"ex_callallowed":"all"}]], '"ex_callallowed":"all"')
managedb("Adding a SIP extension", "action=add&object=extension&tenant=TENANTCODE",
  [[{"ex_number":"1100","ex_name":"Test extension","ex_tech":"SIP","secret":"hackmeifyoucan","ex_pickupgroup":"1,5,6","ex_callgroup":"1,7,9"}]],
  nil, "sip", "ex_id")
managedb("Adding a PJSIP extension", "action=add&object=extension&tenant=TENANTCODE",
  [[{"ex_number":"1101","ex_name":"Test PJSIP extension","password":"hackmeifyoucan","ex_tech":"PJSIP"}]], '"ex_number":"1101"', "pjsip", "ex_id")
managedb("Deleting an extension", "action=delete&object=extension&objectid={pjsip}&tenant=TENANTCODE", nil, '"Response":"Success"')
managedb("Creating an user", "action=add&object=user",
  [[{"us_username":"Leandro71","us_password":"sha256(change-me)","us_up_id":1}]], '"us_username":"Leandro71"', "user", "us_id")
managedb("Getting the user list", "object=user&action=list", nil, "Leandro71")
managedb("Getting the details for an user", "object=user&action=get&objectid={user}", nil, '"us_up_id":"1"')
managedb("Creating a conference", "action=add&object=conference&tenant=TENANTCODE",
  [[{"cr_number":"887","cr_name":"Test conference","pin":"5678"}]], '"pin":"5678"')
managedb("Insert a provider", "action=add&object=provider",
  [[{"pr_peername":"new_provider","pr_name":"New Provider","pr_tech":"SIP","pr_userealtime":"on","allow":"'alaw:20","host":"172.16.1.100"}]],
  '"host":"172.16.1.100"', "provider", "pr_id")
managedb("Getting the provider list", "object=provider&action=list", nil, "New Provider")
managedb("Getting the details for a provider (SIP)", "object=provider&action=get&objectid={provider}", nil, '"pr_tech":"SIP"')
managedb("Update a provider", "object=provider&action=update&objectid={provider}",
  [[{"pr_peername":"test_extradevel","pr_name":"Test extradevel"}]], '"pr_peername":"test_extradevel"')
managedb("Adding a routing profile", "action=add&object=routingprofile", [[{"rp_name":"Only National","rp_type":"VOICE"}]],
  '"rp_type":"VOICE"', "profile", "rp_id")
managedb("Getting the routing profiles list", "object=routingprofile&action=list", nil, "Only National")
managedb("Getting the details for a routing profile", "object=routingprofile&action=get&objectid={profile}", nil, "Only National")
managedb("Update a routing profile", "action=update&object=routingprofile&objectid={profile}", [[{"rp_name":"National"}]], '"rp_name":"National"')
managedb("Listing the DIDs for a tenant", "object=DID&action=LIST&tenant=TENANTCODE", nil, '"di_number":"27699"')
managedb("Getting more info for a DID", "object=DID&action=GET&objectid={did}&tenant=TENANTCODE", nil, '"di_number":"27699"')
managedb("Updating a DID", "action=update&object=did&objectid={did}", [[{"di_comment":"Test DID","di_recording":"yes"}]], '"di_comment":"Test DID"')
managedb("Getting the destinations for a DID", "object=DESTINATION&action=LIST&typesrc=DID&typeidsrc={did}&tenant=TENANTCODE", nil, "[]")

test("Replace the destinations for a DID", function(t)
  local data = ('["PLAYBACK-%d","EXT-%d"]'):format(made.media, made.ext103)
  for _, source in ipairs({ "CONDITION&typeidsrc={condition}", "NOTCONDITION&typeidsrc={condition}", "IVR_1&typeidsrc={ivr}", "DID&typeidsrc={did}" }) do
    local rows = ask(t, "reqtype=MANAGEDB&object=DESTINATION&action=replace&tenant=TENANTCODE&typesrc=" .. source, data).json
    t.equal({ #rows, rows[1].de_type_dst, rows[2].de_type_dst }, { 2, "PLAYBACK", "EXT" }, source)
  end
end)

managedb("Getting the destinations for a Condition (true)",
  "object=DESTINATION&action=LIST&typesrc=CONDITION&typeidsrc={condition}&tenant=TENANTCODE", nil, '"de_type_dst":"PLAYBACK"')
managedb("Getting the destinations for a Condition (false)",
  "object=DESTINATION&action=LIST&typesrc=NOTCONDITION&typeidsrc={condition}&tenant=TENANTCODE", nil, '"de_type_dst":"PLAYBACK"')
