// The same for the document of MikoPBX's `openapi:getSpecification`: what its published page shows, step by step, with
// a bearer. Arguments: address, global key, tenant key.
import { Client, equal } from "./caller.js";

const [base, globalKey] = process.argv.slice(2);
if (!base || !globalKey) throw new Error("usage: mikopbx URL GLOBAL_KEY");
const V3 = "/pbxcore/api/v3";
const pbx = new Client(base, globalKey, "bearer");

function employee(number: string, name: string) {
  return { number, user_username: name, sip_secret: `Str0ng-Pass-${number}!` };
}

async function employees(): Promise<void> {
  const made = await pbx.post(`${V3}/employees`, { body: {
    ...employee("283", "John Smith"), user_email: "john@example.com", mobile_number: "+79001234567", sip_dtmfmode: "auto",
    sip_transport: "udp", sip_enableRecording: true, fwd_ringlength: 45, fwd_forwarding: "284",
    fwd_forwardingonbusy: "hangup", fwd_forwardingonunavailable: "busy" } });
  equal([made.result, made.data.number, made.data.fwd_ringlength], [true, "283", 45], "an employee");
  const batch = await pbx.post(`${V3}/employees:batchCreate`, { body: {
    employees: [employee("291", "Batch 1"), employee("292", "Batch 2")], mode: "create", skip_errors: true } });
  equal(batch.data.stats.created, 2, "a batch");
  const listed = await pbx.get(`${V3}/employees`, { query: { limit: 100, offset: 0 } });
  equal(["283", "291", "292"].filter((number) => !listed.data.data.some((it) => it.number === number)), [], "listed");
  const one = await pbx.get(`${V3}/employees/{id}`, { path: { id: made.data.id } });
  equal(one.data.user_username, "John Smith", "by its id");
  const changed = await pbx.patch(`${V3}/employees/{id}`, { path: { id: made.data.id }, body: { mobile_number: "" } });
  equal(changed.data.mobile_number, "", "patched");
}

async function providers(): Promise<void> {
  const made = await pbx.post(`${V3}/sip-providers`, { body: {
    description: "Example provider", host: "127.0.0.1", username: "example", secret: "Example-Pass-1", port: 5099,
    registration_type: "none", qualify: false, transport: "udp", dtmfmode: "auto", disabled: false } });
  const { data } = await pbx.get(`${V3}/sip-providers`);
  const row = data.find((it) => it.id === made.data.id);
  equal([row?.host, typeof row?.state], ["127.0.0.1", "string"], "a provider in the list");
  const route = await pbx.post(`${V3}/incoming-routes`, { body: {
    number: "74950000001", extension: "291", provider: made.data.id, rulename: "Main" } });
  equal(route.data.provider, made.data.id, "a route in");
  const out = await pbx.post(`${V3}/outbound-routes`, { body: {
    rulename: "Out", providerid: made.data.id, numberbeginswith: "7", restnumbers: 10 } });
  equal(out.data.restnumbers, 10, "a route out");
  await pbx.delete(`${V3}/sip-providers/{id}`, { path: { id: made.data.id } });
}

async function history(): Promise<void> {
  const period = { dateFrom: "2021-01-01T00:00:00", dateTo: "2021-12-31T23:59:59", limit: 100, offset: 0 };
  const empty = await pbx.get(`${V3}/cdr`, { query: period });
  equal([empty.data.records.length, empty.data.pagination.total], [0, 0], "a period without calls");
  const all = await pbx.get(`${V3}/cdr`, { query: { limit: 10 } });
  const call = all.data.records[0];
  if (!call || !("records" in call)) throw new Error(`no call: ${JSON.stringify(all.data)}`);
  equal([call.disposition, call.totalBillsec, call.records.length], ["ANSWERED", 9, 1], "a call");
  equal(typeof call.records[0]?.dtmf_digits, "string", "its leg");
}

async function states(): Promise<void> {
  const active = await pbx.get(`${V3}/pbx-status`);
  equal(active.data, [], "no call is active");
  const keys = await pbx.get(`${V3}/api-keys`);
  equal(Array.isArray(keys.data), true, "keys");
}

await employees();
await providers();
await history();
await states();
console.log("client: the page of MikoPBX does what it shows");
