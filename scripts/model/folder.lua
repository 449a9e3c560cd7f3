-- Folders of the host's file stores.
local files = require "files"

local folder = {}

--- Removes a folder with all that it holds; true also when it is not there.
function folder.remove(store_name, path)
  local entries, err = files.list(store_name, path)
  if not entries then return nil, err end
  for _, it in ipairs(entries) do
    local remove = it.kind == "folder" and folder.remove or files.remove
    local ok
    ok, err = remove(store_name, path .. "/" .. it.name)
    if not ok and err.code ~= "not_found" then return nil, err end
  end
  local gone
  gone, err = files.remove(store_name, path)
  return gone or err.code == "not_found" or nil, err
end

return folder
