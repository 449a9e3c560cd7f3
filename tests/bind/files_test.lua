-- Module `files`: the roots are the throw-away host's own folders.
local files = require "files"
local task = require "task"

test("write, stat, read, list, move and remove", function(t)
  t.equal(files.write("media", "DEMO/a/hello.txt", "hello\0world"), true)
  t.equal(files.read("media", "DEMO/a/hello.txt"), "hello\0world")
  local info = files.stat("media", "DEMO/a/hello.txt")
  t.equal(info.size, 11)
  t.equal(info.kind, "file")
  t.truthy(info.modified > 1e9)
  t.equal(files.stat("media", "DEMO/a").kind, "folder")

  files.write("media", "DEMO/a/b.txt", "")
  local names = {}
  for i, entry in ipairs(files.list("media", "DEMO/a")) do names[i] = entry.name .. "=" .. entry.size end
  t.equal(names, { "b.txt=0", "hello.txt=11" })

  t.equal(files.move("media", "DEMO/a/b.txt", "DEMO/new/c.txt"), true)
  t.equal(files.stat("media", "DEMO/a/b.txt"), nil)
  t.equal(files.read("media", "DEMO/new/c.txt"), "")

  local ok, err = files.remove("media", "DEMO/a")
  t.equal(ok, nil)
  t.equal(err.code, "conflict")
  t.equal(files.remove("media", "DEMO/a/hello.txt"), true)
  t.equal(files.remove("media", "DEMO/a"), true)
  t.equal(files.stat("media", "DEMO/a"), nil)
end)

test("what is there is replaced whole, but not a folder", function(t)
  files.write("media", "DEMO/whole.txt", ("long"):rep(1000))
  files.write("media", "DEMO/whole.txt", "short")
  t.equal(files.read("media", "DEMO/whole.txt"), "short")
  files.write("media", "DEMO/folder/x", "x")
  local ok, err = files.write("media", "DEMO/folder", "x")
  t.equal(ok, nil)
  t.equal(err.code, "conflict")
  files.write("media", "DEMO/taken.txt", "t")
  ok, err = files.move("media", "DEMO/whole.txt", "DEMO/taken.txt")
  t.equal(ok, nil)
  t.equal(err.code, "conflict")
  t.equal(files.read("media", "DEMO/taken.txt"), "t")
end)

test("what is not there", function(t)
  local value, err = files.stat("media", "DEMO/none.txt")
  t.equal({ value, err }, {})
  value, err = files.open("media", "DEMO/none.txt")
  t.equal({ value, err }, {})
  t.equal(files.list("media", "DEMO/none"), {})
  for _, call in ipairs {
    function() return files.read("media", "DEMO/none.txt") end,
    function() return files.move("media", "DEMO/none.txt", "DEMO/x.txt") end,
    function() return files.remove("media", "DEMO/none.txt") end,
  } do
    value, err = call()
    t.equal(value, nil)
    t.equal(err.code, "not_found")
  end
end)

test("no path leaves its root", function(t)
  for _, path in ipairs { "../x", "DEMO/../../x", "/etc/passwd", "DEMO/a\0b", "DEMO/./../../x", "" } do
    local text, err = files.read("media", path)
    t.equal(text, nil, path)
    t.truthy(err.code == "invalid" or err.code == "denied" or err.code == "not_found", path)
    local ok
    ok, err = files.write("media", path, "x")
    t.equal(ok, nil, path)
    t.truthy(err.code ~= "internal", path)
  end
  t.falsy(pcall(files.read, "elsewhere", "DEMO/x"))
end)

test("a read has a limit", function(t)
  files.write("media", "DEMO/big.txt", ("x"):rep(2000))
  local text, err = files.read("media", "DEMO/big.txt", 1999)
  t.equal(text, nil)
  t.equal(err.code, "invalid")
  t.equal(#files.read("media", "DEMO/big.txt", 2000), 2000)
end)

test("a tenant reaches its own folder only", function(t)
  files.write("recordings", "DEMO/mine.wav", "mine")
  files.write("recordings", "OTHER/theirs.wav", "theirs")
  files.write("recordings", "DEMOX/near.wav", "near")
  task.scope("DEMO") -- for the rest of this test
  t.equal(files.read("recordings", "DEMO/mine.wav"), "mine")
  for _, call in ipairs {
    function() return files.read("recordings", "OTHER/theirs.wav") end,
    function() return files.read("recordings", "DEMOX/near.wav") end,
    function() return files.open("recordings", "OTHER/theirs.wav") end,
    function() return files.stat("recordings", "OTHER/theirs.wav") end,
    function() return files.list("recordings", "OTHER") end,
    function() return files.list("recordings", "") end,
    function() return files.write("recordings", "OTHER/x.wav", "x") end,
    function() return files.remove("recordings", "OTHER/theirs.wav") end,
    function() return files.move("recordings", "DEMO/mine.wav", "OTHER/mine.wav") end,
    function() return files.move("recordings", "OTHER/theirs.wav", "DEMO/theirs.wav") end,
    function() return files.call_records() end,
  } do
    local value, err = call()
    t.equal(value, nil)
    t.truthy(err and (err.code == "denied" or err.code == "invalid"), err and err.code)
  end
end)

test("nothing of the other tenant was touched", function(t)
  t.equal(files.read("recordings", "OTHER/theirs.wav"), "theirs")
  t.equal(files.stat("recordings", "OTHER/x.wav"), nil)
  t.equal(files.stat("recordings", "OTHER/mine.wav"), nil)
  t.equal(files.stat("recordings", "DEMO/theirs.wav"), nil)
end)

test("an open file is a body with a size", function(t)
  files.write("recordings", "DEMO/body.wav", "0123456789")
  local body, err = files.open("recordings", "DEMO/body.wav")
  t.equal(err, nil)
  t.equal(type(body), "userdata")
end)

test("types by ending", function(t)
  t.equal(files.type("a/b.wav"), "audio/x-wav")
  t.equal(files.type("a.MP3"), "audio/mpeg")
  t.equal(files.type("a.pdf"), "application/pdf")
  t.equal(files.type("a.b/none"), "application/octet-stream")
  t.equal(files.type(""), "application/octet-stream")
end)

-- The routes of the tests below are in scripts/media.lua.
test("a body is sent whole, in ranges, and only when it changed", function(t)
  local bytes = ("0123456789"):rep(10000)
  files.write("media", "DEMO/range.wav", bytes)
  local function get(headers, key)
    return t.http:get("/bind/media/range.wav", { query = { tenant = "DEMO", key = key or t.read_key }, headers = headers })
  end
  local whole = get()
  t.equal(whole.status, 200)
  t.equal(whole.body == bytes, true)
  t.equal(whole.headers["content-type"], "audio/x-wav")
  t.equal(whole.headers["accept-ranges"], "bytes")
  local part = get { Range = "bytes=5-14" }
  t.equal(part.status, 206)
  t.equal(part.body, "5678901234")
  t.equal(part.headers["content-range"], "bytes 5-14/100000")
  t.equal(get({ Range = "bytes=-3" }).body, "789")
  t.equal(#get({ Range = "bytes=99990-" }).body, 10)
  t.equal(get({ Range = "bytes=100000-" }).status, 416)
  t.equal(get({ ["If-None-Match"] = whole.headers.etag }).status, 304)
  t.equal(get(nil, t.other_key).status, 401)
end)

test("an uploaded part is read, from memory and from disk", function(t)
  local large = ("x"):rep(3 * 1024 * 1024)
  local function part(name, bytes)
    return "--cut\r\nContent-Disposition: form-data; name=\"f\"; filename=\"" .. name
      .. "\"\r\nContent-Type: audio/wav\r\n\r\n" .. bytes .. "\r\n"
  end
  local res = t.http:post("/bind/media", {
    query = { tenant = "DEMO", key = t.key },
    headers = { ["Content-Type"] = "multipart/form-data; boundary=cut" },
    body = part("small.wav", "small") .. part("large.wav", large) .. "--cut--\r\n",
  })
  t.equal(res.status, 200, res.body)
  t.equal(res.json.sizes, { 5, #large })
  t.equal(files.read("media", "DEMO/small.wav"), "small")
  t.equal(files.read("media", "DEMO/large.wav", 4 * 1024 * 1024) == large, true)
end)

test("a part over the limit is invalid, and no other tenant's file is written by its name", function(t)
  local function post(name, bytes)
    return t.http:post("/bind/media", {
      query = { tenant = "DEMO", key = t.key },
      headers = { ["Content-Type"] = "multipart/form-data; boundary=cut" },
      body = "--cut\r\nContent-Disposition: form-data; name=\"f\"; filename=\"" .. name
        .. "\"\r\n\r\n" .. bytes .. "\r\n--cut--\r\n",
    })
  end
  t.equal(post("big.wav", ("x"):rep(4 * 1024 * 1024 + 1)).status, 400)
  local res = post("../OTHER/stolen.wav", "x")
  t.truthy(res.status >= 400 or files.stat("media", "OTHER/stolen.wav") == nil, res.body)
  t.equal(files.stat("media", "OTHER/stolen.wav"), nil)
end)
