-- reqtype=GETWEBRTCAUTH: what a browser phone needs, for the web user of an extension.
local answer = require "proxyapi.lib.answer"
local config = require "config"
local json = require "json"
local login = require "model.login"
local shapes = require "proxyapi.lib.shapes"
local store = require "store"

local LOGIN = shapes.custom(
  shapes.members("username password domain websocket stun displayname number tenant ex_id",
    { Response = { type = "string", enum = { "Success" } } }),
  json.ordered("Response", "Success", "username", "100-DEMO", "password", "secret", "domain", "pbx.example",
    "websocket", "wss://pbx.example:8089/ws", "stun", "", "displayname", "Ada", "number", "100", "tenant", "DEMO", "ex_id", "7"),
  "Response:Success|username:100-DEMO|password:secret|domain:pbx.example|websocket:wss://pbx.example:8089/ws|stun:|"
    .. "displayname:Ada|number:100|tenant:DEMO|ex_id:7|")

local getwebrtcauth = route {
  reqtype = "GETWEBRTCAUTH",
  summary = "Log the web user of an extension in and tell how its browser phone registers.",
  params = {
    username = { required = true, max = 191 },
    password = { required = true, max = 1024, secret = true },
  },
  actions = { get = { access = "read", tenant = "optional", result = LOGIN } },
}

local function is_on(text) return text == "on" or text == "yes" end

-- The operator's word counts; without one phones find the PBX where this host is found.
local function domain_of(req)
  local host = (req.headers.host or ""):match("^%[?([%w.:_-]-)%]?:?%d*$") or ""
  return config.get("webrtc.domain", host ~= "" and host or "localhost")
end

function getwebrtcauth.get(req)
  local found, err = login.check(req.ctx, req.params.username, req.params.password)
  if not found then return nil, err end
  local row = found.row
  if found.kind ~= "EXTENSION" or not (is_on(row.ex_webrtcsupport) or is_on(row.ex_webphone)) then
    return answer.failed("WebRTC is not enabled")
  end
  local auth
  auth, err = store.row("SELECT username, password FROM ps_auths WHERE id = ?", { row.ex_tech_id })
  if err then return nil, err end
  if not auth then return answer.failed("WebRTC is not enabled") end
  local domain = domain_of(req)
  local values = {
    "Response", "Success", "username", auth.username or row.ex_tech_id, "password", auth.password or "",
    "domain", domain, "websocket", config.get("webrtc.websocket", ("wss://%s:8089/ws"):format(domain)),
    "stun", config.get("webrtc.stun", ""), "displayname", row.ex_name or "", "number", row.ex_number,
    "tenant", found.tenants[1] and found.tenants[1].te_code or "", "ex_id", tostring(row.ex_id),
  }
  local cells = {}
  for i = 1, #values, 2 do cells[#cells + 1] = values[i] .. ":" .. answer.cell(values[i + 1]) .. "|" end
  return answer.custom(table.concat(cells), json.ordered(unpack(values)))
end

return getwebrtcauth
