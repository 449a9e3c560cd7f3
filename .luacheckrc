-- What scripts may name: host/script/sandbox.cpp's list, and the host's own globals.
std = {
  read_globals = {
    "_VERSION", "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawequal",
    "rawget", "rawset", "select", "setmetatable", "tonumber", "tostring", "type", "unpack",
    "xpcall", "require", "bit", "math", "string", "table",
    "route", "routes", "surface", "job", "host",
  },
}
max_line_length = false
exclude_files = { "build" }
-- `local value, err = f()` may drop what it does not need; handlers take req they may not use.
unused_args = false

files["tests/**/*_test.lua"] = { read_globals = { "test" } }
files["examples/**/*_test.lua"] = { read_globals = { "test" } }
-- These run in nginx and in wrk.
files["tests/bench/nginx"] = { std = "luajit", read_globals = { "ngx" } }
files["tests/bench/report.lua"] = { std = "luajit", globals = { "done" } }
files["tests/bench/create.lua"] = { std = "luajit", globals = { "init", "request", "done" }, read_globals = { "wrk" } }
