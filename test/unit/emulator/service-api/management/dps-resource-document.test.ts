import fc from "fast-check";
import { expect, test } from "vitest";
import { messageOf } from "../../../../../src/base/errors.ts";
import {
  DPS_POLICIES,
  HUB_POLICIES,
  newPolicies,
} from "../../../../../src/emulator/access-policy.ts";
import { LinkedHubs } from "../../../../../src/emulator/dps/linked-hubs.ts";
import { randomKey } from "../../../../../src/emulator/random-key.ts";
import { ServiceFault } from "../../../../../src/emulator/fault.ts";
import type { LinkableHub } from "../../../../../src/emulator/service-api/management/dps-resource-document.ts";
import {
  dpsResourceDocument,
  parseDpsResource,
} from "../../../../../src/emulator/service-api/management/dps-resource-document.ts";
import { surroundingsFrom } from "../../../../../src/emulator/surroundings.ts";

const newHub = (name: string): LinkableHub => ({
  hostName: `${name}.azure-devices.net`,
  policies: newPolicies(HUB_POLICIES),
  stateOf: () => undefined,
  provision: () => {},
  remove: () => {},
});
const all = ["a", "b", "c"].map(newHub);
const hubs = new Map(all.map((hub) => [hub.hostName, hub]));
const names = { idScope: "0ne", dpsHost: "dps", provisioningHost: "global" };
const context = { hubs, linkedHubsMax: 3, newKey: randomKey };
const emptyDps = (): LinkedHubs =>
  new LinkedHubs(surroundingsFrom({}), { iotHubs: [], policies: newPolicies(DPS_POLICIES) });

test("what is shown is read as what is set", () => {
  const settings = fc.record({
    iotHubs: fc.subarray(all).chain((some) =>
      fc.tuple(
        ...some.map((hub) =>
          fc.record({
            hub: fc.constant(hub),
            policyName: fc.constant("iothubowner"),
            location: fc.string(),
            allocationWeight: fc.integer({ min: 1, max: 1000 }),
            applyAllocationPolicy: fc.boolean(),
          }),
        ),
      ),
    ),
    allocationPolicy: fc.constantFrom("hashed", "geoLatency", "static"),
    policies: fc.constantFrom(
      newPolicies(DPS_POLICIES),
      newPolicies({ ...DPS_POLICIES, reader: ["EnrollmentRead", "RegistrationStatusRead"] }),
    ),
  });
  fc.assert(
    fc.property(settings, (given) => {
      const linkedHubs = emptyDps();
      linkedHubs.replace(given, undefined);
      const document: unknown = JSON.parse(JSON.stringify(dpsResourceDocument(linkedHubs, names)));
      expect(parseDpsResource(document, { ...context, linkedHubs })).toEqual(given);
    }),
  );
});

/** What the connection string of a policy of the first hub links, or what is wrong with it. */
function linked(policyName: string, key: string): string {
  const connectionString = `HostName=A.azure-devices.net;SharedAccessKeyName=${policyName};SharedAccessKey=${key}`;
  const body = { properties: { iotHubs: [{ connectionString }] } };
  try {
    const [link] = parseDpsResource(body, { ...context, linkedHubs: emptyDps() }).iotHubs;
    return `${link?.hub.hostName} by ${link?.policyName}`;
  } catch (error) {
    return messageOf(error);
  }
}

test("either key of a policy that may write the registry and call the service will do", () => {
  for (const { name, primaryKey, secondaryKey } of all[0]?.policies ?? []) {
    const answer =
      name === "iothubowner" ? "a.azure-devices.net by iothubowner" : `${name} lacks the right to`;
    expect(linked(name, primaryKey)).toContain(answer);
    expect(linked(name, secondaryKey)).toContain(answer);
  }
});

test("a masked key is no key of a hub that is not linked", () => {
  expect(linked("iothubowner", "****")).toContain("another key");
});

function statusOf(body: unknown): number {
  try {
    parseDpsResource(body, { ...context, linkedHubs: emptyDps() });
    return 200;
  } catch (error) {
    if (error instanceof ServiceFault) return error.status;
    throw error;
  }
}

test("any body is read, or refused as a client's fault", () => {
  const iotHubs = fc.oneof(
    fc.jsonValue(),
    fc.array(fc.record({ connectionString: fc.string(), allocationWeight: fc.jsonValue() })),
  );
  const bodies = fc.record({
    properties: fc.record({ iotHubs, allocationPolicy: fc.jsonValue() }),
  });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), bodies), (body) => {
      expect([200, 400]).toContain(statusOf(body));
    }),
  );
});

test("more hubs than the limit are refused", () => {
  const iotHubs = all.map(({ hostName, policies: [owner] }) => ({
    connectionString: `HostName=${hostName};SharedAccessKeyName=iothubowner;SharedAccessKey=${owner?.primaryKey}`,
  }));
  const given = { hubs, linkedHubs: emptyDps() };
  const parse = (linkedHubsMax: number) => () =>
    parseDpsResource({ properties: { iotHubs } }, { ...given, newKey: randomKey, linkedHubsMax });
  expect(parse(3)().iotHubs).toHaveLength(3);
  expect(parse(2)).toThrow("properties.iotHubs: expected at most 2");
});
