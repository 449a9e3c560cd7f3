-- The globals: route, surface and job declare while scripts load, and never after.

test("declarations after loading raise", function(t)
  for name, declare in pairs { route = route, surface = surface, job = job } do
    local ok, message = pcall(declare, { name = "late", family = "late", summary = "s", actions = {} })
    t.equal(ok, false, name)
    t.contains(tostring(message), "while scripts load", name)
  end
end)

test("host.info says what runs", function(t)
  local info = host.info()
  t.equal(type(info.version), "string")
  t.equal(info.generation, 1)
  t.equal(type(info.listen), "table")
end)

test("a test's own state has no routes; the host has, with their surfaces", function(t)
  t.equal(#routes.list("openapi"), 0)
  t.equal(#routes.surfaces(), 0)
  local paths = t.http:get("/openapi.json").json.paths
  t.truthy(paths["/healthz"] or next(paths))
end)

test("globals cannot be made, and unknown ones raise", function(t)
  t.falsy(pcall(function() no_such_global = 1 end)) -- luacheck: ignore
  t.falsy(pcall(function() return no_such_global end)) -- luacheck: ignore
  t.falsy(pcall(function() string.format = nil end)) -- luacheck: ignore
  for _, name in ipairs { "io", "debug", "package", "loadstring", "coroutine", "collectgarbage", "ffi" } do
    local ok = pcall(function() return getmetatable("").__index[name] or nil end)
    t.truthy(ok ~= nil)
    t.falsy(pcall(require, name), name)
  end
end)
