-- Employees out of a CSV.
local client = require "support.mikopbx"
local named = require("support.trunk").named
local ask = client.asker("employees")

local function upload(t, id, lines) client.part(t, "/files:upload", { id = id, name = "people.csv" }, "\239\187\191" .. table.concat(lines, "\n")) end

test("looked at first, then made", function(t)
  client.employee(t, "201", "John")
  upload(t, "p", { "number,user_username,user_email,sip_secret", "202,Ann,ann@example.com,S3cure-Pass-1!", "203,Иван,,",
    "201,John again,john@example.com,", "20x,Wrong,,", "202,Twice,," })
  local seen = ask(t, "post", ":import", { upload_id = "p" }).json.data
  t.equal({ seen.total, seen.valid, seen.duplicates, seen.errors, seen.headers[1], seen.uploadId }, { 5, 2, 1, 2, "number", "p" })
  t.equal({ seen.preview[1].status, seen.preview[3].status, seen.preview[4].status }, { "valid", "duplicate", "error" })
  t.equal(ask(t, "post", ":import", { upload_id = "p", action = "import", strategy = "fail_on_duplicate" }).status, 422)
  for _ = 1, 2 do named(t) end
  local done = ask(t, "post", ":confirmImport", { upload_id = "p" }).json.data
  t.equal({ done.total, done.toImport, done.imported, done.skipped, #done.errors }, { 5, 4, 2, 1, 2 })
  t.matches(done.channelId, "^import_progress_%x+$")
  local rows = t.sql("SELECT ex_number, ex_name, ex_email FROM ex_extensions ORDER BY ex_number")
  t.equal({ #rows, rows[1].ex_name, rows[2].ex_email, rows[3].ex_name }, { 3, "John", "ann@example.com", "Иван" })
  t.equal(ask(t, "post", ":confirmImport", { upload_id = "p" }).json.messages.error, { "ex_ImportFileNotFound" })
end)

test("those that are there are changed when asked, an export comes back in", function(t)
  local link = ask(t, "post", ":export", { format = "full" }).json.data.filename
  local text = t.http:get(link:match("^(.*)%?"), { query = { token = link:match("token=(.*)$") } }).body
  client.part(t, "/files:upload", { id = "q", name = "people.csv" }, (text:gsub("Ann", "Anna")))
  local done = ask(t, "post", ":import", { upload_id = "q", action = "import", strategy = "update_existing" }).json.data
  t.equal({ done.imported, done.skipped, done.errors }, { 3, 0, {} })
  t.equal(t.sql("SELECT ex_name FROM ex_extensions WHERE ex_number = '202'")[1].ex_name, "Anna")
end)

test("what is no list of employees", function(t)
  upload(t, "r", { "number,user_username,shoe_size", "204,X,42" })
  t.contains(ask(t, "post", ":import", { upload_id = "r" }).json.messages.error[1], "shoe_size")
  local many = { "number,user_username" }
  for i = 1, 1001 do many[i + 1] = 1000 + i .. ",N" end
  upload(t, "s", many)
  t.contains(ask(t, "post", ":import", { upload_id = "s" }).json.messages.error[1], "ex_ImportTooManyLines")
  t.equal(ask(t, "post", ":import", { upload_id = "s", strategy = "x" }).status, 422)
  t.equal(ask(t, "post", ":import", {}).status, 422)
  t.equal(ask(t, "post", ":import", { upload_id = "s" }, t.read_key).status, 403)
end)
