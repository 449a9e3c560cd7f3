-- What the requests of Kalliope take and show, as JSON schemas of XML: an object is an element with children, an
-- array an element around items.
local words = require "document.shape"

local TYPES = {
  text = { type = "string" }, whole = { type = "integer" }, flag = { type = "string", enum = { "true", "false" } },
  -- Of a thing that has none: an empty element.
  whole_or_none = { type = "string", pattern = "^[0-9]*$", example = "20" },
}

local made = words(TYPES)
local schema = made.schema
-- An element with children, and children of many names and one type.
local shapes = { element = made.record, children = made.members }

--- An element around items of one name.
function shapes.list(name, item)
  local named = { xml = { name = name } }
  for key, value in pairs(schema(item)) do named[key] = value end
  return { type = "array", items = named, xml = { wrapped = true } }
end

local ERROR = shapes.element({ code = "whole", message = "text" })

--- How a change answers, good or bad: `<tag><error><code/><message/></error></tag>`.
function shapes.outcome(tag, error_tag)
  return shapes.element({ [tag] = shapes.element({ [error_tag or "error"] = ERROR }) })
end

--- A result, or the outcome that refuses it.
function shapes.or_outcome(result, tag, error_tag) return { anyOf = { result, shapes.outcome(tag, error_tag) } } end

--- An element of the request, as a route declares it in `body`; `required` names what must be in it.
function shapes.body(required, extra)
  local it = shapes.element(shapes.children(required, "text"), extra)
  return { type = "object", document = { schema = it } }
end

---- users and call groups

local DESTINATION = shapes.children("value name gateway_type gateway_id gateway_name", "text")

shapes.failover = shapes.element({ intro = "text", type = "text", destination = shapes.element(DESTINATION) })
--- The same in a request.
shapes.failover_given = shapes.element({}, { intro = "text", type = "text", destination = shapes.element({}, DESTINATION) })

shapes.registrations = shapes.element({ registrations = shapes.list("registration",
  shapes.element(shapes.children("exten status rtt contact ip useragent", "text", { port = "whole_or_none" }))) })
shapes.users = shapes.element({ users = shapes.list("user",
  shapes.element(shapes.children("exten first_name last_name", "text", { enabled = "flag" }))) })
shapes.configs = shapes.element({ configs = shapes.list("config", shapes.element(shapes.children(
  "exten sip_secret sip_username first_name last_name gui_secret_md5 vm_secret vm_email", "text",
  shapes.children("enabled phonebook_manager vm_enabled vm_attach_enabled vm_message_delete", "flag",
    { failover = shapes.failover })))) })
--- What a user may be sent with; exten and names are in the body of a create.
shapes.user_fields = shapes.children(
  "exten sip_secret first_name last_name gui_secret_md5 phonebook_manager vm_secret vm_email enabled", "text",
  shapes.children("vm_enabled vm_attach_enabled vm_message_delete", "flag", { failover = shapes.failover_given }))

local MEMBERS = shapes.list("member", shapes.element({ exten = "text" }, { display_name = "text" }))
local PRIORITIES = shapes.list("priority", shapes.element({ members = MEMBERS }, { id = "whole" }))

shapes.callgroups = shapes.element({ callgroups = shapes.list("callgroup", shapes.element({
  id = "whole", name = "text", selection = "text", enabled = "flag", timeout = "whole_or_none", failover = shapes.failover,
  priorities = PRIORITIES,
})) })
shapes.callgroup_fields = { name = "text", selection = "text", timeout = "whole_or_none", enabled = "flag",
  failover = shapes.failover_given, priorities = PRIORITIES }
shapes.conferences = shapes.element({ conferences = shapes.list("conference", shapes.element({
  name = "text", enabled = "flag", selection = shapes.element({ internal = "text", external = "text" }),
  admin_pin = "text", user_pin = "text",
})) })

---- contacts

local NAMES = "first_name last_name organization organizational_unit phone mail speed_dial"

shapes.contacts = shapes.element({ contacts = shapes.list("contact", shapes.element(
  shapes.children(NAMES, "text", { id = "whole", type = { type = "string", enum = { "private", "system" } } }))) })
shapes.contact_fields = shapes.children(NAMES .. " owner id", "text")
shapes.contact_filter = shapes.children("first_name last_name organization organizational_unit phone mail any", "text")

---- the frame

--- What stands around a result.
function shapes.response(result)
  local function frame(it)
    local properties, required = { request_id = TYPES.text }, it.required
    for name, one in pairs(it.properties or {}) do properties[name] = one end
    return { type = "object", properties = properties, required = required, xml = { name = "kpbx_response" } }
  end
  if not result.anyOf then return frame(result) end
  local forms = {}
  for i, it in ipairs(result.anyOf) do forms[i] = frame(it) end
  return { anyOf = forms }
end

--- What stands around the fields of a request.
function shapes.request(fields)
  local properties = { request_id = { type = "string", description = "Answered as it came." } }
  for name, it in pairs(fields.properties or {}) do properties[name] = it end
  return { type = "object", properties = properties, required = fields.required, xml = { name = "kpbx_request" } }
end

--- A refusal of the dialect itself.
shapes.refusal = shapes.response(shapes.element({ error = ERROR }))

return shapes
