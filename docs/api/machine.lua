---@meta
-- Module `machine`: what the machine says of its own network, read anew at each call.
machine = {}

--- Network interfaces but loopback, in the kernel's order, each with its first IPv4 address.
---
--- Suspends: no. Where: anywhere.
--- Errors: none; what cannot be read is an empty list.
---
--- ```lua
--- for _, it in ipairs(machine.interfaces()) do log.info(it.name, { address = it.address }) end
--- ```
---@return {name: string, up: boolean, address?: string, netmask?: string}[]
function machine.interfaces() end

--- IPv4 routes by a gateway; `destination` is `"192.168.1.0/24"`, of the default route `"0.0.0.0/0"`.
---
--- Suspends: no. Where: anywhere.
--- Errors: none; what cannot be read is an empty list.
---@return {interface: string, destination: string, gateway: string}[]
function machine.routes() end

--- Addresses of the name servers, in the order of resolv.conf.
---
--- Suspends: no. Where: anywhere.
--- Errors: none; what cannot be read is an empty list.
---@return string[]
function machine.name_servers() end

return machine
