-- Phonebooks: a layout of items, and entries with a value per item.
local change_log = require "engine.log"
local guard = require "engine.guard"
local object = require "engine.object"
local sql = require "engine.sql"
local store = require "store"

local DEFAULT_LAYOUT = { "NAME", "PHONE1", "PHONE2", "EMAIL", "ROUTING" }

local function remove_entries(tx, book_id)
  local gone, failed = tx:exec("DELETE FROM sn_shortnumbers WHERE sn_id IN (SELECT kd_sn_id FROM ks_speeddials "
    .. "JOIN pe_phonebookentries ON pe_id = kd_pe_id WHERE pe_pb_id = ?)", { book_id })
  if not gone then return nil, failed end
  for _, own in ipairs({ { "pd_phonebookdetails", "pd_pe_id" }, { "ks_contacts", "kc_pe_id" },
    { "ks_speeddials", "kd_pe_id" } }) do
    local done, err = tx:exec(("DELETE FROM %s WHERE %s IN (SELECT pe_id FROM pe_phonebookentries "
      .. "WHERE pe_pb_id = ?)"):format(own[1], own[2]), { book_id })
    if not done then return nil, err end
  end
  return tx:exec("DELETE FROM pe_phonebookentries WHERE pe_pb_id = ?", { book_id })
end

local phonebook = object {
  name = "phonebook", summary = "A phonebook and the items its entries have.",
  paths = { "phone_book", "phone_books" },
  table = "pb_phonebooks", id = "pb_id", tenant = "pb_te_id", label = "pb_name",
  required = { "pb_name" },
  example = { name = "Customers" },
  tags = { "PHONEBOOK", "EXACTPHONEBOOK", "CLIDNAMEBYPHONEBOOK" },
  aliases = {
    name = "pb_name", include_extensions = "pb_includeext", includeext = "pb_includeext",
    include_short_numbers = "pb_includeshortnum", includeshortnum = "pb_includeshortnum",
  },
  children = {
    {
      name = "layout", names = { "layout", "items" }, table = "pl_phonebooklayouts", key = "pl_pb_id",
      id = "pl_id", tenant = "pl_te_id", order = "pl_order",
      select = "SELECT pl_id, pl_te_id, pl_pb_id, pl_pi_id, pl_order, pi_code, pi_name "
        .. "FROM pl_phonebooklayouts JOIN pi_phonebookitems ON pi_id = pl_pi_id "
        .. "WHERE pl_pb_id = ? ORDER BY pl_order, pl_id",
      item = function(tx, _, item)
        if type(item) == "table" then item = item.pi_code or item.code or item.pl_pi_id or item.pi_id end
        local id, err = tx:value("SELECT pi_id FROM pi_phonebookitems WHERE pi_code = ? OR pi_id = ?",
          { tostring(item or ""):upper(), tonumber(item) or 0 })
        if err then return nil, err end
        if not id then
          return nil, { code = "invalid", reason = "invalid_field", field = "layout",
            message = "layout: unknown item: " .. tostring(item):sub(1, 40) }
        end
        return { pl_pi_id = id }
      end,
    },
  },
  before = function(tx, change)
    if change.action == "create" and not change.body.children.layout then
      change.body.children.layout = DEFAULT_LAYOUT
    end
    if change.action ~= "delete" then return true end
    return remove_entries(tx, change.id)
  end,
  shown = { related = { available_items = "rows", entries_count = "row" } },
  related = function(_, row, add)
    local ok, err = add:query("available_items",
      "SELECT pi_id, pi_code, pi_name FROM pi_phonebookitems ORDER BY pi_id", {})
    if not ok then return nil, err end
    return add:query("entries_count",
      "SELECT count(*) AS count FROM pe_phonebookentries WHERE pe_pb_id = ?", { row.pb_id }, true)
  end,
}

--- Item codes of a phonebook in the order of its layout.
function phonebook.items(_, book)
  local rows, err = store.query("SELECT pi_code FROM pl_phonebooklayouts "
    .. "JOIN pi_phonebookitems ON pi_id = pl_pi_id WHERE pl_pb_id = ? ORDER BY pl_order, pl_id",
    { book.pb_id })
  if not rows then return nil, err end
  return rows:column("pi_code")
end

-- Entries of one phonebook whose value of an item is LIKE a pattern.
local function entry_ids(book, options)
  local text = "SELECT pe_id FROM pe_phonebookentries WHERE pe_pb_id = ?"
  local params = { book.pb_id }
  if options.id then
    text = text .. " AND pe_id = ?"
    params[#params + 1] = options.id
  end
  if options.value and options.value ~= "" then
    text = text .. " AND EXISTS (SELECT 1 FROM pd_phonebookdetails JOIN pi_phonebookitems "
      .. "ON pi_id = pd_pi_id WHERE pd_pe_id = pe_id AND pd_pi_value LIKE ?"
    params[#params + 1] = options.value
    if options.field and options.field ~= "" then
      text = text .. " AND pi_code = ?"
      params[#params + 1] = options.field:upper()
    end
    text = text .. ")"
  end
  local rows, err = store.query(text .. " ORDER BY pe_id", params, { rows = 100000 })
  if not rows then return nil, err end
  return rows:column("pe_id")
end

--- Entries as {id, values = {CODE = text}}. options = {field, value (LIKE pattern), id}.
function phonebook.entries(_, book, options)
  local ids, err = entry_ids(book, options or {})
  if not ids then return nil, err end
  local list, by_id = {}, {}
  for i, id in ipairs(ids) do
    list[i] = { id = id, values = {} }
    by_id[id] = list[i]
  end
  -- In blocks, because a statement takes only so many parameters.
  for first = 1, #ids, 500 do
    local block, params = {}, {}
    for i = first, math.min(first + 499, #ids) do block[#block + 1] = ids[i] end
    local condition = sql.where({ pd_pe_id = block }, params)
    local rows
    rows, err = store.query("SELECT pd_pe_id, pi_code, pd_pi_value FROM pd_phonebookdetails "
      .. "JOIN pi_phonebookitems ON pi_id = pd_pi_id WHERE " .. condition, params, { rows = 100000 })
    if not rows then return nil, err end
    for row in rows:each() do
      local values = by_id[row.pd_pe_id].values
      values[row.pi_code] = row.pd_pi_value
    end
  end
  return list
end

--- Removes all entries of a phonebook.
function phonebook.clear(ctx, book)
  local allowed, refused = guard.may_write(ctx)
  if not allowed then return nil, refused end
  return store.transaction(function(tx)
    local done, err = remove_entries(tx, book.pb_id)
    if not done then return nil, err end
    return change_log.write(tx, ctx, { object = "phonebook", id = book.pb_id, action = "update",
      tenant_id = book.pb_te_id, description = "remove all entries" })
  end)
end

--- Where phonebooks and what is in them are: what a backup without them leaves empty.
phonebook.TABLES = { "pb_phonebooks", "pl_phonebooklayouts", "pe_phonebookentries", "pd_phonebookdetails", "pp_phonephonebooks" }

return phonebook
