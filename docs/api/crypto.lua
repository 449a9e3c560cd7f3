---@meta
-- Module `crypto`. Digests are lower-case hex.
crypto = {}
---@param text string
---@return string
function crypto.sha256(text) end
function crypto.sha1(text) end
function crypto.md5(text) end
--- Raw bytes as hex unless `raw`.
function crypto.hmac_sha256(key, text, raw) end
--- `bytes` random bytes as hex.
---@param bytes integer
---@return string
function crypto.random(bytes) end
function crypto.base64(text) end
---@return string? bytes  nil when it is not base64
function crypto.unbase64(text) end
function crypto.base64url(text) end
function crypto.unbase64url(text) end
--- Constant time.
---@return boolean
function crypto.equal(a, b) end
