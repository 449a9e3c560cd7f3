---@meta
-- Module `files`: recordings, voicemail, media, fax. A path is relative to its root and
-- cannot leave it (no "..", no symlink out). Unless the task's scope is everything, the
-- first folder of the path must be the tenant's code.
files = {}
---@alias Root "recordings"|"voicemail"|"media"|"fax"

--- A response body with ranges and conditional requests. nil without err: no such file.
---@async
---@param root Root
---@param path string
---@return Body? body
---@return Error? err
function files.open(root, path) end
---@async
---@return {size: integer, modified: number, kind: "file"|"folder"}? info
---@return Error? err
function files.stat(root, path) end
--- Names in a folder, sorted; an absent folder is an empty list.
---@async
---@return {name: string, kind: string, size: integer, modified: number}[]? entries
---@return Error? err
function files.list(root, path) end
--- Whole text, at most `max` bytes (default 1 MiB).
---@async
---@return string? text
---@return Error? err
function files.read(root, path, max) end
--- Writes through a temporary name, so readers see all or nothing. Makes folders.
---@async
---@return boolean? ok
---@return Error? err
function files.write(root, path, bytes) end
---@async
---@return boolean? ok
---@return Error? err
function files.move(root, from, to) end
---@async
---@return boolean? ok
---@return Error? err
function files.remove(root, path) end
--- Rows of Asterisk's own call-record file after `id`, oldest first: list of tables
--- with its column names and `rowid`.
---@async
---@return table[]? records
---@return Error? err
function files.call_records(after_id, limit) end
--- Where an uploaded part's bytes are: reads a part of the request (in memory or spilled).
---@async
---@param part table  an item of req.parts
---@param max? integer
---@return string? bytes
---@return Error? err
function files.part(part, max) end
