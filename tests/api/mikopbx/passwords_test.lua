-- /passwords: counted as the original counts.
local client = require "support.mikopbx"
local ask = client.asker("passwords")

test("new ones are of all kinds and as long as asked", function(t)
  for _, case in ipairs({ { "", 16 }, { "?length=24", 24 }, { "?length=3", 8 }, { "?length=1000", 64 } }) do
    local it = ask(t, "get", ":generate" .. case[1]).json.data
    t.equal({ #it.password, it.length, it.hasSpecialChars }, { case[2], case[2], true })
    if case[2] >= 16 then t.truthy(it.score >= 80, it.score) end
  end
  local plain = ask(t, "get", ":generate?includeSpecial=0").json.data
  t.equal(plain.hasSpecialChars, false)
  t.matches(plain.password, "^%w+$")
  t.equal(#ask(t, "post", ":generate", { length = 12 }).json.data.password, 12)
end)

test("one is judged", function(t)
  local function judge(password, field) return ask(t, "post", ":validate", { password = password, field = field }).json.data end
  local it = judge("S3cure-Pass-201!", "sip_secret")
  t.equal({ it.isValid, it.score, it.strength, #it.messages }, { true, 100, "strong", 0 })
  it = judge("secret", "sip_secret")
  t.equal({ it.isValid, it.isDefault, it.isTooShort, it.isSimple, it.messages }, { false, true, true, true,
    { "psw_PasswordTooShort", "psw_PasswordIsDefault", "psw_PasswordTooCommon", "psw_PasswordSecurityRequiresFair" } })
  t.equal(judge("abcdefgh").score, 10 + 10 + 20 - 10 - 15)
  t.equal(judge("aaaaaaaaaaaaaaaa").score, 30 + 10 + 5 - 10)
  t.equal(judge(("aB3-"):rep(20)).isTooLong, true)
  t.equal(ask(t, "post", ":validate", { password = "password1", skipDictionary = true }).json.data.isSimple, false)
  t.equal(ask(t, "post", ":validate", {}).json.messages.error, { "psw_ValidateEmptyPassword" })
end)

test("the list of common ones, and many at once", function(t)
  t.equal(ask(t, "post", ":checkDictionary", { password = "Qwerty123" }).json.data.isInDictionary, true)
  t.equal(ask(t, "post", ":checkDictionary", { password = "MyStr0ng-P" }).json.data.isInDictionary, false)
  t.equal(ask(t, "post", ":checkDictionary", {}).status, 422)
  local many = ask(t, "post", ":batchCheckDictionary", { passwords = { "password1", 123456, "MyStr0ng-P" }, returnDetails = true }).json.data
  t.equal({ many.weakCount, many.weakIndexes, many.results["2"], many.details["0"].isInDictionary }, { 2, { 0, 1 }, false, true })
  t.equal(ask(t, "post", ":batchCheckDictionary", { passwords = { "x" } }).json.data.details, nil)
  local judged = ask(t, "post", ":batchValidate", { passwords = { { password = "S3cure-Pass-201!", field = "WebAdminPassword" },
    { password = "1234", field = "secret" } } }).json.data
  t.equal({ judged.WebAdminPassword.isValid, judged.SipSecret.isValid }, { true, false })
  t.equal(ask(t, "post", ":batchValidate", { passwords = {} }).json.messages.error, { "psw_PasswordsArrayRequired" })
  t.equal(ask(t, "post", ":batchValidate", { passwords = { "x" } }).json.messages.error, { "psw_InvalidPasswordsFormat" })
  local lots = {}
  for i = 1, 101 do lots[i] = "x" end
  t.equal(ask(t, "post", ":batchCheckDictionary", { passwords = lots }).status, 422)
end)
