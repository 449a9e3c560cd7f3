-- Peer names: an extension's number with its tenant's code, 100-DEMO. Put together and taken apart here
-- and nowhere else.
local peer = {}

--- NUMBER-TENANT: what Asterisk calls the phone, its lamp and its state.
function peer.name(number, code) return number .. "-" .. code end

--- The same as an SQL expression of two others.
function peer.sql(number, code) return number .. " || '-' || " .. code end

--- What the names of a tenant end in.
function peer.suffix(code) return "-" .. code end

--- Number of an extension that may be given as `100` or as `100-DEMO`.
function peer.number(text, code)
  local suffix = peer.suffix(code)
  if #text > #suffix and text:sub(-#suffix) == suffix then return text:sub(1, -#suffix - 1) end
  return text
end

--- The same of what a client wrote, who may say its own tenant's code or leave it out.
function peer.number_of(ctx, text)
  return ctx.tenant and peer.number(text, ctx.tenant.code) or text
end

return peer
