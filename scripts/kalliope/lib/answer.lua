-- XML answers of the Kalliope dialect.
local xml = require "xml"

local kalliope = {}

--- `<tag><error><code/><message/></error></tag>`: how every change answers, good or bad.
function kalliope.outcome(tag, code, message, error_tag)
  return { tag, { { error_tag or "error", { { "code", code }, { "message", message } } } } }
end

function kalliope.success(tag, error_tag) return kalliope.outcome(tag, 0, "Success", error_tag) end

--- An outcome chosen from a table code -> message.
function kalliope.refused(tag, codes, code, error_tag)
  return kalliope.outcome(tag, code, codes[code], error_tag)
end

-- What the models call a field, by the name of the model, and this dialect.
local TAGS = {
  extension = { ex_number = "exten", ex_name = "first_name and last_name", password = "sip_secret" },
  voicemail = { mailbox = "exten", password = "vm_secret", email = "vm_email", fullname = "first_name and last_name" },
  huntlist = { hu_name = "name", hu_number = "selection", hu_ringtime = "timeout" },
  shortnumber = { sn_number = "speed_dial", sn_destnumber = "phone" },
  phonebookentry = { NAME = "first_name", SURNAME = "last_name", COMPANY = "organization", DEPARTMENT = "organizational_unit",
    PHONE1 = "phone", EMAIL = "mail", SPEEDDIAL = "speed_dial" },
}

--- The outcome of what the models refused: the code's message, and what was wrong in the words of this dialect.
function kalliope.problem(tag, codes, code, err)
  local tags = err.model and TAGS[err.model.name] or {}
  local text = err.message:gsub("[%w_]+", tags)
  return kalliope.outcome(tag, code, codes[code] .. ": " .. text)
end

function kalliope.flag(value) return value and "true" or "false" end

--- "true" or "false" of an element; nil when it is absent.
function kalliope.flag_of(element, name)
  local text = xml.value(element, name)
  if text == nil then return nil end
  return text:lower() == "true" or text == "1"
end

--- Text of a child; nil when it is absent or empty.
function kalliope.given(element, name)
  local text = element and xml.value(element, name)
  if text and text ~= "" then return text end
end

--- The id that a text is, all digits; nil when it is none.
function kalliope.id(text)
  return text and text:match("^%d+$") and #text <= 15 and tonumber(text) or nil
end

return kalliope
