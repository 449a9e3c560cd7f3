// A client written against the types that openapi-typescript makes of the document, and nothing
// else. It compiles only if the document has a place for every field the examples of the API's
// manual send, and it runs those examples. Arguments: address, global key, tenant key.
import type { components } from "./api.js";
import { Client, equal, type Body, type Operation, type Query } from "./caller.js";

const [base, globalKey, tenantKey] = process.argv.slice(2);
if (!base || !globalKey || !tenantKey) throw new Error("usage: client URL GLOBAL_KEY TENANT_KEY");

const admin = new Client(base, globalKey);
const own = new Client(base, tenantKey);
const tenant = "DEMO";

type Made<T> = T extends { related: unknown } ? T : never;

// A create answers the object, a list of them, or what a dry run would have made.
function one<T>(answer: T): Made<T> {
  if (Array.isArray(answer) || typeof answer !== "object" || answer === null || !("related" in answer)) {
    throw new Error(`not one object: ${JSON.stringify(answer).slice(0, 200)}`);
  }
  return answer as Made<T>;
}

function id(object: { id?: number }): number {
  if (object.id === undefined) throw new Error("an object without id");
  return object.id;
}

type Destinations = Record<string, { tag: string }[]>;

function tags(object: { related: unknown }, key: string): string[] {
  const related = object.related as { destinations: Destinations | [] };
  return Array.isArray(related.destinations) ? [] : (related.destinations[key] ?? []).map((it) => it.tag);
}

async function extensions(): Promise<number> {
  const made = one(await own.post("/extensions", {
    query: { tenant }, body: { number: "210", name: "API Demo", tech: "PJSIP", password: "change-this-secret" },
  }));
  const nested = one(await own.post("/extensions", {
    query: { tenant },
    body: { ex_number: "211", ex_name: "Reception", ex_tech: "PJSIP", ps_aors: { max_contacts: 99 },
      ps_endpoints: { allow: "alaw:20;ulaw:20" }, ps_auths: { password: "secret-password" } },
  }));
  equal(nested.number, "211", "nested technology fields");
  const list = await own.get("/extensions", { query: { tenant } });
  equal(list.some((it) => it.number === "210"), true, "the list holds it");
  const byNumber = await own.get("/extensions/number/{number}", { path: { number: "210" }, query: { tenant } });
  equal(byNumber.id, made.id, "by number");
  for (const way of ["header", "bearer", "query"] as const) {
    const by = new Client(base!, tenantKey!, way);
    equal((await by.get("/extensions", { query: { tenant } })).length, list.length, `list, key by ${way}`);
    equal((await by.get("/extension", { query: { number: "210", tenant } })).id, made.id, `by number, key by ${way}`);
    equal((await by.get("/extension", { query: { id: id(made), tenant } })).name, "API Demo", `by id, key by ${way}`);
  }
  equal((await own.get("/extensions/{id}", { path: { id: id(made) }, query: { tenant } })).number, "210", "id in the path");
  equal(byNumber.password, undefined, "no password for a tenant's key");
  equal((await admin.get("/extension", { query: { number: "210", tenant } })).password, "change-this-secret",
    "the password for the global full key");
  one(await own.patch("/extension", {
    query: { id: id(made), tenant },
    body: { ex_name: "Reception Desk", ex_callgroup: "1,2", ex_pickupgroup: "1,2" },
  }));
  const box = one(await own.post("/voicemails", {
    query: { tenant }, body: { mailbox: "299", fullname: "Sales", password: "1234", email: "sales@example.com" },
  }));
  const busy = one(await own.patch("/extension", {
    query: { id: id(made), tenant }, body: { onbusy: [`VOICEMAIL-${id(box)}`] },
  }));
  equal(tags(busy, "EXT-BUSY"), [`VOICEMAIL-${id(box)}`], "onbusy");
  const same = one(await own.patch("/extensions/{id}", {
    path: { id: id(made) }, query: { tenant }, body: { destinations: { "EXT-BUSY": ["SAMENUMBERVM"] } },
  }));
  equal(tags(same, "EXT-BUSY"), ["SAMENUMBERVM"], "the same-number box");
  equal(tags(one(await own.put("/extensions/{id}", {
    path: { id: id(made) }, query: { tenant }, body: { onbusy: [] },
  })), "EXT-BUSY"), [], "an empty array clears");
  const gone = await own.delete("/extension", { query: { id: id(nested), tenant } });
  equal(gone, { deleted: true, id: id(nested), number: "211" }, "delete");
  return id(made);
}

async function routing(extension: number): Promise<void> {
  const did = one(await own.post("/dids", {
    query: { tenant },
    body: { di_number: "390212345679", di_comment: "Main number",
      destinations: { DID: [`EXT-${extension}`], "DID-UNCONDITIONAL": [{ type: "EXT", id: extension }] } },
  }));
  equal(tags(did, "DID-UNCONDITIONAL"), [`EXT-${extension}`], "destination as an object");
  one(await own.patch("/did", { query: { id: id(did), tenant }, body: { destinations: { DID: [`EXT-${extension}`] } } }));
  const queue = one(await own.post("/queues", {
    query: { tenant },
    body: { qu_name: "Support", qu_number: "710", queue: { strategy: "ringall", timeout: 20 },
      members: [{ membername: "100", interface: `Local/AG-000-NF-${extension}@fromotherpbx/n`,
        state_interface: "Custom:100", member_device: "100", penalty: 0, paused: 0 }] },
  }));
  const renamed = one(await own.patch("/queues/{id}", {
    path: { id: id(queue) }, query: { tenant }, body: { name: "Accounting Support" },
  }));
  equal(renamed.name, "Accounting Support", "update a queue name");
}

async function others(): Promise<void> {
  one(await admin.post("/featurecodes", { query: { global: "yes" }, body: { code: "*57", comment: "Pickup" } }));
  const room = one(await own.post("/conferencerooms", {
    query: { tenant }, body: { name: "Weekly Meeting", number: "901", pin: "1234", adminpin: "4321", maxusers: 10 },
  }));
  equal(room.name, "Weekly Meeting", "conference room");
  const sound = one(await own.post("/mediafiles", {
    query: { tenant }, body: { name: "Song", format: "wav", data_base64: "UklGRg==" },
  }));
  one(await own.post("/musiconholds", {
    query: { tenant }, body: { name: "Support Hold", mediafiles: [id(sound)], default: "on" },
  }));
  const campaign = one(await own.post("/campaigns", { query: { tenant }, body: { name: "Autumn" } }));
  one(await own.post("/campaignnumbers", {
    query: { tenant }, body: { campaign_id: id(campaign), number: "390212345678", description: "Lead A" },
  }));
  const job = one(await own.post("/cronjobs", { query: { tenant }, body: { name: "Once", minute: "0" } }));
  equal(one(await own.patch("/cronjob", { query: { id: id(job), tenant }, body: { run: "yes" } })).cr_run, "yes",
    "run a cron job");
}

async function administration(): Promise<void> {
  const profile = one(await admin.post("/routingprofiles", {
    body: { name: "Docs Demo Voice Routing", description: "Documentation example", type: "VOICE" },
  }));
  const code = await admin.get("/tenants");
  const first: components["schemas"]["TenantRow"] | undefined = code[0];
  if (!first) throw new Error("no tenant");
  one(await admin.patch("/tenant", {
    query: { id: id(first) }, body: { te_payment_type: "Post Paid", routing_profile_id: id(profile) },
  }));
  one(await admin.post("/userprofiles", {
    body: { name: "Helpdesk 2", description: "Helpdesk operators", privileges: [12, 18, 25] },
  }));
  one(await admin.post("/users", {
    body: { username: "operator 2", password: "change-me", profile_id: 1, tenants: [id(first)],
      routingprofiles: [id(profile)], allowed_userprofiles: [1] },
  }));
  const calls = await own.get("/cdrs", { query: { tenant } });
  equal(Array.isArray(calls), true, "call records");
}

// openapi.php?object=…&action=…, whose answers the paths of the objects have the types of.
type Named = { id: number; name?: string; fullname?: string };

async function compatibility(): Promise<void> {
  const ask = { tenant, object: "extension" as const };
  const post = async (query: Query<Operation<"/", "post">>, body: Body<Operation<"/", "post">>) =>
    (await own.post("/", { query, body })) as unknown as Named;
  for (const [action, number] of [["add", "220"], ["create", "221"]] as const) {
    const body = { number, name: "Compatible", tech: "PJSIP", password: "secret-password" };
    const made = await post({ ...ask, action }, body);
    const list = (await own.get("/", { query: { ...ask, action: "list" } })) as unknown as Named[];
    equal(list.some((it) => it.id === made.id), true, "object=extension&action=list");
    const byId = (await own.get("/", { query: { ...ask, action: "info", id: made.id } })) as unknown as Named;
    const byNumber = (await own.get("/", { query: { ...ask, action: "info", number } })) as unknown as Named;
    equal([byId.id, byNumber.id], [made.id, made.id], "action=info by id and by number");
    const name = (text: string) => ({ name: text });
    const put = await own.put("/", { query: { ...ask, action: "update", objectid: made.id }, body: name("Updated") });
    equal((put as unknown as Named).name, "Updated", "PUT action=update&objectid");
    const patched = await own.patch("/", { query: { ...ask, action: "modify", objectid: made.id }, body: name("Modified") });
    equal((patched as unknown as Named).name, "Modified", "PATCH action=modify&objectid");
    const gone: unknown = await own.delete("/", { query: { ...ask, action: "delete", objectid: made.id } });
    equal(gone, { deleted: true, id: made.id, number }, "DELETE action=delete&objectid");
  }
  const box = { tenant, object: "voicemail" as const };
  const fields = { mailbox: "298", fullname: "Sales", password: "1234" };
  const made = await post({ ...box, action: "create" }, fields);
  const boxes = (await own.get("/", { query: { ...box, action: "list" } })) as unknown as Named[];
  equal(boxes.some((it) => it.id === made.id), true, "object=voicemail&action=list");
  const seen = (await own.get("/", { query: { ...box, action: "info", id: made.id } })) as unknown as Named;
  equal(seen.fullname, "Sales", "object=voicemail&action=info");
  const changed = await post({ ...box, action: "modify", id: made.id }, { fullname: "Support" });
  equal(changed.fullname, "Support", "object=voicemail&action=modify");
  const gone: unknown = await own.delete("/", { query: { ...box, action: "delete", id: made.id } });
  equal(gone, { deleted: true, id: made.id, object: "voicemail" }, "object=voicemail&action=delete");
}

// The three more addresses of the document, without a key.
async function documents(): Promise<void> {
  const one = JSON.stringify(await own.get("/openapi.json"));
  equal(JSON.stringify(await own.get("/swagger.json")), one, "/swagger.json");
  for (const address of ["", "?spec=1"]) {
    equal(JSON.stringify(await (await fetch(base + address)).json()), one, `openapi.php${address}`);
  }
}

// What every list of the generic endpoints answers: an array, with the key of an administrator.
async function lists(): Promise<void> {
  const all = [
    "/voicemails", "/tenants", "/users", "/userprofiles", "/routingprofiles", "/conditions", "/ivrs", "/customdestinations",
    "/huntlists", "/dids", "/queues", "/settings", "/mediafiles", "/musiconholds", "/paginggroups", "/conferencerooms",
    "/flows", "/tenantvariables", "/disas", "/calleridblacklists", "/campaigns", "/campaignnumbers", "/cronjobs",
    "/featurecodes", "/shortnumbers", "/provisioningphones",
  ] as const;
  for (const path of all) {
    const rows: unknown = await admin.get(path);
    equal(Array.isArray(rows), true, path);
  }
  const global = await admin.get("/featurecodes", { query: { global: "yes" } });
  equal(global.every((it) => it.fe_te_id === "0"), true, "featurecodes?global=yes");
}

const extension = await extensions();
await routing(extension);
await others();
await administration();
await compatibility();
await documents();
await lists();
console.log("client: every example of the manual works");
