-- The MikoPBX dialects in the documents: every answer is an envelope around the declared result.
local operation = require "document.operation"
local schemas_of = require "document.schema"
local shapes = require "mikopbx.lib.shapes"

local function answer(older)
  return function(schema)
    local bare = schema.bare
    schema.bare = nil
    local envelope = bare and schema or shapes.envelope(schema, older)
    return schemas_of.plain(envelope), schemas_of.example(envelope)
  end
end

--- `describe` of a surface; `older` for the API before v3.
return function(older)
  local options = { answer = answer(older) }
  return function(book, surface, list, mount) return operation.add(book, surface, list, mount, options) end
end
