// The client that @hey-api/openapi-ts makes of the document: makes, gets, lists, changes and deletes an extension, a
// queue, a DID and a user. Arguments: address, global key.
import { client } from "./made/client.gen.js";
import * as api from "./made/sdk.gen.js";

const [address, key] = process.argv.slice(2);
if (!address || !key) throw new Error("usage: client URL GLOBAL_KEY");
client.setConfig({ baseUrl: address, auth: (auth) => (auth.type === "apiKey" && auth.in !== "query" ? key : undefined),
  throwOnError: true });

function equal<T>(is: T, wanted: T, what: string): void {
  if (JSON.stringify(is) !== JSON.stringify(wanted)) throw new Error(`${what}: ${JSON.stringify(is)}`);
}

type Row<T> = T extends { related: unknown } ? T : never;

// A create answers the object, a list of them, or what a dry run would have made.
function one<T>(answer: { data: T | undefined }): Row<T> {
  const { data } = answer;
  if (typeof data !== "object" || data === null || !("related" in data)) throw new Error(`no object: ${JSON.stringify(data)}`);
  return data as Row<T>;
}

const query = { tenant: "DEMO" };
const goal = one(await api.createExtension({ query, body: { number: "271", name: "Goal", tech: "PJSIP" } }));
const there = `EXT-${goal.id}`;

async function extension(): Promise<void> {
  const path = { id: one(await api.createExtension({
    query, body: { number: "270", name: "Made", tech: "PJSIP", onbusy: [there], ps_endpoints: { allow: "alaw" } } })).id };
  one(await api.updateExtension({ path, query, body: { ex_name: "Changed" } }));
  const got = one(await api.getExtension({ path, query }));
  equal(got.name, "Changed", "name");
  equal(got.related.callgroups, [], "call groups");
  const endpoint = got.tech_details?.endpoint;
  equal(typeof endpoint === "object" ? endpoint.allow : undefined, "alaw", "the technology's row");
  const leads = got.related.destinations;
  equal(Array.isArray(leads) ? undefined : leads["EXT-BUSY"]?.[0]?.tag, there, "destination");
  equal((await api.listExtension({ query })).data?.some((it) => it.id === path.id), true, "listed");
  equal((await api.deleteExtension({ path, query })).data?.deleted, true, "deleted");
}

async function queue(): Promise<void> {
  const path = { id: one(await api.createQueue({ query, body: {
    qu_name: "Made", qu_number: "770", queue: { strategy: "ringall", timeout: 20 },
    members: [{ membername: "270", interface: "Local/AG-000-NF-1@fromotherpbx/n", state_interface: "Custom:270" }] } })).id };
  equal(one(await api.updateQueue({ path, query, body: { name: "Changed" } })).name, "Changed", "name");
  const got = one(await api.getQueue({ path, query }));
  equal(got.related.members[0]?.membername, "270", "member");
  equal((await api.listQueue({ query })).data?.some((it) => it.id === path.id), true, "listed");
  equal((await api.deleteQueue({ path, query })).data?.deleted, true, "deleted");
}

async function did(): Promise<void> {
  const path = { id: one(await api.createDid({ query, body: {
    di_number: "390212345681", destinations: { DID: [there] } } })).id };
  equal(one(await api.updateDid({ path, query, body: { di_comment: "Changed" } })).di_comment, "Changed", "comment");
  const leads = one(await api.getDid({ path, query })).related.destinations;
  equal(Array.isArray(leads) ? undefined : leads["DID"]?.[0]?.tag, there, "destination");
  equal((await api.listDid({ query })).data?.some((it) => it.id === path.id), true, "listed");
  equal((await api.deleteDid({ path, query })).data?.deleted, true, "deleted");
}

async function user(): Promise<void> {
  const path = { id: one(await api.createUser({ body: { username: "made too", password: "change-me-9", profile_id: 1 } })).id };
  one(await api.updateUser({ path, body: { email: "made@example.com" } }));
  equal(one(await api.getUser({ path })).us_email, "made@example.com", "mail");
  equal((await api.listUser()).data?.some((it) => it.id === path.id), true, "listed");
  equal((await api.deleteUser({ path })).data?.deleted, true, "deleted");
}

await extension();
await queue();
await did();
await user();
equal((await api.deleteExtension({ path: { id: goal.id }, query })).data?.deleted, true, "deleted");
