---@meta
-- Module `crypto`. Digests are lower-case hex. Only crypto.scrypt suspends.
crypto = {}
--- Suspends: no. Where: anywhere.
--- Errors: a wrong type raises.
---@param text string
---@return string
function crypto.sha256(text) end
--- Suspends: no. Where: anywhere.
--- Errors: a wrong type raises.
---@param text string
---@return string
function crypto.sha1(text) end
--- Suspends: no. Where: anywhere.
--- Errors: a wrong type raises.
---@param text string
---@return string
function crypto.md5(text) end
--- Hex, or the 32 raw bytes when `raw`.
---
--- Suspends: no. Where: anywhere.
--- Errors: a wrong type raises.
---@param key string
---@param text string
---@param raw? boolean
---@return string
function crypto.hmac_sha256(key, text, raw) end
--- A slow digest for passwords (RFC 7914 with N = 2^cost, r = 8, p = 1; 64 hex digits), made on a thread of
--- its own: at the default cost of 15 about a tenth of a second and 32 MiB.
---
--- Suspends: yes. Where: handlers, jobs.
--- Errors: `unavailable` when 64 wait already; a salt of less than 8 or more than 256 bytes, a password of more
--- than 4096, a cost below 10 or above 17 raise.
---
--- ```lua
--- local salt = crypto.random(16)
--- local kept = crypto.scrypt("correct horse", salt)
--- local right = crypto.equal(kept, crypto.scrypt("correct horse", salt))
--- ```
---@async
---@param password string
---@param salt string
---@param cost? integer
---@return string? digest
---@return Error? err
function crypto.scrypt(password, salt, cost) end
--- Encrypts a text for whoever has the key (AES-256-GCM); base64, another one each time. The key must
--- not be guessable: an API key, not a password.
---
--- Suspends: no. Where: anywhere.
--- Errors: a wrong type raises.
---
--- ```lua
--- local kept = crypto.seal("a key of 32 random bytes", "for later")
--- local text = crypto.unseal("a key of 32 random bytes", kept)
--- ```
---@param key string
---@param text string
---@return string sealed
function crypto.seal(key, text) end
--- What crypto.seal was given.
---
--- Suspends: no. Where: anywhere.
--- Errors: nil and no error when it cannot be opened; a wrong type raises.
---@param key string
---@param sealed string
---@return string? text  nil with another key, or when it was changed
function crypto.unseal(key, sealed) end
--- `bytes` random bytes (1 to 1024) as hex, from the system's cryptographic source.
---
--- Suspends: no. Where: anywhere.
--- Errors: fewer than 1 or more than 1024 bytes raise.
---@param bytes integer
---@return string
function crypto.random(bytes) end
--- Suspends: no. Where: anywhere.
--- Errors: a wrong type raises.
---@param text string
---@return string
function crypto.base64(text) end
--- Padding may be missing; line breaks are not skipped.
---
--- Suspends: no. Where: anywhere.
--- Errors: nil and no error for what is not base64; a wrong type raises.
---@param text string
---@return string? bytes  nil when it is not base64
function crypto.unbase64(text) end
--- With `-` and `_`, and no padding.
---
--- Suspends: no. Where: anywhere.
--- Errors: a wrong type raises.
---@param text string
---@return string
function crypto.base64url(text) end
--- Suspends: no. Where: anywhere.
--- Errors: nil and no error for what is not base64url; a wrong type raises.
---@param text string
---@return string? bytes  nil when it is not base64url
function crypto.unbase64url(text) end
--- In time that does not depend on where they differ: for passwords, tokens, signatures.
---
--- Suspends: no. Where: anywhere.
--- Errors: a wrong type raises.
---@param a string
---@param b string
---@return boolean
function crypto.equal(a, b) end

return crypto
