-- Takes call records away: one leg, or all of a call, with their recordings when asked to.
local call_import = require "model.call_import"
local callpage = require "model.callpage"
local change_log = require "engine.log"
local files = require "files"
local guard = require "engine.guard"
local store = require "store"

local callremoval = {}

local function not_found()
  return nil, { code = "not_found", message = "Record not found" }
end

-- Recordings that are these legs' own, each once.
local function recordings_of(ctx, legs)
  local found, err = callpage.recordings(ctx, legs)
  if not found then return nil, err end
  local list, seen = {}, {}
  for _, leg in ipairs(legs) do
    local it = callpage.recording_of(leg, found)
    if it and not seen[it.id] then
      seen[it.id] = true
      list[#list + 1] = it
    end
  end
  return list
end

local function remove_rows(tx, ctx, legs, recordings)
  for _, it in ipairs(recordings) do
    for _, text in ipairs({ "DELETE FROM tr_transcripts WHERE tr_rm_id = ?",
      "DELETE FROM rm_recordingmetadatas WHERE rm_id = ?" }) do
      local done, err = tx:exec(text, { it.id })
      if not done then return nil, err end
    end
  end
  local calls = {}
  for _, leg in ipairs(legs) do
    local done, err = tx:exec("DELETE FROM cdr WHERE ID = ? AND te_id = ?", { leg.ID, ctx.tenant.id })
    if not done then return nil, err end
    if (leg.linkedid or "") ~= "" then calls[leg.linkedid] = true end
    done, err = change_log.write(tx, ctx, { object = "cdr", id = leg.ID, action = "delete",
      tenant_id = ctx.tenant.id, description = "call " .. (leg.linkedid or "") })
    if not done then return nil, err end
  end
  for linkedid in pairs(calls) do
    local done, err = call_import.refresh(tx, linkedid)
    if not done then return nil, err end
  end
  return true
end

--- Removes the leg of a number or the call of a linkedid. Returns {linkedid, legs, recordings}: how many
--- of each went. A recording that cannot be removed from the disk is an error after its rows are gone.
function callremoval.run(ctx, id, with_recordings)
  local allowed, refused = guard.may_write(ctx)
  if not allowed then return nil, refused end
  local number = id:match("^%d+$") and tonumber(id)
  local legs, err
  if number then legs, err = callpage.legs(ctx, { number })
  else legs, err = callpage.legs_of(ctx, { id }) end
  if not legs then return nil, err end
  if #legs == 0 then return not_found() end
  local recordings = {}
  if with_recordings then
    recordings, err = recordings_of(ctx, legs)
    if not recordings then return nil, err end
  end
  local done
  done, err = store.transaction(function(tx) return remove_rows(tx, ctx, legs, recordings) end)
  if not done then return nil, err end
  for _, it in ipairs(recordings) do
    done, err = files.remove("recordings", it.path)
    if not done and err.code ~= "not_found" then return nil, err end
  end
  return { linkedid = legs[1].linkedid or "", legs = #legs, recordings = #recordings }
end

return callremoval
