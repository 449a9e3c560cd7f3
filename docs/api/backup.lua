---@meta
-- Module `backup`: an archive of the whole store and of files beside it, as `patchbay backup` writes it.
backup = {}

--- Make a backup and give it as a body, to be returned once. It is a tar archive: what it is (`patchbay-backup`), the store
--- as it was at one moment as an SQLite file whatever the engine, the files of the folders, and SHA256SUMS, without which it is
--- not whole. It is laid ready in `files.temporary`, which needs the room, on a thread of its own, so that nothing is
--- answered before it is known to be whole. `folders` are some of `media` and `voicemail`, `without` tables that are empty in it.
---
--- It holds every tenant's data and secrets: who may ask is checked by the script.
---
--- It may take an hour, whatever `scripts.request_seconds` says: a large store takes minutes.
---
--- Suspends: yes. Where: handlers, jobs. One is made at a time in a host.
--- Errors: `unavailable` another one is being made, no room, the store does not answer; `invalid` an unknown folder or table.
--- Wrong types raise. A handler answers with the body: `reply.body(body, { type = "application/x-tar" })`.
---
--- ```lua
--- local body, err = backup.make { folders = { "media" } }
--- log.info("a backup", { made = body ~= nil, reason = err and err.message })
--- ```
---@async
---@param options {folders?: string[], without?: string[]}
---@return any? body
---@return Error? err
function backup.make(options) end

return backup
