-- reqtype=CHECKAUTH: whether a name and a password are right, and what they may.
local answer = require "proxyapi.lib.answer"
local json = require "json"
local login = require "model.login"
local shapes = require "proxyapi.lib.shapes"
local store = require "store"

local WHO = shapes.custom(shapes.members("username us_id ex_id us_up_id up_name", {
  Response = { type = "string", enum = { "Success" } }, target_type = { type = "string", enum = { "USER", "EXTENSION" } },
  tenants = { type = "array", items = { type = "string" } },
  privileges = { type = "array", items = shapes.cells(login.PRIVILEGE_COLUMNS) },
}), json.ordered("Response", "Success", "username", "ada", "target_type", "USER", "us_id", "3", "ex_id", "", "us_up_id", "1",
  "up_name", "Operators", "tenants", json.array({ "DEMO" }), "privileges", json.array({})),
  "Result|Username|Type|Profile|Tenants\nSuccess|ada|USER|Operators|DEMO\n")

local checkauth = route {
  reqtype = "CHECKAUTH",
  summary = "Check a user name and a password; a valid token counts as password.",
  params = {
    username = { required = true, max = 191 },
    password = { required = true, max = 1024, secret = true },
  },
  actions = { check = { access = "read", tenant = "optional", result = WHO } },
}

local function profile(id)
  if not id then return nil end
  return store.row("SELECT up_id, up_name FROM up_userprofiles WHERE up_id = ?", { id })
end

function checkauth.check(req)
  local found, err = login.check(req.ctx, req.params.username, req.params.password)
  if not found then return nil, err end
  local up_id = found.row.us_up_id or found.row.ex_up_id
  local up
  up, err = profile(up_id)
  if err then return nil, err end
  local rows
  rows, err = login.privileges(up and up.up_id)
  if not rows then return nil, err end
  local codes, privileges = json.array({}), json.array({})
  for i, it in ipairs(found.tenants) do codes[i] = it.te_code end
  for row in rows:each() do privileges[#privileges + 1] = answer.ordered(rows.columns, row) end
  local name = up and up.up_name or ""
  return answer.custom(
    ("Result|Username|Type|Profile|Tenants\nSuccess|%s|%s|%s|%s\n"):format(
      answer.cell(req.params.username), found.kind, answer.cell(name), answer.cell(table.concat(codes, ","))),
    json.ordered("Response", "Success", "username", req.params.username, "target_type", found.kind,
      "us_id", tostring(found.row.us_id or ""), "ex_id", tostring(found.row.ex_id or ""),
      "us_up_id", tostring(up_id or ""), "up_name", name, "tenants", codes, "privileges", privileges))
end

return checkauth
