-- A marked secret in every secret column of every object, looked for in every answer to every kind of
-- key, in both change logs and in refusals. Only the global full key sees what the manual lists.
local json = require "json"
local walk = require "support.walk"

-- Digits, because pins take nothing else; long, so that no id is like it.
local MARK = "7350194826173501"

-- What the manual and its kin call secret. A column missing in the declaration would not be walked.
local LISTED = {
  extension = { "ex_webpassword", "ex_token", "ex_2fa_param1", "ex_2fa_param2", "ex_2fa_param3", "ex_lockpin" },
  provisioningphone = { "ph_password", "ph_http_password" }, voicemail = { "password", "imappassword" },
  queue = { "qu_api_password" }, user = { "us_password", "us_2fatype", "us_2fa_param1", "us_2fa_param2",
    "us_2fa_param3", "us_token", "us_resettoken" }, tenant = { "te_recordingpassword" },
  provider = { "pr_smspassword" },
}

local function extra(name)
  if name == "extension" then return { { tech = "PJSIP" }, { tech = "SIP" }, { tech = "VIRTUAL" } } end
  return { {} }
end

-- Every secret column of the object and of its single rows, marked.
local function marked(name, more)
  local model = walk.model(name)
  local body, columns = {}, {}
  for key, value in pairs(more) do body[key] = value end
  for _, column in ipairs(model.secrets or {}) do
    body[column] = MARK
    columns[#columns + 1] = column
  end
  for _, decl in ipairs(model.children) do
    local applies = not more.tech or decl.when({ ex_tech = more.tech })
    if applies and decl.one and decl.secrets then
      local nested = {}
      for _, column in ipairs(decl.secrets) do nested[column] = MARK end
      body[decl.names[1]] = json.object(nested)
      columns[#columns + 1] = decl.names[1]
    end
  end
  return body, columns
end

local function everything(t)
  local text = {}
  for _, sql in ipairs({ "SELECT * FROM lg_processlogs", "SELECT * FROM ul_useractivitylogs" }) do
    for _, row in ipairs(t.sql(sql)) do text[#text + 1] = json.encode(row) end
  end
  return table.concat(text, "\n")
end

test("what the manual lists is declared secret", function(t)
  for name, columns in pairs(LISTED) do
    for _, column in ipairs(columns) do t.truthy(walk.model(name).secret_set[column], name .. "." .. column) end
  end
  t.truthy(walk.model("mediafile").hidden_set.me_data)
  for _, name in ipairs({ "extension", "provider" }) do
    for _, decl in ipairs(walk.model(name).children) do
      if decl.table == "ps_auths" then
        for _, column in ipairs({ "password", "md5_cred", "oauth_secret", "refresh_token", "password_digest" }) do
          t.truthy(decl.secret_set[column], name .. " " .. column)
        end
      end
    end
  end
end)

for name, model in walk.models() do
  for _, more in ipairs(extra(name)) do
    local body, columns = marked(name, more)
    if #columns > 0 then
      test(("%s%s: secrets show to nobody but the global full key"):format(name, more.tech and " " .. more.tech or ""), function(t)
        local made = walk.create(t, name, body)
        t.falsy(json.encode(made):find(MARK, 1, true) and model.tenant and "shown", "create by a tenant's key")
        local one = "/" .. made.id
        local readers = model.tenant and { t.key, t.read_key, t.global_read_key } or { t.global_read_key }
        for _, key in ipairs(readers) do
          for _, rest in ipairs({ "", one }) do
            local res = walk.call(t, name, "get", rest, nil, { key = key })
            t.equal(res.status, 200, res.body:sub(1, 200))
            t.falsy(res.body:find(MARK, 1, true), rest == "" and "list" or "get")
          end
          for _, column in ipairs(model.secrets or {}) do
            local res = walk.call(t, name, "get", "", nil, { key = key, query = "fields=id," .. column })
            t.falsy(res.body:find(MARK, 1, true), "fields=" .. column)
            res = walk.call(t, name, "get", one, nil, { key = key })
            t.equal(res.json[column], nil, column .. " is left out")
          end
        end
        if model.tenant then
          local res = walk.call(t, name, "patch", one, body)
          t.equal(res.status, 200, res.body:sub(1, 200))
          t.falsy(res.body:find(MARK, 1, true), "modify by a tenant's key")
          res = walk.call(t, name, "post", "", body, { query = "dry_run=1" })
          t.falsy(res.body:find(MARK, 1, true), "a dry run")
        end
        local res = walk.call(t, name, "get", one, nil, { key = t.global_key })
        for _, column in ipairs(columns) do
          local hashed = column == "us_password" or column == "ex_webpassword"
          if model.secret_set[column] and not hashed then t.equal(res.json[column], MARK, column) end
          if hashed then t.equal(#res.json[column], 64, "a digest") end
        end
        if not model.secret_set[columns[1]] then t.contains(res.body, MARK, "the global full key") end
        t.falsy(everything(t):find(MARK, 1, true), "the logs")
      end)

      test(("%s%s: a refused secret is not repeated"):format(name, more.tech and " " .. more.tech or ""), function(t)
        for _, column in ipairs(model.secrets or {}) do
          for _, bad in ipairs({ MARK .. "\1", MARK .. "\r\nX: y", "x" .. MARK .. "\0", json.object({ x = MARK }) }) do
            local wrong = walk.body(t, name)
            wrong[column] = bad
            local res = walk.call(t, name, "post", "", wrong)
            t.falsy(res.body:find(MARK, 1, true) and res.status ~= 201, column .. res.body:sub(1, 200))
          end
        end
        t.falsy(everything(t):find(MARK, 1, true), "the logs")
      end)
    end
  end
end

test("a key, a password or a token among the settings", function(t)
  for i, code in ipairs({ "APIKEY", "READONLYAPIKEY", "SMTPPASSWORD", "smtp_secret", "ACCESSTOKEN" }) do
    local made = walk.create(t, "setting", { code = code, value = MARK })
    t.falsy(json.encode(made):find(MARK, 1, true), "create")
    local one = "/" .. made.id
    for _, key in ipairs({ t.key, t.read_key, t.global_read_key }) do
      t.falsy(walk.call(t, "setting", "get", "", nil, { key = key }).body:find(MARK, 1, true), "list " .. code)
      t.falsy(walk.call(t, "setting", "get", one, nil, { key = key }).body:find(MARK, 1, true), "get " .. code)
    end
    t.falsy(walk.call(t, "setting", "patch", one, { value = MARK .. i }).body:find(MARK, 1, true), "modify " .. code)
    t.falsy(walk.call(t, "setting", "patch", one, { value = MARK, comment = "x" }, { query = "dry_run=1" }).body
      :find(MARK, 1, true), "a dry run " .. code)
    t.contains(walk.call(t, "setting", "get", one, nil, { key = t.global_key }).body, MARK)
    local res = t.http:get("/mirtapbx/proxyapi.php", { query = { key = t.read_key, reqtype = "SETTING", action = "get",
      tenant = "DEMO", code = code, format = "json" } })
    t.falsy(res.body:find(MARK, 1, true), "the legacy dialect")
  end
  t.equal(walk.call(t, "setting", "get", "", nil, { key = t.key, query = "sort=value" }).json.error.field, "sort",
    "an order would tell")
  t.falsy(everything(t):find(MARK, 1, true), "the logs")
  local plain = walk.create(t, "setting", { code = "VMSAMEPASSWORD", value = "no" })
  t.equal(plain.se_value, "no", "a yes or no is no secret")
end)

test("other objects show nothing of what they name", function(t)
  local phone = walk.create(t, "extension", { ex_webpassword = MARK, ps_auths = { password = MARK }, ex_lockpin = MARK })
  local box = walk.create(t, "voicemail", { password = MARK })
  local desk = walk.create(t, "provisioningphone", { ph_line0_ex_id = phone.id, password = MARK, http_password = MARK })
  local queue = walk.create(t, "queue", { members = { phone.id }, allowed_members = { phone.id }, full = { "VOICEMAIL-" .. box.id } })
  walk.create(t, "user", { us_2fa_param1 = MARK, extension_restrictions = { phone.id }, queue_restrictions = { queue.id } })
  for _, it in ipairs({ { "extension", phone.id }, { "voicemail", box.id }, { "provisioningphone", desk.id }, { "queue", queue.id } }) do
    for _, key in ipairs({ t.key, t.read_key, t.global_read_key }) do
      local res = walk.call(t, it[1], "get", "/" .. it[2], nil, { key = key })
      t.equal(res.status, 200)
      t.falsy(res.body:find(MARK, 1, true), it[1])
    end
  end
  t.falsy(walk.call(t, "user", "get", "", nil, { key = t.global_read_key }).body:find(MARK, 1, true))
  local res = walk.call(t, "extension", "delete", "/" .. phone.id)
  t.equal(res.status, 409)
  t.falsy(res.body:find(MARK, 1, true), "a refusal")
  t.falsy(everything(t):find(MARK, 1, true), "the logs")
end)

test("sounds and files are never shown", function(t)
  local sound = walk.create(t, "mediafile", { data_base64 = "NzM1MDE5NDgyNjE3MzUwMQ==" })
  local campaign = walk.create(t, "campaign", { binary_files = { { name = "f", data_base64 = "NzM1MDE5NDgyNjE3MzUwMQ==" } } })
  for _, it in ipairs({ { "mediafile", sound.id }, { "campaign", campaign.id } }) do
    for _, key in ipairs({ t.key, t.global_key }) do
      for _, rest in ipairs({ "", "/" .. it[2] }) do
        local res = walk.call(t, it[1], "get", rest, nil, { key = key })
        t.equal(res.status, 200)
        t.falsy(res.body:find(MARK, 1, true) or res.body:find("NzM1MDE5", 1, true), it[1])
      end
    end
  end
  local logs = everything(t)
  t.falsy(logs:find(MARK, 1, true) or logs:find("NzM1MDE5", 1, true))
end)

test("a login token is kept as its digest, and not in the logs", function(t)
  local user = walk.create(t, "user")
  local res = t.http:post(walk.PATH .. "/auth/token", { headers = { ["X-API-Key"] = t.global_key }, json = { user = user.us_username } })
  t.equal(res.status, 200)
  t.falsy(everything(t):find(res.json.token, 1, true))
  t.equal(#t.sql("SELECT 1 FROM us_users WHERE us_token = ?", { res.json.token }), 0)
end)
