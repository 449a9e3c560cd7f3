-- Destinations by their source: who owns a source, and the change of its list.
local change_log = require "engine.log"
local destination = require "engine.destination"
local store = require "store"

local source = {}

-- Source keys by the table of their object; a key may carry a number (IVR_1, CONDITION3).
local OWNERS = {
  DID = { "di_dids", "di_id", "di_te_id" },
  CONDITION = { "co_conditions", "co_id", "co_te_id" },
  NOTCONDITION = { "co_conditions", "co_id", "co_te_id" },
  IVR = { "iv_ivrs", "iv_id", "iv_te_id" },
  HUNTLIST = { "hu_huntlists", "hu_id", "hu_te_id" },
  QUEUE = { "qu_queues", "qu_id", "qu_te_id" },
  EXT = { "ex_extensions", "ex_id", "ex_te_id" },
  VOICEMAIL = { "voicemail", "uniqueid", "te_id" },
  FLOW = { "fl_flows", "fl_id", "fl_te_id" },
  PAGING = { "pa_paginggroups", "pa_id", "pa_te_id" },
  DISA = { "ds_disas", "ds_id", "ds_te_id" },
  CUSTOM = { "cu_customs", "cu_id", "cu_te_id" },
  FEATURE = { "fe_features", "fe_id", "fe_te_id" },
  CAMPAIGN = { "ca_campaigns", "ca_id", "ca_te_id" },
  MUSICONHOLD = { "mu_musiconholds", "mu_id", "mu_te_id" },
  CONFERENCE = { "cr_conferencerooms", "cr_id", "cr_te_id" },
}

local function unknown(key, id)
  return { code = "not_found", message = ("no such source: %s-%s"):format(key, tostring(id)) }
end

--- Tenant id of a source the asker may see.
function source.owner(ctx, key, id)
  local owner = OWNERS[key:match("^%u+")]
  if not owner then return nil, unknown(key, id) end
  local text = ("SELECT %s FROM %s WHERE %s = ?"):format(owner[3], owner[1], owner[2])
  local tenant_id, err = store.value(text, { id })
  if err then return nil, err end
  if not tenant_id or (ctx.tenant and ctx.tenant.id ~= tenant_id) then
    return nil, unknown(key, id)
  end
  return tenant_id
end

function source.rows(ctx, key, id)
  local owner, err = source.owner(ctx, key, id)
  if not owner then return nil, err end
  return store.query(destination.select({ key }, id))
end

--- Replaces the whole list; the items are those of lib.destination.
function source.replace(ctx, key, id, items)
  local owner, err = source.owner(ctx, key, id)
  if not owner then return nil, err end
  return store.transaction(function(tx)
    local done, problem = destination.replace(tx, owner, key, id, items)
    if not done then return nil, problem end
    done, problem = destination.changed(tx, key, id)
    if not done then return nil, problem end
    done, problem = change_log.write(tx, ctx, {
      object = "destination", id = key .. "-" .. id, action = "update", tenant_id = owner,
    })
    if not done then return nil, problem end
    return true
  end)
end

return source
