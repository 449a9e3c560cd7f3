---@meta
-- Module `http`: requests to other web services.
http = {}
--- Suspends: yes. No redirects. Private and loopback addresses are refused unless
--- `[outgoing] allow_private = true`. Certificates are verified.
--- Errors: `invalid` URL; `refused` address not allowed or connection refused; `timeout`; `unavailable`.
---@async
---@param request {url: string, method?: string, headers?: table<string, string>, body?: string, json?: any, timeout?: number, max?: integer}
---@return {status: integer, headers: table<string, string>, body: string}? response
---@return Error? err
function http.request(request) end
---@async
---@return {status: integer, headers: table<string, string>, body: string}? response
---@return Error? err
function http.get(url, options) end
