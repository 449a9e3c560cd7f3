"""A script cannot end the process: everything it can call is thrown at odd values and sizes, while
requests run and while files load. What may come of it is an answer that says so, or a file that is given up.

THROWS=n is how often each is called (a night: 5000); THROW_SEED=n repeats a run."""

import os
import random
import subprocess

from host import BINARY, Host

SEED = int(os.environ.get("THROW_SEED", random.randrange(1 << 30)))
THROWS = int(os.environ.get("THROWS", 20))

VALUES = r"""
local function deep(depth)
  local t = {}
  for _ = 1, depth do t = { t } end
  return t
end
local function wide(levels) -- 2^levels long when it is written down
  local t = { "x" }
  for _ = 1, levels do t = { t, t } end
  return t
end
local function filled(count, value)
  local t = {}
  for i = 1, count do t[i] = value or i end
  return t
end
local function circle() local t = {} t.t = t t[1] = t return t end
local odd = {
  function() return nil end, function() return true end, function() return false end,
  function() return 0 end, function() return -1 end, function() return 1 end, function() return 0.5 end,
  function() return 2^31 end, function() return -2^31 end, function() return 2^32 end, function() return 2^53 end,
  function() return 2^63 end, function() return -2^63 end, function() return 1/0 end, function() return -1/0 end,
  function() return 0/0 end, function() return 1e308 end,
  function() return "" end, function() return "a" end, function() return "\0" end, function() return "\r\n" end,
  function() return "-1" end, function() return "%" end, function() return "%s%d%q%99999d" end,
  function() return ("%d"):rep(300) end, function() return "[" end, function() return "(()" end,
  function() return "\255\254\192\128" end, function() return ("\195"):rep(1000) end,
  function() return "../../../../etc/passwd" end, function() return "/dev/zero" end, function() return "." end,
  function() return ("x"):rep(1e6) end, function() return ("x"):rep(2e7) end, function() return ("[" ):rep(1e5) end,
  function() return ("{\"a\":"):rep(1e5) end, function() return ("<a>"):rep(1e5) end, function() return ("a,"):rep(1e6) end,
  function() return ("\"a\n"):rep(1e5) end, function() return ("a*"):rep(50) end, function() return ("(.-)"):rep(32) end,
  function() return "SELECT 1" end, function() return "SELECT ?, ?" end, function() return "'" end,
  function() return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n" end,
  function() return "DEMO" end, function() return "*" end, function() return "%H:%M:%S" end,
  function() return "2026-01-01 00:00:00" end, function() return "Europe/Rome" end,
  function() return {} end, function() return { 1, 2, 3 } end, function() return { a = 1, [-1] = 2, [1e15] = 3 } end,
  function() return deep(100) end, function() return deep(1e4) end, function() return wide(60) end,
  function() return circle() end, function() return filled(1e6) end, function() return filled(1e5, "x") end,
  function() return filled(300, function() return 1 end) end, function() return { name = ("x"):rep(1e6), {} } end,
  function() return setmetatable({}, { __index = function() error("no") end, __len = function() return 1e9 end,
    __tostring = function() return ("x"):rep(1e6) end, __eq = function() error("no") end,
    __lt = function() return true end, __call = function() return nil end }) end,
  function() return { path = "/", method = "GET", headers = { ["a\r\nb"] = "c\r\nd" } } end,
  function() return { format = "csv", header = filled(1e5, "x"), separator = "," } end,
  function() return { rows = -1, limit = 2^53, timeout = 0/0, seconds = -1 } end,
  function() return json.null end, function() return function() return nil end end,
  function() return function() error({ code = 1 }) end end, function() return function() while true do end end end,
  function() return function(...) return ... end end,
}
"""


# Called beside the modules of --list-api.
STOCK = """string.byte string.char string.find string.format string.gmatch string.gsub string.len string.lower
string.match string.rep string.reverse string.sub string.upper table.concat table.insert table.maxn table.remove
table.sort math.abs math.floor math.fmod math.ldexp math.max math.random bit.band bit.lshift bit.tohex
tostring tonumber select unpack next ipairs pairs rawset rawget rawequal setmetatable getmetatable assert error
pcall xpcall type""".split()
DECLARING = {"route", "surface", "job"}  # at the top level of a file alone
GLOBAL = {"string", "table", "math", "bit", "routes", "host"}

THROW = r"""
-- A generator of our own: a run can be repeated.
local function generator(seed)
  return function(n)
    seed = (seed * 16807) % 2147483647
    return seed % n + 1
  end
end
local function throw(f, pick)
  local given = {}
  local count = pick(5) - 1
  for i = 1, count do given[i] = odd[pick(#odd)]() end
  local ok, a = pcall(f, unpack(given, 1, count))
  if ok and type(a) == "function" and pick(2) == 1 then pcall(a, given[1]) end
  return ok
end
"""



def names():
    listed = subprocess.run([BINARY, "--list-api"], capture_output=True, text=True, check=True).stdout.split()
    assert len(listed) > 60
    return sorted(set(listed) - DECLARING | set(STOCK))


def script(functions, body):
    modules = sorted({it.partition(".")[0] for it in functions if "." in it} - GLOBAL | {"json"})
    requires = "".join(f"local {it} = require '{it}'\n" for it in modules)
    table = "".join(f"  ['{it}'] = {it},\n" for it in functions)
    return f"{requires}{VALUES}{THROW}local functions = {{\n{table}}}\n{body}"


HANDLER = """
local r = route { family = 'throw', summary = 's', actions = { go = { verb = 'GET /throw', access = 'public', tenant = 'none',
  params = { name = {}, seed = { type = 'integer' }, count = { type = 'integer' } } } } }
function r.go(req)
  local pick, done = generator(req.params.seed), 0
  for _ = 1, req.params.count do
    if throw(functions[req.params.name], pick) then done = done + 1 end
  end
  return { done = done }
end
return r
"""

LOADING = """
local pick = generator(SEED)
local list = {}
for name in pairs(functions) do list[#list + 1] = name end
table.sort(list)
for _ = 1, 60 do throw(functions[list[pick(#list)]], pick) end
return {}
"""


def serve(tmp_path, text):
    own = tmp_path / "scripts"
    own.mkdir()
    (own / "throw.lua").write_text(text)
    return Host(tmp_path / "host", scripts=[own], lanes=2, log={"access": False},
                limits={"request_seconds": 3, "budget_ms": 400, "hold_ms": 200}).migrate()


def test_while_requests_run(tmp_path):
    print(f"THROW_SEED={SEED} THROWS={THROWS}")
    functions = names()
    with serve(tmp_path, script(functions, HANDLER)) as host:
        pid = host.pid
        answered = 0
        for name in functions:
            for start in range(0, THROWS, 10):
                answer = host.get("/throw", params={"name": name, "seed": (SEED + start) % 2147483646 + 1, "count": 10})
                assert answer.status_code in (200, 500, 503, 504), (name, answer.status_code, answer.text[:200])
                answered += answer.status_code == 200
        assert answered > len(functions) * (THROWS // 10) // 2  # most of what is thrown is caught by the script
        assert host.pid == pid and host.get("/openapi.php/extensions").status_code == 401


def test_while_files_load(tmp_path):
    print(f"THROW_SEED={SEED} THROWS={THROWS}")
    functions = names()
    host = serve(tmp_path, "return {}")
    with host:
        pid = host.pid
        for number in range(max(3, THROWS // 10)):
            text = LOADING.replace("SEED", str((SEED + number) % 2147483646 + 1))
            (tmp_path / "scripts/throw.lua").write_text(script(functions, text))
            host.run("reload", check=False)
            assert host.pid == pid and host.get("/openapi.php/extensions").status_code == 401
        (tmp_path / "scripts/throw.lua").write_text("return {}")
        host.run("reload")
        # and a start with such a file beside ours
        done = host.run("check", check=False)
        host._no_report(done.stderr)
