---@meta
-- Module `console`: what a command of the command line says. Scripts of requests and jobs have none.
console = {}
--- Adds text to what the command prints when it has ended well. No line break is added.
---
--- Suspends: no. Where: commands.
--- Errors: outside of a command, or after 64 MiB, it raises.
---@param text string
function console.print(text) end
