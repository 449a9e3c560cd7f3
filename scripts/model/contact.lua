-- What Asterisk's words for the state of a contact mean; versions differ in them.
local contact = {}

local STATES = {
  Reachable = "reachable", Available = "reachable", Avail = "reachable",
  NonQualified = "unasked", NonQual = "unasked",
  Unreachable = "unreachable", Unavailable = "unreachable", Unavail = "unreachable",
}

--- "reachable", "unreachable", "unasked" (it is registered, and nobody asks whether it answers), or nil.
function contact.state(word) return STATES[word or ""] end

--- Registered, and not known to be unreachable.
function contact.there(word)
  local state = contact.state(word)
  return state == "reachable" or state == "unasked"
end

return contact
