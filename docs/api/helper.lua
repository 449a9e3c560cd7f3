---@meta
-- Module `helper`: programs of the machine that the operator allows scripts to run, by the names of `[helpers]` in the
-- configuration. A script names a helper and never a program; no shell reads anything. With none named, the default,
-- nothing runs.
helper = {}

--- Run a helper and wait for its end. The arguments are added to those of the operator as words of their own, and
--- nobody splits or interprets them; the program itself may take one that begins with "-" for an option, so the
--- operator ends his own with "--" where scripts pass what others have sent. Standard input is `input`, or empty.
---
--- The program runs as the host's own user, in the folder "/", with PATH and LC_ALL=C for an environment and without the
--- host's descriptors. What needs another user names `sudo` (or `systemctl`, which asks polkit) in its argv: the host
--- never changes users itself. It is killed with its process group when `helpers.seconds` or the time of the
--- request is over, when the request is gone, and what it left in its group when it ends; what sudo started belongs to
--- another user and cannot be killed, so such an argv has a `timeout` of its own. Both outputs together are kept up to
--- `helpers.output_kb`; the rest is thrown away and `cut` is true. `helpers.at_once` run at the same time, those that
--- were given up and still live included.
---
--- The log says the name, the exit code and the time, never arguments, input or output. Any script may run any helper that
--- is named: who may ask is checked by the script.
---
--- Suspends: yes. Where: handlers, jobs, commands.
--- Errors: `not_found` the operator named no such helper; `timeout`; `unavailable` too many run, or it cannot be started;
--- `invalid` more than 32 arguments, one longer than 4096 bytes or with a NUL, input above 1 MiB. Wrong types raise.
---
--- ```lua
--- local done, err = helper.run("reboot")
--- if err and err.code ~= "not_found" then log.warn("not rebooted", { reason = err.message }) end
--- ```
---@async
---@param name string
---@param args? string[]
---@param input? string
---@return {code: integer, out: string, err: string, cut: boolean}? ended  `code` as in a shell: 128 and the number of the signal that ended it
---@return Error? err
function helper.run(name, args, input) end

--- True when the operator named a helper so.
---
--- Suspends: no. Where: anywhere; while scripts load, in tools that only check them, none is named.
--- Errors: none.
---@param name string
---@return boolean
function helper.named(name) end

return helper
