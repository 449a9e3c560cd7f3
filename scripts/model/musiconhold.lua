-- Music on hold: a class of Asterisk and the playlist made of media files.
local border = require "engine.guard"
local columns = require "engine.column"
local destination = require "engine.destination"
local object = require "engine.object"
local reference = require "engine.kind"

local ENTRY = { entry = { border = "sound" } }

-- Classes are known by name in all tenants, so the id is the name.
local function class_name(id) return "moh-" .. tostring(id) end

local function class_of(row) return class_name(row.mu_id) end

-- Playlist entries follow the media files that the MUSICONHOLD destinations name.
local function rebuild_entries(tx, id)
  local done, err = tx:exec("DELETE FROM musiconhold_entry WHERE name = ?", { class_name(id) })
  if not done then return nil, err end
  local rows
  rows, err = tx:query(destination.select({ "MUSICONHOLD" }, id))
  if not rows then return nil, err end
  local position = 0
  for row in rows:each() do
    if row.de_type_dst == "MEDIAFILE" or row.de_type_dst == "PLAYBACK" then
      done, err = tx:exec("INSERT INTO musiconhold_entry (name, position, entry) VALUES (?, ?, ?)",
        { class_name(id), position, ("media/%d"):format(row.de_type_id_dst) })
      if not done then return nil, err end
      position = position + 1
    end
  end
  return true
end

local function after(tx, change)
  if change.action == "delete" then return true end
  if change.body.destinations.MUSICONHOLD and not change.body.children.entries then
    local ok, err = rebuild_entries(tx, change.id)
    if not ok then return nil, err end
  end
  local default = change.values.mu_default
  if default ~= "on" and default ~= "yes" then return true end
  -- One default per tenant.
  return tx:exec("UPDATE mu_musiconholds SET mu_default = '' WHERE mu_te_id = ? AND mu_id <> ?",
    { change.tenant_id, change.id })
end

return object {
  name = "musiconhold", title = "Music on hold", summary = "What a waiting caller hears.",
  paths = { "moh", "music", "music_on_hold", "music_on_holds" },
  table = "mu_musiconholds", id = "mu_id", tenant = "mu_te_id", label = "mu_name",
  scope = "tenant+global",
  required = { "mu_name" },
  example = { name = "Support Hold", default = "on" },
  aliases = {
    name = "mu_name", custom = "mu_custom", volume = "mu_volume", default = "mu_default",
    randomizeorder = "mu_randomizeorder", streamengine = "mu_streamengine",
  },
  tags = { "MUSICONHOLD", "RINGMUSICONHOLD" },
  members = { "MUSICONHOLD" }, plain = { MUSICONHOLD = "MEDIAFILE" },
  -- Asterisk's tables name the class, which is not the id alone.
  text = "moh-%d",
  named_by = {
    { name = "queue", table = "queue JOIN qu_queues ON name = CAST(qu_id AS CHAR)", id = "qu_id",
      label = "qu_name", columns = { "musiconhold" }, text = true },
    { name = "extension", table = "ps_endpoints JOIN ex_extensions ON ps_endpoints.id = ex_tech_id",
      id = "ex_id", label = "ex_number", columns = { "moh_suggest" }, text = true },
    { name = "extension", table = "sipfriends JOIN ex_extensions ON sipfriends.name = ex_tech_id",
      id = "ex_id", label = "ex_number", columns = { "mohinterpret", "mohsuggest" }, text = true },
  },
  made_of = { MUSICONHOLD = rebuild_entries },
  destinations = { MUSICONHOLD = { "mediafile", "mediafiles", "destination" } },
  children = {
    {
      name = "realtime", names = { "realtime" }, table = "musiconhold", key = "name", one = true,
      of = class_of, flat = true, make = function() return { mode = "playlist" } end,
      columns = {
        -- Asterisk would run this as a command.
        application = { pattern = "" },
        directory = { pattern = "[%w/_.-]*", border = "folder" },
        sort = { pattern = "[%w_-]*" }, format = { pattern = "[%w_-]*" },
      },
    },
    {
      name = "entries", names = { "entries" }, table = "musiconhold_entry", key = "name",
      of = class_of, order = "position",
      item = function(tx, change, item, index)
        if type(item) ~= "table" then item = { me_id = item } end
        local entry, position = item.entry, item.position or item.order or index - 1
        local ok, err = border.check(change.ctx, ENTRY, { entry = entry }, change.tenant)
        if not ok then return nil, err end
        local id = item.me_id
        if id == nil then id = type(entry) == "string" and entry:match("^media/(%d+)$") end
        if not id then return { position = position, entry = entry } end
        id = columns.id(id) or 0
        ok, err = reference.exists(tx, reference.kind("mediafile"), id, change.tenant_id)
        if err then return nil, err end
        if not ok then return reference.absent("entries", "media file", id) end
        return { position = position, entry = ("media/%d"):format(id) }
      end,
      columns = { entry = { pattern = "[%w/_.:-]+" } },
    },
  },
  after = after,
  shown = { related = { default_setting = "row" } },
  related = function(_, row, add)
    return add:query("default_setting", "SELECT se_id, se_te_id, se_code, se_value FROM se_settings "
      .. "WHERE se_te_id = ? AND se_code = 'DEFAULTMUSICONHOLD'", { row.mu_te_id }, true)
  end,
}
