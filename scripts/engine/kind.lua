-- Which row a column, a child or a destination may name, and what still names a row that is to go.
-- Objects declare themselves when they load; no object is known here by name.
local sql = require "engine.sql"
local value_of = require "lib.value"

local reference = { keeps = { "kind", "of_tenants" } }

-- By name: {name, word, words, table, id, tenant, shared, text, model}.
local KINDS = {}

-- By name of what is named: columns {table, id, name, columns} and links {table, column, fixed} of
-- everything loaded.
local named_by, linked_by = {}, {}
-- What has been named so far, by kind: "object.column", for the error when there is no such kind.
local wanted = {}
-- Columns that an object claims in one that is not loaded yet, by the name of that one.
local claimed = {}

local function add(index, name, entry)
  index[name] = index[name] or {}
  table.insert(index[name], entry)
end

-- "Conference room" in the middle of a sentence; "DID" stays.
local function lower_first(title)
  if title:find("^%u%u") then return title end
  return title:sub(1, 1):lower() .. title:sub(2)
end

--- A kind of row that may be named by its id. Every object is one; only what has no object of its own
--- is defined by hand. it = {name, word, table, id, tenant, shared, text}: `shared`, every tenant may
--- name rows of the global level; `text`, how text columns write such a row ("moh-%d").
function reference.define(it)
  local before = KINDS[it.name]
  if before and (before.table ~= it.table or before.model) then
    error(("%s: a kind of that name exists already, in %s"):format(it.name, before.table), 3)
  end
  KINDS[it.name] = it
  return it
end

-- Has a column of a loaded object name rows of a kind; `alias` is another name bodies have for it.
local function claim(model, column, kind, alias)
  local rule = {}
  for key, value in pairs(model.columns[column] or {}) do rule[key] = value end
  if rule.ref then
    error(("%s: %s.%s names a %s already"):format(kind, model.name, column, rule.ref), 0)
  end
  rule.ref = kind
  model.columns[column] = rule
  if alias then model.aliases[alias] = column end
  add(named_by, kind, { table = model.table, id = model.id, name = model.name, columns = { column },
    label = model.number_column or model.label or model.id })
end

-- Columns elsewhere that name rows of this object, as it says itself.
local function take_holders(model)
  for _, it in ipairs(model.named_by or {}) do
    if it.object then
      for alias, column in pairs(it.columns) do
        local other = KINDS[it.object] and KINDS[it.object].model
        local name = type(alias) == "string" and alias or nil
        if other then
          claim(other, column, model.name, name)
        else
          add(claimed, it.object, { column = column, kind = model.name, alias = name })
        end
      end
    else
      add(named_by, model.name, it)
    end
  end
  for _, it in ipairs(claimed[model.name] or {}) do claim(model, it.column, it.kind, it.alias) end
  claimed[model.name] = nil
end

--- Makes a kind of a model and notes what its columns and children name. A rule with `elsewhere` is
--- looked up in another table, which the named object's `named_by` tells.
function reference.declare(model)
  local word = model.word or lower_first(model.title)
  reference.define({ name = model.name, word = word, words = model.words or word .. "s",
    table = model.table, id = model.id, tenant = model.tenant, shared = model.scope == "tenant+global",
    text = model.text, model = model })
  local by_kind = {}
  for _, column in ipairs(value_of.names(model.columns)) do
    local rule = model.columns[column]
    if rule.ref then
      wanted[rule.ref] = model.name .. "." .. column
      if not rule.elsewhere then
        by_kind[rule.ref] = by_kind[rule.ref] or {}
        table.insert(by_kind[rule.ref], column)
      end
    end
  end
  for name, columns in pairs(by_kind) do
    add(named_by, name, { table = model.table, id = model.id, name = model.name, columns = columns,
      label = model.number_column or model.label or model.id })
  end
  for _, decl in ipairs(model.children) do
    local to = decl.reference
    if to then
      wanted[to.kind] = model.name .. "." .. decl.name
      add(linked_by, to.kind, { table = decl.table, column = to.column, fixed = decl.fixed })
    end
  end
  take_holders(model)
end

--- Raises when something names a kind that nothing has declared. For the end of loading: until then
--- an object may be named before it is there.
function reference.check_all()
  for _, name in ipairs(value_of.names(wanted)) do
    if not KINDS[name] then error(("%s: unknown kind of reference %s"):format(wanted[name], name), 0) end
  end
  for _, name in ipairs(value_of.names(claimed)) do
    error(("%s: named_by: there is no object %s"):format(claimed[name][1].kind, name), 0)
  end
end

--- The kind of a name; raises when there is none.
function reference.kind(name)
  return KINDS[name] or error("unknown kind of reference " .. tostring(name), 2)
end

--- Kinds whose rows a tenant owns, by name: what keeps it alive, or with `goes` what goes with it.
function reference.of_tenants(goes)
  local list = {}
  for _, name in ipairs(value_of.names(KINDS)) do
    local kind = KINDS[name]
    if kind.model and kind.tenant and (kind.model.goes_with_tenant or false) == goes then
      list[#list + 1] = kind
    end
  end
  return list
end

--- True when there is such a row that `tenant_id` may name; nil tenant_id: any tenant's.
function reference.exists(tx, kind, id, tenant_id)
  local text = ("SELECT 1 FROM %s WHERE %s = ?"):format(kind.table, kind.id)
  local params = { id }
  if kind.tenant and tenant_id then
    text = text .. (kind.shared and " AND %s IN (?, 0)" or " AND %s = ?"):format(kind.tenant)
    params[2] = tenant_id
  end
  local found, err = tx:value(text, params)
  if err then return nil, err end
  return found ~= nil
end

--- The request is well made, but what it names is not there, or not this tenant's: the same answer.
function reference.absent(field, word, id)
  return nil, { code = "invalid", reason = "invalid_field", field = field, status = 409,
    message = ("%s: no such %s: %s"):format(field, word, value_of.number_text(id)) }
end

--- Checks the ids among values that are about to be written. 0 stands for none where none may be.
function reference.check(tx, model, values, tenant_id, names)
  for column, value in pairs(values) do
    local rule = model.columns[column]
    local given = rule and rule.ref and type(value) == "number"
    if given and (value ~= 0 or model.required_set[column]) then
      local kind = reference.kind(rule.ref)
      local there, err = reference.exists(tx, kind, value, model.tenant and tenant_id or nil)
      if err then return nil, err end
      if not there then return reference.absent(names and names[column] or column, kind.word, value) end
    end
  end
  return true
end

--- Checks texts that name a row (`text_of` in a rule): "moh-ID" is the tenant's or the global level's;
--- texts of another form are the PBX's own.
function reference.check_texts(tx, rules, values, tenant_id)
  for column, value in pairs(values) do
    local rule = rules and rules[column]
    local kind = rule and rule.text_of and type(value) == "string" and reference.kind(rule.text_of)
    local id = kind and tonumber(value:lower():match("^%s*" .. kind.text:gsub("%%d", "(%%d+)"):gsub("%-", "%%-") .. "%s*$"))
    if id then
      local there, err = reference.exists(tx, kind, id, tenant_id)
      if err then return nil, err end
      if not there then return reference.absent(column, kind.word, id) end
    end
  end
  return true
end

--- Names of the objects whose columns name a row, at most 11.
function reference.holders(tx, name, id)
  local found = {}
  for _, source in ipairs(named_by[name] or {}) do
    local places, params = {}, {}
    for i, column in ipairs(source.columns) do
      places[i] = sql.name(column) .. " = ?"
      params[i] = source.text and KINDS[name].text:format(id) or id
    end
    local own_row = source.table == KINDS[name].table and (" AND %s <> ?"):format(source.id) or ""
    if own_row ~= "" then params[#params + 1] = id end
    local rows, err = tx:query(("SELECT DISTINCT %s AS id, %s AS label FROM %s WHERE (%s)%s LIMIT 11")
      :format(source.id, source.label, source.table, table.concat(places, " OR "), own_row), params)
    if not rows then return nil, err end
    for row in rows:each() do
      found[#found + 1] = ("%s %s (id %s)"):format(source.name, tostring(row.label or ""), tostring(row.id))
    end
  end
  return found
end

--- Before a row goes: refuses with a list when a column still names it, and takes it off the lists it
--- is on. `only_ask`: changes nothing.
function reference.release(tx, model, id, only_ask)
  local holders, err = reference.holders(tx, model.name, id)
  if not holders then return nil, err end
  if #holders > 0 then
    table.sort(holders)
    local more = #holders > 10 and " and more" or ""
    return nil, { code = "conflict", reason = "object_in_use", message = "still used by "
      .. table.concat(holders, ", ", 1, math.min(10, #holders)) .. more }
  end
  if only_ask then return true end
  for _, link in ipairs(linked_by[model.name] or {}) do
    local text, params = sql.delete(link.table, value_of.merged({ [link.column] = id }, link.fixed))
    local done
    done, err = tx:exec(text, params)
    if not done then return nil, err end
  end
  return true
end

return reference
