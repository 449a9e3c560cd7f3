-- Extensions: the row, what Asterisk reads to let a phone register, groups, lamp and destinations.
local around = require "model.extension.change"
local body = require "model.extension.body"
local limit = require "model.limit"
local numbering = require "model.numbering"
local object = require "engine.object"
local peer = require "model.peer"
require "model.lookup"
local technology = require "model.extension.technology"
local view = require "model.extension.view"

local extension = object {
  name = "extension", summary = "A phone, or what stands in for one, with its number.",
  table = "ex_extensions", id = "ex_id", tenant = "ex_te_id", label = "ex_name",
  unfollowed = require("model.unfollowed").ex_extensions,
  required = { "ex_number" },
  example = { number = "210", name = "API Demo", tech = "PJSIP", password = "change-this-secret" },
  number_column = "ex_number",
  tags = { "EXT", "SMS", FORWARD = { any_id = true } },
  named_by = {
    { name = "provisioningphone", table = "pn_phonelines JOIN ph_phones ON ph_id = pn_ph_id",
      id = "ph_id", label = "ph_name", columns = { "pn_ex_id" } },
  },
  columns = {
    ex_number = { pattern = "[%w*#_+.]+", max = 40 }, ex_email = { max = 255 },
    ex_tech = { enum = technology.NAMES, upper = true },
    ex_callgroup = { list = true, pattern = "[%w,_ ]*" },
    ex_pickupgroup = { list = true, pattern = "[%w,_ ]*" },
    ex_mailbox = { pattern = "[%w@._-]*", border = "boxes" },
    ex_dnd = { enum = { "on", "" } }, ex_enabled = { enum = { "yes", "no", "" } },
    ex_callallowed = { enum = { "", "all", "internal", "none" } },
  },
  references = {
    routingprofile = { "ex_rp_id" }, userprofile = { "ex_up_id" },
    callerid = { "ex_cr_id" }, musiconhold = { "ex_mu_id" },
    condition = { "ex_oncondition_id", "ex_fmfmonconditionid" },
    mediafile = { "ex_fmfmconfirmmessage_id" },
  },
  readonly = { "ex_tech_id" },
  aliases = {
    number = "ex_number", name = "ex_name", tech = "ex_tech", mailbox = "ex_mailbox",
    email = "ex_email", callgroups = "ex_callgroup", pickupgroups = "ex_pickupgroup",
  },
  secrets = {
    "ex_webpassword", "ex_token", "ex_2fa_param1", "ex_2fa_param2", "ex_2fa_param3", "ex_lockpin",
  },
  destinations = {
    ["EXT-UNCONDITIONAL"] = { "unconditional" },
    ["EXT-NOANSWER"] = { "onnoanswer", "noanswer", "no_answer" },
    ["EXT-BUSY"] = { "onbusy", "busy" },
    ["EXT-OFFLINE"] = { "onoffline", "offline" },
    ["EXT-ONCONDITION"] = { "oncondition", "condition" },
    ["EXT-DIALBYNAME"] = { "dialbyname", "dial_by_name" },
    ["EXT-ONLYALLOWCALL"] = { "onlyallowcall", "only_allow_call" },
    ["EXT-DONOTCALL"] = { "donotcall", "do_not_call" },
  },
  list_columns = {
    { "ex_id", "id" }, { "ex_number", "number" }, { "ex_name", "name" }, { "ex_tech", "tech" },
  },
  joins = "JOIN te_tenants t ON t.te_id = o.ex_te_id "
    .. "LEFT JOIN st_states s ON s.st_extension = " .. peer.sql("o.ex_number", "t.te_code") .. " "
    .. "LEFT JOIN ps_auths a ON a.id = o.ex_tech_id "
    .. "LEFT JOIN sipfriends f ON f.name = o.ex_tech_id",
  extras = {
    { sql = "t.te_code", name = "tenant_code" }, { sql = "t.te_name", name = "tenant_name" },
    { sql = "o.ex_number", name = "number" }, { sql = "o.ex_tech", name = "tech" },
    { sql = "coalesce(a.username, f.defaultuser, f.name)", name = "username" },
    { sql = "s.st_state", name = "state" }, { sql = "s.st_state", name = "st_state" },
    { sql = "s.st_timestamp", name = "st_timestamp" }, { sql = "s.st_peername", name = "st_peername" },
    { sql = "coalesce(a.password, f.secret)", name = "password", secret = true },
  },
  children = technology.CHILDREN,
  annexes = {
    { name = "mk_employees", key = "me_ex_id", columns = { me_manualattributes = { multiline = true } } },
    { name = "ks_users", key = "ku_ex_id" }, { name = "eh_extensionhashes", key = "eh_ex_id" },
  },
  body = {
    password = { type = "string", description = "SIP secret or PJSIP password; made when left out." },
    username = { type = "string", description = "Name the phone authenticates with." },
    realextensions = { type = "array", items = { type = "integer", minimum = 1 },
      description = "Ids of the extensions a VIRTUAL extension rings." },
  },
  normalize = body.normalize, along = body.along,
  before = around.before, after = around.after, committed = around.committed,
  sections = view.sections, related = view.related, shown = view.SHOWN,
}
numbering.plan(extension, "ex_number", "EXT")

--- An extension of the tenant by its number.
function extension.by_number(ctx, number)
  return extension.find(ctx, { ex_number = number })
end

--- NUMBER-TENANT: the name of the peer, its lamp and its state.
function extension.peer(row) return peer.name(row.ex_number, row.tenant_code) end

--- What to dial to ring this extension alone.
function extension.device(row)
  if technology.PHONES[row.ex_tech] then return row.ex_tech .. "/" .. extension.peer(row) end
  return ("Local/AG-000-NF-%d@fromotherpbx/n"):format(row.ex_id)
end

--- How many extensions a tenant may have; nil without an error when there is no limit.
function extension.limit(ctx) return limit.of(ctx.tenant.id, "te_maxextensions") end

return extension
