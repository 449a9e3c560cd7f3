-- A first endpoint: drop this file into a scripts folder of a running host.
local hello = route {
  family = "hello",
  summary = "Say hello.",
  actions = {
    anyone = { verb = "GET /hello", access = "public", tenant = "none", summary = "Hello, whoever you are." },
    someone = {
      verb = "GET /hello/{name}", access = "public", tenant = "none", summary = "Hello, by name.",
      params = {
        name = { max = 40, summary = "Who to greet.", example = "Ada" },
        times = { type = "integer", min = 1, max = 5, default = 1, summary = "How often." },
      },
    },
  },
  result = { hello = { type = "string" } },
}

function hello.anyone() return { hello = "world" } end

function hello.someone(req)
  local names = {}
  for i = 1, req.params.times do names[i] = req.params.name end
  return { hello = table.concat(names, ", ") }
end

return hello
