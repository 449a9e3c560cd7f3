-- /firewall: the network filters, made and changed. Ports and banned addresses are the machine's own.
local network = require "mikopbx.lib.network"
local refusal = require "mikopbx.lib.refusal"
local resource = require "mikopbx.lib.resource"
local value_of = require "lib.value"

local REFUSED = {
  getBannedIps = "GET /firewall:getBannedIps", unbanIp = "POST /firewall:unbanIp", enable = "POST /firewall:enable",
  disable = "POST /firewall:disable", changePriority = "POST /firewall:changePriority",
}

local firewall = resource.of(value_of.merged(network, {
  path = "firewall", summary = "Networks that phones and keys may come from.",
  rules = {
    network = { max = 45 }, subnet = { type = "integer", min = 0, most = 32, default = 24 },
    deny = { max = 100, default = "0.0.0.0/0" }, description = { max = 255, default = "" },
    local_network = { type = "boolean", default = false },
  },
  required = { "network" },
  -- What a packet filter does by port.
  without = { "newer_block_ip", "currentRules" },
  actions = refusal.actions(REFUSED),
}))

return refusal.handlers(firewall, REFUSED, "is not done here: the machine is its operator's")
