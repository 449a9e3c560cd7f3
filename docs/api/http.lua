---@meta
-- Module `http`: requests to other web services.
http = {}

--- Send a request and wait for the whole answer, whatever its status. `json` is encoded as
--- the body, with Content-Type application/json unless given. The method is POST with a body
--- and GET without unless given. `timeout` in seconds (default 10), never past the task's
--- deadline; `max` bytes of the answer. A header given as a list is sent once per item.
---
--- Suspends: yes. Where: handlers, jobs. No redirects. Private and loopback addresses are
--- refused unless `[outgoing]` allows them. Certificates are verified.
--- Errors: `invalid` URL, method or header; `denied` address not allowed; `timeout`;
--- `unavailable` not reached, or too many requests at once; `refused` certificate not
--- trusted, or the answer is larger than `max`. Wrong types raise.
---
--- ```lua
--- local answer, err = http.request({ url = "https://crm.example/callers", json = { number = "100" } })
--- if not answer then return nil, err end
--- ```
---@async
---@param request {url: string, method?: string, headers?: table<string, string|string[]>, body?: string, json?: any, timeout?: number, max?: integer}
---@return {status: integer, headers: table<string, string>, body: string}? response  header names in lower case
---@return Error? err
function http.request(request) end

--- The same as http.request with the method GET.
---
--- Suspends: yes. Where: handlers, jobs.
--- Errors: those of http.request.
---@async
---@param url string
---@param options? {headers?: table<string, string|string[]>, timeout?: number, max?: integer}
---@return {status: integer, headers: table<string, string>, body: string}? response
---@return Error? err
function http.get(url, options) end

return http
