-- /passwords: how good they are, and new ones. Nothing is kept, and none is logged.
local json = require "json"
local password = require "mikopbx.lib.password"
local shapes = require "mikopbx.lib.shapes"

local MOST = 100
local JUDGED = shapes.record(shapes.members("isValid isDefault isSimple isTooShort isTooLong", "flag",
  { score = "whole", strength = "text", messages = shapes.list("text"), suggestions = shapes.list("text") }))
local FOUND = shapes.record({ isInDictionary = "flag", message = "text" })
local ONE = { secret = true, max = 1000 }
local SKIP = { type = "boolean", default = false, summary = "leave the list of common passwords out" }
local LIST = { type = "list", secret = true, document = { required = true } }

local passwords = route {
  family = "passwords",
  summary = "How good passwords are, and new ones.",
  actions = {
    generate = {
      access = "read", verb = { "GET /passwords:generate", "POST /passwords:generate" },
      params = { length = { type = "integer", summary = "8 to 64", document = { default = 16 } },
        includeSpecial = { type = "boolean", default = true } },
      result = shapes.record({ password = "text", length = "whole", score = "whole", strength = "text", hasSpecialChars = "flag" }),
    },
    validate = { access = "read", verb = "POST /passwords:validate", result = JUDGED,
      body = { password = ONE, field = { summary = "what it is for: sip_secret, WebAdminPassword ..." }, skipDictionary = SKIP } },
    checkDictionary = { access = "read", verb = "POST /passwords:checkDictionary", result = FOUND, body = { password = ONE } },
    batchValidate = { access = "read", verb = "POST /passwords:batchValidate", result = shapes.map(JUDGED),
      body = { passwords = LIST, skipDictionary = SKIP } },
    batchCheckDictionary = {
      access = "read", verb = "POST /passwords:batchCheckDictionary",
      result = shapes.record({ results = shapes.map("flag"), weakCount = "whole", weakIndexes = shapes.list("whole") },
        { details = shapes.map(FOUND) }),
      body = { passwords = LIST, returnDetails = { type = "boolean", default = false } },
    },
  },
}

local function yes(value) return value == true or value == "true" or value == "1" or value == 1 end

local function refuse(key) return nil, { code = "invalid", message = key } end

local function given(value)
  local text = type(value) == "number" and ("%.0f"):format(value) or value
  return type(text) == "string" and text ~= "" and #text <= 1000 and text or nil
end

function passwords.generate(req)
  local special = req.params.includeSpecial
  local length = tonumber(req.params.length) or 16
  local made = password.generate(math.floor(length), special == nil or yes(special))
  local score = password.score(made)
  return json.ordered("password", made, "length", #made, "score", score, "strength", password.strength(score),
    "hasSpecialChars", made:find("[^%w]") ~= nil)
end

local function judged(text, field, skip)
  local it = password.validate(text, password.context(field), skip)
  return json.ordered("isValid", it.isValid, "score", it.score, "strength", it.strength, "isDefault", it.isDefault,
    "isSimple", it.isSimple, "isTooShort", it.isTooShort, "isTooLong", it.isTooLong,
    "messages", json.array(it.messages), "suggestions", json.array(it.suggestions))
end

function passwords.validate(req)
  local text = given(req.params.password)
  if not text then return refuse("psw_ValidateEmptyPassword") end
  return judged(text, tostring(req.params.field or ""), yes(req.params.skipDictionary))
end

local function looked_up(text)
  local common = password.is_common(text)
  return json.ordered("isInDictionary", common, "message", common and "psw_PasswordTooCommon" or "Password is acceptable"), common
end

function passwords.checkDictionary(req)
  local text = given(req.params.password)
  if not text then return refuse("psw_ValidateEmptyPassword") end
  return (looked_up(text))
end

local function list_of(req)
  local list = req.params.passwords
  if type(list) ~= "table" or #list == 0 then return refuse("psw_PasswordsArrayRequired") end
  if #list > MOST then return refuse("psw_PasswordsArrayRequired: at most " .. MOST) end
  return list
end

function passwords.batchValidate(req)
  local list, err = list_of(req)
  if not list then return nil, err end
  local out = {}
  for _, item in ipairs(list) do
    local text = type(item) == "table" and given(item.password)
    local field = text and tostring(item.field or "") or ""
    if text then out[password.context(field)] = judged(text, field, yes(req.params.skipDictionary)) end
  end
  if next(out) == nil then return refuse("psw_InvalidPasswordsFormat") end
  return json.object(out)
end

function passwords.batchCheckDictionary(req)
  local list, err = list_of(req)
  if not list then return nil, err end
  local results, details, weak = {}, {}, json.array({})
  for i, item in ipairs(list) do
    local at = tostring(i - 1)
    local found, common = looked_up(given(item) or "")
    details[at], results[at] = found, common
    if common then weak[#weak + 1] = i - 1 end
  end
  return json.ordered("results", json.object(results), "weakCount", #weak, "weakIndexes", weak,
    "details", yes(req.params.returnDetails) and json.object(details) or nil)
end

return passwords
