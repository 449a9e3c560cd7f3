-- Peer names: an extension's number with its tenant's code, 100-DEMO.
local peer = {}

--- Number of an extension that may be given as `100` or as `100-DEMO`.
function peer.number(text, code)
  local suffix = "-" .. code
  if #text > #suffix and text:sub(-#suffix) == suffix then return text:sub(1, -#suffix - 1) end
  return text
end

return peer
