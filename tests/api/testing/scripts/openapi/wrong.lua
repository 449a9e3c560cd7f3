-- Answers other than it declares, for conformance_test.
local wrong = route {
  object = "wrong", summary = "Not what it says.",
  actions = {
    get = { access = "read", tenant = "optional", verb = "GET /wrong",
      result = { count = { type = "integer" } } },
    status = { access = "read", tenant = "optional", verb = "GET /wrong/status" },
  },
}

function wrong.get() return { count = "many" } end

function wrong.status() return nil, { code = "invalid", reason = "teapot", status = 418, message = "A teapot." } end

return wrong
