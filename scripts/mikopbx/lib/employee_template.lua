-- What a new employee is offered: the next number, a password, the usual values.
local crypto = require "crypto"
local employee = require "mikopbx.lib.employee"

local template = {}

--- Twenty characters of four kinds: the password rules never refuse what is offered here.
function template.secret() return "P" .. crypto.random(9) .. "-" end

--- The detail of one who is not there yet.
function template.detail(ctx)
  local number, err = employee.next_number(ctx)
  if not number then return nil, err end
  return {
    id = "", user_username = "", user_email = "", user_avatar = employee.AVATAR,
    number = number, extensions_length = #number, sip_secret = template.secret(), sip_username = number,
    sip_enableRecording = true, sip_dtmfmode = "auto", sip_transport = "udp,tcp",
    sip_manualattributes = "", sip_networkfilterid = "none",
    sip_networkfilterid_represent = '<i class="globe icon"></i>', mobile_number = "",
    mobile_dialstring = "", fwd_ringlength = 45, fwd_forwarding = "",
    fwd_forwarding_represent = "", fwd_forwardingonbusy = "",
    fwd_forwardingonbusy_represent = "", fwd_forwardingonunavailable = "",
    fwd_forwardingonunavailable_represent = "",
  }
end

return template
