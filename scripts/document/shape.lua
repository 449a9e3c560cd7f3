-- What answers show, said shortly: a dialect's words for its usual types become JSON schemas.

--- `types`: JSON schemas by word. Returns schema(it), record(members, extra) and members(names, it, into).
return function(types)
  local shape = {}

  --- A schema, or that of a word.
  function shape.schema(it)
    if type(it) == "string" then return types[it] or error("no type " .. it, 3) end
    return it
  end

  --- An object with all of these members: schemas, or words for the usual ones. `extra` may be left out.
  function shape.record(members, extra)
    local properties, required = {}, {}
    for name, it in pairs(members) do
      properties[name] = shape.schema(it)
      required[#required + 1] = name
    end
    table.sort(required)
    for name, it in pairs(extra or {}) do properties[name] = shape.schema(it) end
    return { type = "object", properties = properties, required = #required > 0 and required or nil }
  end

  --- Members of many names and one type: `"a b c"`.
  function shape.members(names, it, into)
    into = into or {}
    for name in names:gmatch("%S+") do into[name] = it end
    return into
  end

  return shape
end
