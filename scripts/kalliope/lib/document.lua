-- KalliopePBX in the documents: XML within the dialect's frame.
local operation = require "document.operation"
local schemas_of = require "document.schema"
local shapes = require "kalliope.lib.shapes"

local options = {
  answer = function(schema)
    local frame = shapes.response(schema)
    return schemas_of.plain(frame), schemas_of.example(frame)
  end,
  body = function(schema)
    local frame = shapes.request(schema)
    return schemas_of.plain(frame), schemas_of.example(frame), "text/xml"
  end,
}

--- What the surface declares as `describe`.
return function(book, surface, list, mount) return operation.add(book, surface, list, mount, options) end
