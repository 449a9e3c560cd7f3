-- reqtype=FAX keeps faxes; a job sends them.
local client = require "support.proxyapi"
local fax = require "model.fax"
local files = require "files"

local PDF = "%PDF-1.4 one page"

local function send(t, more, document, key)
  local query = { reqtype = "FAX", action = "send", tenant = "DEMO", key = key or t.key,
    source_number = "15551230000", dest_number = "15551239999" }
  for name, value in pairs(more or {}) do query[name] = value end
  local body = document and '--x\r\nContent-Disposition: form-data; name="filename"; filename="fax.pdf"\r\n'
    .. "Content-Type: application/pdf\r\n\r\n" .. document .. "\r\n--x--\r\n" or ""
  return t.http:post(client.PATH, { query = query, body = body,
    headers = document and { ["Content-Type"] = "multipart/form-data; boundary=x" } or nil })
end

local function sent_id(res) return (res.body:match("^Success|Fax queued|(%x+)|$")) end

local function info(t, id) return client.ask(t, { reqtype = "INFO", info = "fax", id = id, format = "json" }).json end

test("Send a fax", function(t)
  local id = sent_id(send(t, nil, PDF))
  t.truthy(id)
  local it = info(t, id)
  t.equal({ it.status, it.direction, it.source, it.dest }, { "QUEUED", "OUT", "15551230000", "15551239999" })
  t.equal(files.read("fax", "DEMO/out/" .. id .. ".pdf"), PDF)
  t.equal(send(t).body, "Error|No file|")
  t.equal(send(t, nil, "a picture").body, "Error|Invalid file|")
  t.equal(send(t, { number = "99397654321", dest_number = "" }, PDF).body, "Error|dest_number: not a number|")
  t.equal(send(t, { quality = "300x300" }, PDF).body, "Error|quality: must be one of 204x98, 204x196, 204x392|")
  t.equal(send(t, { schedule = "tomorrow" }, PDF).body, "Error|schedule: not a date and time|")
  t.matches(send(t, nil, PDF, t.read_key).body, "^Too bad")
  -- its document once more, by the id
  local again = sent_id(send(t, { id = id }))
  t.equal(files.read("fax", "DEMO/out/" .. again .. ".pdf"), PDF)
  t.matches(send(t, { id = "nonsense" }).body, "^Error|id: no such fax")
end)

test("List faxes", function(t)
  local body = client.ask(t, { reqtype = "FAX", action = "list" }).body
  t.matches(body, "^ID|Date|Direction|Source|Destination|Pages|Status|Filename\n%d+|[%d: -]+|OUT|15551230000|15551239999||QUEUED|DEMO/out/")
  t.equal(#client.ask(t, { reqtype = "FAX", action = "list", format = "json", direction = "in" }).json, 0)
  t.equal(#client.ask(t, { reqtype = "FAX", action = "list", format = "json", direction = "OUT" }).json, 2)
  t.equal(client.ask(t, { reqtype = "FAX", action = "list", format = "json", start = "2020-01-01", ["end"] = "2020-01-02" }).body, "[]")
  t.equal(client.ask(t, { reqtype = "FAX", action = "list", format = "json", tenant = "OTHER" }, t.other_key).body, "[]")
end)

test("Get a fax binary", function(t)
  local row = t.sql("SELECT fa_id, fa_originateid FROM fa_faxes ORDER BY fa_id LIMIT 1")[1]
  for _, id in ipairs({ tostring(row.fa_id), row.fa_originateid }) do
    local res = client.ask(t, { reqtype = "FAX", action = "download", id = id })
    t.equal({ res.body, res.headers["content-type"] }, { PDF, "application/pdf" })
    t.matches(res.headers["content-disposition"], '^attachment; filename="fax%-%d+%.pdf"$')
  end
  t.equal(client.ask(t, { reqtype = "FAX", action = "download", id = "63095" }).body, "")
  t.equal(client.ask(t, { reqtype = "FAX", action = "download", id = row.fa_originateid, tenant = "OTHER" }, t.other_key).body, "")
end)

test("sent by the job, once, and not before its time", function(t)
  t.sql("DELETE FROM fa_faxes")
  local id = sent_id(send(t, nil, PDF))
  send(t, { schedule = "2999-01-01 00:00" }, PDF)
  local fa_id = t.sql("SELECT fa_id FROM fa_faxes WHERE fa_originateid = ?", { id })[1].fa_id
  t.ami:expect("Originate", { Channel = "Local/15551239999@fax-out/n", Context = "fax-send", Exten = tostring(fa_id) })
    :reply("success", { Message = "Originate successfully queued" })
  t.equal({ fax.run(), fax.run() }, { 1, 0 })
  t.equal(info(t, id).status, "SENDING")
  -- nobody answered: the call's record says so
  t.sql("UPDATE fa_faxes SET fa_claimed = '2020-01-01 00:00:00' WHERE fa_originateid = ?", { id })
  t.sql("INSERT INTO cdr (uniqueid, originateid, disposition) VALUES ('srv01-7.7', ?, 'BUSY')", { id })
  t.equal(fax.run(), 0)
  local it = info(t, id)
  t.equal({ it.status, it.error }, { "FAILED", "BUSY" })
end)

test("a refused one fails, one that was under way in a crash is not sent again", function(t)
  t.sql("DELETE FROM fa_faxes")
  local id = sent_id(send(t, nil, PDF))
  t.ami:expect("Originate"):reply("error", "Originate failed")
  t.log:expect("^warn .*a fax was not sent")
  client.ask(t, { reqtype = "COUNTCALLS" })
  t.equal(fax.run(), 1)
  t.equal({ info(t, id).status, info(t, id).error }, { "FAILED", "Originate failed" })
  t.sql("UPDATE fa_faxes SET fa_status = 'SENDING', fa_claimed = '2020-01-01 00:00:00', fa_uniqueid = 'x'")
  t.equal(fax.run(), 0)
  t.equal({ info(t, id).status, info(t, id).error }, { "FAILED", "interrupted" })
end)

test("a document that is to go goes once it is sent", function(t)
  t.sql("DELETE FROM fa_faxes")
  local id = sent_id(send(t, { deleteaftersend = "on" }, PDF))
  t.sql("UPDATE fa_faxes SET fa_status = 'SENT'")
  t.equal(fax.run(), 0)
  t.equal(client.ask(t, { reqtype = "FAX", action = "download", id = id }).body, "")
  t.equal(files.stat("fax", "DEMO/out/" .. id .. ".pdf"), nil)
end)
