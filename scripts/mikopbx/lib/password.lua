-- How good a password is, as MikoPBX counts it, and new ones.
local crypto = require "crypto"

local password = {}

password.LEAST, password.MOST = 8, 64
local FAIR, GOOD = 60, 80
local DEFAULTS = { admin = true, password = true, ["1234"] = true, ["12345"] = true, secret = true }
local CONTEXTS = {
  secret = "SipSecret", sip_secret = "SipSecret", ami_secret = "AmiSecret", provider_secret = "ProviderSecret",
}
local STRICT = { SipSecret = true, AmiSecret = true, ProviderSecret = true }
local KEYBOARD = {
  "qwerty", "asdfgh", "zxcvbn", "12345", "23456", "34567", "45678", "56789", "abcde", "bcdef", "cdefg", "defgh",
}
-- What people choose most.
local COMMON = {}
for word in ([[123456 123456789 12345678 1234567890 1234567 12345 1234 111111 123123 000000 654321 666666 121212 112233
  555555 987654321 123321 password password1 password123 passw0rd p@ssw0rd p@ssword pass1234 qwerty qwerty123 qwertyuiop
  qwerty1 qazwsx 1q2w3e4r 1q2w3e4r5t 1qaz2wsx zaq12wsx asdfghjkl asdfgh zxcvbnm admin admin123 administrator root toor
  letmein welcome welcome1 login abc123 abcd1234 iloveyou monkey dragon sunshine princess football baseball master
  superman batman shadow michael jordan charlie ashley nicole daniel hunter trustno1 whatever freedom starwars computer
  internet hello hello123 secret secret123 changeme default guest test test123 test1234 user asterisk mikopbx voip sip
  phone 1111 0000 2222 4321 7777777 88888888 11111111 22222222 qwe123 123qwe 123abc a1b2c3d4 aa123456 access killer
  pepper ginger summer winter spring autumn samsung google apple orange cookie chocolate banana flower lovely
  loveme fuckyou pokemon naruto matrix mustang harley ferrari corvette yankees liverpool chelsea arsenal]]):gmatch("%S+") do
  COMMON[word] = true
end

--- What a field's password is for, by the name of the field.
function password.context(field) return CONTEXTS[field] or field or "" end

function password.is_common(text) return COMMON[text:lower()] == true end

function password.is_default(text) return DEFAULTS[text:lower()] == true end

local function distinct(text)
  local seen, count = {}, 0
  for i = 1, #text do
    local byte = text:byte(i)
    if not seen[byte] then seen[byte], count = true, count + 1 end
  end
  return count
end

local function tripled(text)
  for i = 3, #text do
    if text:byte(i) == text:byte(i - 1) and text:byte(i) == text:byte(i - 2) then return true end
  end
  return false
end

local function sequence(text)
  for _, word in ipairs(KEYBOARD) do
    if text:find(word, 1, true) or text:find(word:reverse(), 1, true) then return true end
  end
  return false
end

local CLASSES = { "%l", "%u", "%d", "[^%w]" }

--- 0 to 100.
function password.score(text)
  local length, classes = #text, 0
  if length == 0 then return 0 end
  local score = length >= 16 and 30 or length >= 12 and 20 or length >= 8 and 10 or length
  for _, class in ipairs(CLASSES) do
    if text:find(class) then classes = classes + 1 end
  end
  score = score + classes * 10
  local share = distinct(text) / length
  score = score + (share > 0.7 and 20 or share > 0.5 and 15 or share > 0.3 and 10 or 5)
  if classes >= 3 and length >= 12 then score = score + 10 end
  if tripled(text) then score = score - 10 end
  if sequence(text:lower()) then score = score - 10 end
  if length < 10 and text:find("^%a+$") then score = score - 15 end
  return math.max(0, math.min(100, score))
end

--- The word for a score.
function password.strength(score)
  return score <= 20 and "very_weak" or score <= 40 and "weak" or score <= FAIR and "fair" or score <= GOOD and "good" or "strong"
end

local ADVICE = {
  { "%l", "psw_PasswordNoLowSimvol" }, { "%u", "psw_PasswordNoUpperSimvol" }, { "%d", "psw_PasswordNoNumbers" },
  { "[^%w]", "psw_PasswordNoSpecialChars" },
}

local function suggestions(text)
  local out = {}
  if #text < 12 then out[1] = "psw_PasswordTooShort" end
  for _, it in ipairs(ADVICE) do
    if not text:find(it[1]) then out[#out + 1] = it[2] end
  end
  if tripled(text) or sequence(text:lower()) then out[#out + 1] = "psw_PasswordAvoidCommon" end
  return out
end

--- What there is to say of a password; `context` of what it is for, `skip` leaves the list of common ones out.
function password.validate(text, context, skip)
  local found = { isValid = true, score = password.score(text), isDefault = false, isSimple = false, isTooShort = false,
    isTooLong = false, messages = {}, suggestions = {} }
  found.strength = password.strength(found.score)
  local function bad(flag, key)
    found.isValid = false
    if flag then found[flag] = true end
    found.messages[#found.messages + 1] = key
  end
  if #text < password.LEAST then bad("isTooShort", "psw_PasswordTooShort")
  elseif #text > password.MOST then bad("isTooLong", "psw_PasswordTooLong") end
  if context ~= "" and password.is_default(text) then bad("isDefault", "psw_PasswordIsDefault") end
  if not skip and password.is_common(text) then bad("isSimple", "psw_PasswordTooCommon") end
  if STRICT[context] and found.score < FAIR then bad(nil, "psw_PasswordSecurityRequiresFair") end
  if found.score < GOOD then found.suggestions = suggestions(text) end
  return found
end

local LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

-- Of equally likely characters: what would make some likelier is thrown away.
local function characters(length, alphabet)
  local out, most = {}, 256 - 256 % #alphabet
  while #out < length do
    for pair in crypto.random(64):gmatch("%x%x") do
      local byte = tonumber(pair, 16)
      if byte < most and #out < length then
        local at = byte % #alphabet + 1
        out[#out + 1] = alphabet:sub(at, at)
      end
    end
  end
  return table.concat(out)
end

--- A new password, of all kinds of characters.
function password.generate(length, special)
  length = math.max(password.LEAST, math.min(password.MOST, length))
  local alphabet, kinds = LETTERS .. (special and "-_" or ""), special and 4 or 3
  while true do
    local text, classes = characters(length, alphabet), 0
    for _, class in ipairs(CLASSES) do
      if text:find(class) then classes = classes + 1 end
    end
    if classes >= kinds then return text end
  end
end

return password
