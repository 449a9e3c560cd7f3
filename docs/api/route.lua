---@meta
-- The two functions every script calls first, and the types all pages share.

---@class Error
---@field code "invalid"|"unauthenticated"|"denied"|"not_found"|"conflict"|"refused"|"timeout"|"unavailable"|"internal"
---@field message string   one line, lower case, names the value that was wrong
---@field field? string    the parameter or body field it is about
---@field status? integer  only where a dialect's own code is needed
---@field reason? string   the dialect's own error code, e.g. `"extension_not_found"`

--- One parameter as declared. The check happens before the handler runs.
---@class Param
---@field type? "string"|"integer"|"number"|"boolean"|"extension"|"date"|"datetime"|"object"|"list"|"any"  default "string"
---@field required? boolean
---@field default? any
---@field enum? string[]
---@field min? number       smallest number, or shortest text
---@field max? number       largest number, or longest text (default 4096)
---@field pattern? string   a Lua pattern the whole text must match
---@field aliases? string[] other names the parameter is accepted under
---@field summary? string
---@field example? any
---@field secret? boolean   never logged, never shown in examples
---@field document? Param    what the documents say instead, where the handler checks itself; may hold a `schema`

---@class Action
---@field access "read"|"write"|"admin"|"public"  admin = global full key; public = no key
---@field summary? string
---@field description? string  more than a line, Markdown, for the documents
---@field verb? string|string[]  "GET /phonebook/contacts/{id}", relative to the surface's mounts
---@field params? table<string, Param>
---@field body? table<string, Param>   fields of a JSON, XML or form body
---@field tenant? "required"|"optional"|"none"  default "required"
---@field result? table     shape of the answer, a JSON-schema-like table; in ProxyAPI one of proxyapi.lib.shapes
---@field refuses? boolean  the API has it and says no: no test needs to see it answered
---@field media? string[]   content types of the answer; default the surface's
---@field statuses? table   statuses beside the surface's, `{"409", ["201"] = "Made."}`: a name alone, or with what it means here; one below 400 stands instead of 200

---@class Route
---@field family? string    which route of its surface it is; a surface may have other words for it, or several (Surface.words): `reqtype`, `object` ...
---@field summary string
---@field description? string  more than a line, Markdown, for the documents
---@field aliases? string[]    openapi: other names of the object, in the path and in `?object=`
---@field tags? string[]       groups it stands under in the documents
---@field params? table<string, Param>   for all actions
---@field actions table<string, Action>
---@field result? table
---@field file? string      set by the host: path below the scripts folder
---@field surface? string   set by the host

--- A request as a handler sees it. `params`, `tenant` and `key` are filled by the surface.
---@class Req
---@field id string                     request id
---@field method string
---@field path string
---@field peer string                   address of the socket's other end; the client's when a trusted proxy tells it
---@field proxy? string                 address of that proxy
---@field secure boolean
---@field headers table<string, string> lower-case names
---@field query table<string, string>   decoded query (the last of equal names)
---@field query_string string          the query as received
---@field target string                path and query as received
---@field form? table<string, string>   fields of a form or multipart body
---@field parts? table[]                files of a multipart body: {name, filename, type, size, data?, path?}
---@field body string                   "" for form-less empty bodies and multipart
---@field args table<string, string>    values of the `{name}` parts of the verb's path
---@field route? Route                  matched by verb
---@field action? string
---@field handler? fun(req: Req): any, Error?
---@field allowed? string[]             methods of this path when the method did not fit
---@field mount string                  the surface's mount this request came through
---@field subpath string                the path below the mount ("" or "/...")
---@field params table<string, any>     checked and converted
---@field tenant? {id: integer, code: string, name: string}
---@field key? {id: integer, label: string, read_only: boolean, global: boolean, tenant_id?: integer}

--- Declare what this script answers. Only while the script loads, once per file (a
--- library may call it for the file that is being loaded). Add one function per action
--- to the returned table; the load fails with file:line when one is missing or extra.
---
--- Suspends: no. Where: the top level of a script, while it loads.
--- Errors: an unknown key, a missing or extra function, a route declared twice: the load fails with file:line.
---
--- ```lua
--- local hello = route {
---   family = "hello",
---   summary = "Say hello.",
---   actions = { greet = { verb = "GET /hello/{name}", access = "public", tenant = "none" } },
--- }
--- function hello.greet(req) return { hello = req.args.name } end
--- return hello
--- ```
---@param declaration Route
---@return table route  the declaration; assign handlers to it
function route(declaration) end

---@class Surface
---@field name string
---@field mounts string[]      path prefixes; "" is the root
---@field title? string        for people: documents and pages; default the name
---@field words? string[]      fields of `route` that tell its routes apart, e.g. {"reqtype", "info"}; default {"family"}
---@field cors? {origin: string, methods: string, headers: string}  OPTIONS is answered by the host
---@field handle fun(req: Req): Response    every request below a mount
---@field failed? fun(req: Req, err: Error): Response  words a 500, 503 or 504 in the dialect's way, and what the transport refuses (413, 414, 408 ...; err.status and err.reason say what; req has no body then); err holds nothing secret
---@field loaded? fun(routes: Route[])      after all scripts of a generation have loaded
---@field description? string  what readers of the documents should know first, Markdown
---@field security? table<string, table>  ways to say who one is, any of them: OpenAPI security schemes by name; `parts.KEYS` of document.parts are our keys
---@field media? string[]      content types of the answers; default {"application/json"}
---@field statuses? table      refusals of every route, like `Action.statuses`; default {"4XX", "5XX"}
---@field refusal? table       JSON schema of a refusal's body; `parts.REFUSAL` is ours
---@field params? table<string, Param>    of every route, for the documents
---@field tenant? Param        the query's `tenant`, for the documents: of every route that has one
---@field describe? fun(book: table, surface: Surface, routes: Route[], mount: string): boolean?, Error?  adds the routes to a document; default document.operation.add, one operation for each verb

--- What a surface hands to the host. Handlers return a value, `nil, err`, or a reply of `lib.reply`, which
--- their surface turns into this:
---
--- ```lua
--- local reply = require "lib.reply"
---
--- local report = route {
---   family = "report",
---   summary = "A report as a page, made by a POST.",
---   actions = { make = { verb = "POST /report", access = "public", tenant = "none", media = { "text/html" } } },
--- }
--- function report.make() return reply.body("<p>Made.", { type = "text/html", status = 201 }) end
--- return report
--- ```
---@class Response
---@field status? integer      default 200
---@field type? string         Content-Type
---@field headers? table<string, string|string[]>
---@field body? string|Body    text, or a body made by store.stream, files.open, ...
---@field compress? boolean    default true: may be gzipped
---@field label? string        for log and metrics; default surface/file.action
---@field note? string         access log, e.g. "key=3"

--- Declare a dialect, in a file `surface.lua`. It serves the scripts of its folder and of those below it that
--- have no surface of their own; the one with the mount "" serves all that no other does.
---
--- Suspends: no. Where: the top level of a `surface.lua`, while it loads.
--- Errors: an unknown key, a mount that is taken, no `handle`: the load fails with file:line.
---@param declaration Surface
---@return Surface
function surface(declaration) end

--- A manager event as a job is given it: its headers as Asterisk names them.
---@class JobEvent
---@field Event string
---@field node string     the PBX it came from
---@field tenant? string  code of the tenant it is about
---@field [string] string

--- Declare background work (scripts/jobs/*.lua): runs on one lane at start, every `every` seconds, and with the AMI
--- events named in `on`: all of them, in order, those that come during a run in the next one. `lost` says how many
--- before these did not fit. A job that raises or returns `nil, err` is tried again later and later, with its events
--- ([jobs.md](jobs.md)).
---
--- Suspends: no. Where: the top level of a file in `jobs/`, while it loads.
--- Errors: an unknown key, a name that is taken: the load fails with file:line.
---@param declaration {name: string, every?: number, on?: string[], hosts?: "one"|"every", run: fun(events: JobEvent[], lost: integer): any, Error?}
function job(declaration) end

--- All routes of this generation; `routes.list("openapi")` those of one surface.
---@class routes
routes = {}
--- Suspends: no. Where: handlers, jobs, `loaded` of a surface.
--- Errors: none.
---@param surface? string
---@return Route[]
function routes.list(surface) end
--- Suspends: no. Where: handlers, jobs, `loaded` of a surface.
--- Errors: none.
---@return Surface[]
function routes.surfaces() end

--- What this state's host is: version, generation number, start time, url.
---@class host
host = {}
--- Suspends: no. Where: anywhere.
--- Errors: none.
---@return {version: string, generation: integer, started: number, listen: string[]}
function host.info() end
