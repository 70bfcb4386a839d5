import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DPS_OWNER, DPS_RIGHTS, HUB_POLICIES } from "../../src/emulator/access-policy.ts";
import { RESOURCE_GROUP, managementClients } from "../conformance/support/management.ts";
import { formatSasToken } from "../support/sas-token.ts";
import type { ServiceRoute } from "../support/service-routes.ts";
import { tellingRoutes } from "../support/service-routes.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { HUB, emulatorForTest } from "./emulator-wire.ts";

/** A policy with what opens its doors. */
interface Policy {
  readonly name: string;
  readonly key: string;
  readonly rights: readonly string[];
}

let world: TestEmulator;
let agent: Agent;
const { log, routes: calls } = tellingRoutes();
const hubPolicies: Policy[] = [];
let dpsOwner: Policy;
/** One for each right. */
const dpsPolicies: Policy[] = [];

beforeAll(async () => {
  world = await emulatorForTest({ log });
  const { emulator, pki } = world;
  const { host, httpsPort: port } = emulator;
  agent = new Agent({ host, port, ca: pki.root.certificatePem, keepAlive: true });
  const { dps, hubs } = managementClients({ ...emulator, ca: pki.root.certificatePem });
  const [hubName = ""] = HUB.split(".");
  const [dpsName = ""] = emulator.dpsHost.split(".");
  for await (const policy of hubs.iotHubResource.listKeys(RESOURCE_GROUP, hubName))
    hubPolicies.push({
      name: policy.keyName,
      key: policy.secondaryKey ?? "",
      rights: policy.rights.split(", "),
    });
  const instance = await dps.iotDpsResource.get(dpsName, RESOURCE_GROUP);
  instance.properties.authorizationPolicies = DPS_RIGHTS.map((rights) => ({
    keyName: `only-${rights}`,
    rights,
  }));
  await dps.iotDpsResource.beginCreateOrUpdateAndWait(RESOURCE_GROUP, dpsName, instance);
  for await (const policy of dps.iotDpsResource.listKeys(dpsName, RESOURCE_GROUP)) {
    const { keyName: name, primaryKey: key = "" } = policy;
    const rights = policy.rights.split(", ");
    if (name === DPS_OWNER) dpsOwner = { name, key, rights };
    else dpsPolicies.push({ name, key, rights });
  }
});
afterAll(async () => {
  agent.destroy();
  await world.emulator.stop();
});

const nowS = (): number => Math.floor(Date.now() / 1000);

/** The status of a call with this token; parameters are filled with what nobody has. */
async function statusOf(
  { method, url }: ServiceRoute,
  host: string,
  token: string | undefined,
  body = "{}",
): Promise<number | undefined> {
  const asking = request({
    agent,
    // Names every host that is here; the service is found by the `Host` header.
    servername: HUB,
    method,
    path: `${url.replaceAll(/:\w+/g, "nobody")}?api-version=2021-04-12`,
    headers: {
      host,
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: token }),
    },
  });
  asking.end(["GET", "HEAD", "DELETE"].includes(method) ? undefined : body);
  const [answer]: IncomingMessage[] = await once(asking, "response");
  answer?.resume();
  return answer?.statusCode;
}

const tokenOf = ({ name, key }: Policy, host: string): string =>
  formatSasToken(host, { name, key }, nowS() + 600);

const HUB_RIGHTS = new Set<string>(Object.values(HUB_POLICIES).flat());
const hubCalls = (): ServiceRoute[] =>
  calls.filter(({ rights }) => rights.some((r) => HUB_RIGHTS.has(r)));
const dpsCalls = (): ServiceRoute[] =>
  calls.filter(({ rights }) => rights.length > 0 && !rights.some((r) => HUB_RIGHTS.has(r)));

test("every route needs a right, but for those of devices, of management and of the emulator itself", () => {
  const open = calls.filter(({ rights }) => rights.length === 0).map(({ url }) => url);
  const known = /^\/(?:emulator|subscriptions|:idScope\/registrations)\b/;
  expect(open.filter((url) => !known.test(url))).toEqual([]);
  expect(hubCalls().length).toBeGreaterThan(20);
  expect(dpsCalls().length).toBeGreaterThan(10);
});

test("every call at a hub is open to the policies with its right, and to no others", async () => {
  expect(hubPolicies.map(({ name, rights }) => [name, rights])).toEqual(
    Object.entries(HUB_POLICIES),
  );
  const wrong: unknown[] = [];
  for (const call of hubCalls())
    for (const policy of hubPolicies) {
      const isOpen = call.rights.some((right) => policy.rights.includes(right));
      const status = await statusOf(call, HUB, tokenOf(policy, HUB));
      if ((status !== 401) !== isOpen || status === 500) wrong.push({ call, policy, status });
    }
  expect(wrong).toEqual([]);
});

test("every call at DPS is open to the owner's policy, and to no key of a hub", async () => {
  const { dpsHost } = world.emulator;
  const wrong: unknown[] = [];
  for (const call of dpsCalls()) {
    const status = await statusOf(call, dpsHost, tokenOf(dpsOwner, dpsHost));
    if (status === 401 || status === 500) wrong.push({ call, status });
    for (const policy of hubPolicies) {
      const refused = await statusOf(call, dpsHost, tokenOf(policy, dpsHost));
      if (refused !== 401) wrong.push({ call, policy, refused });
    }
  }
  expect(wrong).toEqual([]);
});

test("every call at DPS is open to the policies with its right, and to no others", async () => {
  expect(dpsPolicies.map(({ rights }) => rights)).toEqual(DPS_RIGHTS.map((right) => [right]));
  const { dpsHost } = world.emulator;
  const wrong: unknown[] = [];
  for (const call of dpsCalls())
    for (const policy of dpsPolicies) {
      const isOpen = call.rights.some((right) => policy.rights.includes(right));
      const status = await statusOf(call, dpsHost, tokenOf(policy, dpsHost));
      if ((status !== 401) !== isOpen || status === 500) wrong.push({ call, policy, status });
    }
  expect(wrong).toEqual([]);
});

test("no call is open without a token, with one that is over, or with one of another host or key", async () => {
  const [owner] = hubPolicies;
  if (owner === undefined) throw new TypeError("no policy");
  const { name, key } = owner;
  const tokens = [
    undefined,
    "",
    "Bearer token",
    formatSasToken(HUB, { name, key }, nowS() - 3600),
    formatSasToken("other.azure-devices.net", { name, key }, nowS() + 600),
    formatSasToken(HUB, { name, key: Buffer.from("other").toString("base64") }, nowS() + 600),
    formatSasToken(HUB, { name: "service", key }, nowS() + 600),
    formatSasToken(HUB, { name: undefined, key }, nowS() + 600),
  ];
  const wrong: unknown[] = [];
  for (const call of hubCalls())
    for (const token of tokens) {
      const status = await statusOf(call, HUB, token);
      if (status !== 401) wrong.push({ call, token, status });
    }
  expect(wrong).toEqual([]);
});

test("a body is not looked at before token and right: what is no JSON is 401, and 400 for who may call", async () => {
  const put: ServiceRoute = { method: "PUT", url: "/devices/nobody", rights: [] };
  const [owner, service] = hubPolicies;
  if (owner === undefined || service === undefined) throw new TypeError("no policy");
  expect(await statusOf(put, HUB, undefined, "{")).toBe(401);
  expect(await statusOf(put, HUB, tokenOf(service, HUB), "{")).toBe(401);
  expect(await statusOf(put, HUB, tokenOf(owner, HUB), "{")).toBe(400);
  const elsewhere = "elsewhere.azure-devices.net";
  expect(await statusOf(put, elsewhere, tokenOf(owner, HUB), "{")).toBe(404);
});
