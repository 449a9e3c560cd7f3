-- What a handler test sees: `test(name, function(t) ... end)`, run by `patchbay test`.
local conformance = require "testing.conformance"
local http = require "http"
local json = require "json"
local same = require("lib.value").same
local store = require "store"
local task = require "task"
local testing = require "testing"

local function show(value)
  if type(value) == "string" then return string.format("%q", value) end
  if type(value) ~= "table" then return tostring(value) end
  local ok, text = pcall(json.encode, value)
  return ok and text or tostring(value)
end

local function escape(text)
  return (tostring(text):gsub("[^%w%-%._~]", function(c) return string.format("%%%02X", string.byte(c)) end))
end

local function query_text(values)
  local names = {}
  for name in pairs(values) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do names[i] = escape(name) .. "=" .. escape(values[name]) end
  return table.concat(names, "&")
end

-- Steps of the scripted Asterisk whose answer the test has not given (plain success).
local untold = {}

local function finish_steps()
  for _, step in ipairs(untold) do step.finish() end
  untold = {}
end

-- The host under test. Paths start with "/"; options: query, headers, json, form, body, raw_query.
local client = {}

-- True while the host has other [settings] than those of every test: none.
local other_settings = false

-- On a machine that is busy with something else a document may come too late the first time.
local function fetch_json(path)
  local res, err
  local kept = not other_settings and testing.document(path)
  if kept then return json.decode(kept) end
  for _ = 1, 5 do
    res, err = http.request({ url = testing.world().url .. path, timeout = 60, max = 64 * 1024 * 1024 })
    if res and res.status == 200 then
      if not other_settings then testing.document(path, res.body) end
      return json.decode(res.body)
    end
  end
  error(("%s: %s"):format(path, res and res.status or err.message), 0)
end

-- Answers that are not as the documents say fail the test.
local function request(method, path, options)
  options = options or {}
  finish_steps()
  local url = testing.world().url .. path
  local query = options.query and query_text(options.query) or options.raw_query
  if query then url = url .. (path:find("?", 1, true) and "&" or "?") .. query end
  local headers = {}
  for name, value in pairs(options.headers or {}) do headers[name] = value end
  local body = options.body
  if options.json ~= nil then
    body = json.encode(options.json)
    headers["Content-Type"] = headers["Content-Type"] or "application/json"
  elseif options.form then
    body = query_text(options.form)
    headers["Content-Type"] = headers["Content-Type"] or "application/x-www-form-urlencoded"
  end
  local response, err = http.request {
    url = url, method = method, headers = headers, body = body, timeout = options.timeout or 30,
    max = 64 * 1024 * 1024,
  }
  if not response then error("no answer to " .. method .. " " .. path .. ": " .. err.message, 3) end
  response.json = json.decode(response.body)
  local problem = conformance.answer(fetch_json, method, path, query, response, options.form)
  if problem then
    error(("%s %s: the answer (%d) is not as the document says: %s"):format(method, path, response.status, problem), 3)
  end
  return response
end

for _, method in ipairs { "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS" } do
  client[method:lower()] = function(_, path, options) return request(method, path, options) end
end

-- The scripted Asterisk. A step is told to the fake when its answer is known, or at the
-- test's next request when none was given (plain success).
local manager = {}

function manager.expect(_, action, headers)
  local step = {}
  local told = false
  local function tell(kind, text, fields, events)
    if told then error("this step has an answer already", 3) end
    told = true
    testing.expect(action, headers or {}, kind, text or "", fields or {}, events or {})
    return step
  end
  -- reply("success", {Message = ..., Val = ...}, events_after) or reply("error", "text")
  function step.reply(_, kind, fields, events)
    if kind == "error" then
      return tell("error", type(fields) == "table" and fields.Message or fields or "")
    end
    local rest, message = {}, ""
    for name, value in pairs(fields or {}) do
      if name == "Message" then message = value else rest[name] = value end
    end
    return tell("success", message, rest, events)
  end
  function step.finish() if not told then tell("success") end end
  untold[#untold + 1] = step
  function step.list(_, items, complete) return tell("list", complete or (action .. "Complete"), items) end
  function step.silence() return tell("silence") end
  function step.hang_up() return tell("hang_up") end
  return step
end

function manager.event(_, name, fields)
  local event = { Event = name }
  for key, value in pairs(fields or {}) do event[key] = value end
  testing.event(event)
end

function manager.received() return testing.received() end
function manager.hang_up() testing.hang_up() end

-- The log of the host and of the test, at warn and above: `t.log:expect(pattern)` announces lines
-- that hold it, of which one must come within `seconds` (60); one that nobody announced fails the test.
local journal = {}
local announced, unannounced = {}, {}

function journal.expect(_, pattern, seconds)
  announced[#announced + 1] = { pattern = pattern, seconds = seconds }
end

local function read_log()
  for _, line in ipairs(testing.logged()) do
    local known = false
    for _, it in ipairs(announced) do
      if line:find(it.pattern) then it.seen, known = true, true end
    end
    if not known then unannounced[#unannounced + 1] = line end
  end
end

local function check_log(t)
  for _, it in ipairs(announced) do
    t.eventually(function()
      read_log()
      return it.seen
    end, "logged: " .. it.pattern, it.seconds)
  end
  read_log()
  if unannounced[1] then error("logged: " .. table.concat(unannounced, "\nlogged: "), 0) end
end

-- The web that the host under test asks. `t.web:answer(url, {status=, headers=, body= or json=})` says what comes back,
-- `{error=}` that nothing does; `t.web:asked()` is what was asked. A URL that has no answer fails the test.
local web = {}

function web.answer(_, url, answer)
  answer = answer or {}
  local given = { status = answer.status, body = answer.body, error = answer.error, code = answer.code, headers = {} }
  for name, value in pairs(answer.headers or {}) do given.headers[name] = value end
  if answer.json ~= nil then
    given.body = json.encode(answer.json)
    given.headers["Content-Type"] = given.headers["Content-Type"] or "application/json"
  end
  testing.web(url, given)
end

function web.asked()
  local list = testing.web_asked()
  for _, it in ipairs(list) do it.json = json.decode(it.body) end
  return list
end

-- The helpers of the host under test: none but what `t.helper:answer(words, {code=, out=, err=, cut=})` names, which runs
-- nothing; `words` is the name, or the name and the first arguments. `{error=, code=}` is a failure;
-- `t.helper:asked()` is what was run, `{name, args, input}`.
local helper = {}

function helper.answer(_, words, answer) testing.helper(words, answer or {}) end

function helper.asked() return testing.helper_asked() end

local function settings(values)
  local done, err = testing.settings(json.encode(json.object(values)))
  if not done then error("settings: " .. err.message, 2) end
  other_settings = next(values) ~= nil
end

local function new_t()
  local world = testing.world()
  local t = { http = client, ami = manager, log = journal, web = web, helper = helper, settings = settings }
  for name, value in pairs(world) do t[name] = value end

  function t.fail(message) error(message, 2) end

  function t.equal(actual, expected, what)
    if not same(actual, expected) then
      error((what and what .. ": " or "") .. "expected " .. show(expected) .. ", got " .. show(actual), 2)
    end
  end

  function t.not_equal(actual, unexpected, what)
    if same(actual, unexpected) then error((what and what .. ": " or "") .. "did not expect " .. show(actual), 2) end
  end

  function t.truthy(value, what)
    if not value then error((what or "value") .. ": expected something, got " .. show(value), 2) end
  end

  function t.falsy(value, what)
    if value then error((what or "value") .. ": expected nothing, got " .. show(value), 2) end
  end

  function t.matches(text, pattern, what)
    if type(text) ~= "string" or not text:find(pattern) then
      error((what and what .. ": " or "") .. show(text) .. " does not match " .. pattern, 2)
    end
  end

  function t.contains(text, part, what)
    if type(text) ~= "string" or not text:find(part, 1, true) then
      error((what and what .. ": " or "") .. show(text) .. " does not hold " .. show(part), 2)
    end
  end

  -- Rows of a SELECT as tables; any other statement is run, in a transaction of its own.
  function t.sql(sql, params)
    local reading = sql:match("^%s*(%a+)"):upper()
    if reading == "SELECT" or reading == "WITH" then
      local rows, err = store.query(sql, params or {})
      if not rows then error(err.message, 2) end
      return rows:list()
    end
    local done, err = store.write(sql, params or {})
    if not done then error(err.message, 2) end
    return done
  end

  --- Statements that the host ran since the last call: {reads =, statements =}, the second in transactions.
  t.statements = testing.statements

  -- Calls `act()` with the first statement of its transaction failing, then with the second one, up to
  -- its commit, and `check(n, result)` after each, until it goes through. Returns its result then, and how
  -- many statements could fail.
  function t.at_every_statement(act, check)
    for n = 1, 1000 do
      testing.fail_statement(n)
      local result = act()
      if testing.fail_statement(0) > 0 then return result, n - 1 end
      check(n, result)
    end
    error("1000 statements and still not through", 2)
  end

  --- The n-th commit of the host from now is done, but its answer is lost: nobody knows.
  t.lose_commit = testing.lose_commit

  -- Waits until `condition()` is true; fails after `seconds` (60: what ends a test that hangs).
  function t.eventually(condition, what, seconds)
    local tries = (seconds or 60) * 50
    for _ = 1, tries do
      local value = condition()
      if value then return value end
      task.sleep(0.02)
    end
    error((what or "it") .. " did not happen in time", 2)
  end

  return t
end

local function test(name, body)
  job {
    name = name,
    run = function()
      task.scope("*")
      announced, unannounced, untold = {}, {}, {}
      testing.web_forget()
      testing.helper_forget()
      if other_settings then settings({}) end -- a test that failed left them
      local t = new_t()
      body(t)
      finish_steps()
      if other_settings then settings({}) end
      check_log(t)
      local unknown = testing.web_unknown()
      if unknown[1] then error("asked of the web without an answer (t.web:answer): " .. table.concat(unknown, ", "), 0) end
    end,
  }
end

return test
