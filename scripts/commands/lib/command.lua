-- A command of the command line: who runs it is the operator, whom the machine has let in already.
local json = require "json"

--- Declares the command `name`. body(ctx, it) gets the context for the models and the options by name; what it
--- answers as nil and an error ends the command with that message.
return function(name, body)
  return job {
    name = name,
    run = function(given)
      local ctx = { actor = "patchbay " .. name, key = { read_only = false, global = true }, secrets = true }
      local it = json.decode(given[1].arguments)
      local done, err = body(ctx, it)
      if done then return true end
      local subject = it.code or it.name or ""
      if err.message:find(subject, 1, true) then return nil, err end
      return nil, { message = subject .. ": " .. err.message }
    end,
  }
end
