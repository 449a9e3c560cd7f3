---@meta
-- Module `files`: recordings, voicemail, media, fax. A path is relative to its root and
-- cannot leave it (no "..", no symlink out). Unless the task's scope is everything, the
-- first folder of the path must be the tenant's code.
--
-- All but files.type suspend: the disk is read on another thread. Where: handlers, jobs.
-- Errors of all: `invalid` not a relative path; `denied` another tenant's file, no scope
-- yet, or a link out of the root; `unavailable` no such root configured, or the disk.
files = {}
---@alias Root "recordings"|"voicemail"|"media"|"fax"

--- A response body with ranges and conditional requests. nil without err: no such file.
--- Here only, root may be "pages" too: the host's own pages, which everybody may read.
---
--- Suspends: yes. Where: handlers, jobs.
--- Errors: those of the module.
---
--- ```lua
--- local body, err = files.open("recordings", "DEMO/2024/01/call.wav")
--- if err then return nil, err end
--- ```
---@async
---@param root Root|"pages"
---@param path string
---@return Body? body
---@return Error? err
function files.open(root, path) end

--- nil without err: no such file.
---
--- Suspends: yes. Where: handlers, jobs.
--- Errors: those of the module.
---@async
---@param root Root
---@param path string
---@return {size: integer, modified: number, kind: "file"|"folder"}? info
---@return Error? err
function files.stat(root, path) end

--- Files and folders in a folder, sorted by name; an absent folder is an empty list. Links
--- are left out. More than 20,000 are an error `unavailable`.
---
--- Suspends: yes. Where: handlers, jobs.
--- Errors: those of the module; `unavailable` too many entries.
---@async
---@param root Root
---@param path string
---@return {name: string, kind: string, size: integer, modified: number}[]? entries
---@return Error? err
function files.list(root, path) end

--- Whole text, at most `max` bytes (default 1 MiB, at most 64 MiB). Errors also: `not_found`;
--- `invalid` larger.
---
--- Suspends: yes. Where: handlers, jobs.
--- Errors: those of the module.
---@async
---@param root Root
---@param path string
---@param max? integer
---@return string? text
---@return Error? err
function files.read(root, path, max) end

--- Writes through a temporary name, so readers see all or nothing; replaces what is there.
--- Makes folders. Errors also: `conflict` it is a folder.
---
--- Suspends: yes. Where: handlers, jobs.
--- Errors: those of the module.
---@async
---@param root Root
---@param path string
---@param bytes string
---@return boolean? ok
---@return Error? err
function files.write(root, path, bytes) end

--- Renames within one root and makes folders. Errors also: `not_found`; `conflict` the new
--- name is taken.
---
--- Suspends: yes. Where: handlers, jobs.
--- Errors: those of the module.
---@async
---@param root Root
---@param from string
---@param to string
---@return boolean? ok
---@return Error? err
function files.move(root, from, to) end

--- Removes a file or an empty folder. Errors also: `not_found`; `conflict` not empty.
---
--- Suspends: yes. Where: handlers, jobs.
--- Errors: those of the module.
---@async
---@param root Root
---@param path string
---@return boolean? ok
---@return Error? err
function files.remove(root, path) end

--- Rows of Asterisk's own call-record file with a rowid above `after_id` (default 0), oldest
--- first, at most `limit` (default 500, at most 10,000): tables with its column names and
--- `rowid`; NULL columns are absent. Only with the scope "*". Errors also: `not_found` no
--- file or table yet; `unavailable` not configured, busy or broken.
---
--- Suspends: yes. Where: handlers, jobs.
--- Errors: those of the module, with `denied` for a scope of one tenant.
---@async
---@param after_id? integer
---@param limit? integer
---@return table[]? records
---@return Error? err
function files.call_records(after_id, limit) end

--- What the store knows this host's file of call records by: `calls`, and where several hosts may share the store the
--- name of the machine with the path, since each host reads the file of the Asterisk beside it.
---
--- Suspends: no. Where: anywhere.
--- Errors: none.
---@return string name
function files.call_records_name() end

--- The bytes of an uploaded part (in memory or spilled to disk), at most `max` (default
--- 1 MiB, at most 64 MiB). Errors also: `invalid` larger; `not_found` its file is gone.
---
--- Suspends: yes. Where: handlers, jobs.
--- Errors: `invalid` larger than `max`; `not_found` its file is gone; `unavailable` the disk.
---@async
---@param part table  an item of req.parts
---@param max? integer
---@return string? bytes
---@return Error? err
function files.part(part, max) end

--- Content type by the ending: "audio/x-wav", "audio/mpeg", "application/pdf", ...;
--- "application/octet-stream" when unknown. Does not suspend; usable anywhere.
---
--- Suspends: no. Where: anywhere.
--- Errors: a wrong type raises.
---@param path string
---@return string
function files.type(path) end

return files
