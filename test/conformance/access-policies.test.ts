import iothub from "azure-iothub";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redirect } from "../integration/emulator-service-clients.ts";
import { RESOURCE_GROUP } from "./support/management.ts";
import type { Management } from "./support/management.ts";
import { returnCodeAt, sasToken } from "./support/raw-hub.ts";
import type { Target } from "./support/target.ts";
import { HAS_MANAGEMENT, conformanceTarget } from "./support/target.ts";

let target: Target;
let management: Management;
beforeAll(async () => {
  target = await conformanceTarget();
  if (target.management !== undefined) management = target.management;
});
afterAll(() => target[Symbol.asyncDispose]());

const nameOf = (hostName: string): string => hostName.split(".")[0] ?? "";

/** A new hub's policies and their rights. */
const POLICIES = [
  ["iothubowner", "RegistryRead, RegistryWrite, ServiceConnect, DeviceConnect"],
  ["service", "ServiceConnect"],
  ["device", "DeviceConnect"],
  ["registryRead", "RegistryRead"],
  ["registryReadWrite", "RegistryRead, RegistryWrite"],
] as const;

const keysOf = (policy: string) =>
  management.hubs.iotHubResource.getKeysForKeyName(RESOURCE_GROUP, nameOf(target.hub), policy);

/** Microsoft's registry client with a policy of one's choice. */
async function registryOf(policy: string): Promise<iothub.Registry> {
  const { keyName, secondaryKey } = await keysOf(policy);
  const connection = `HostName=${target.hub};SharedAccessKeyName=${keyName};SharedAccessKey=${secondaryKey}`;
  const registry = iothub.Registry.fromConnectionString(connection);
  if (target.agent !== undefined) redirect(registry, target.agent);
  return registry;
}

async function outcome(act: Promise<unknown>): Promise<unknown> {
  try {
    await act;
    return "done";
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
}

describe.skipIf(!HAS_MANAGEMENT)(
  "Control access to IoT Hub with shared access signatures (Microsoft Learn), permissions",
  () => {
    test("a hub has five policies, each with its rights and two keys", async () => {
      const listed = new Map<string, string>();
      const hub = nameOf(target.hub);
      for await (const policy of management.hubs.iotHubResource.listKeys(RESOURCE_GROUP, hub)) {
        listed.set(policy.keyName, policy.rights);
        expect(policy.primaryKey).not.toBe(policy.secondaryKey);
        expect(await keysOf(policy.keyName)).toEqual(policy);
      }
      expect([...listed]).toEqual(expect.arrayContaining(POLICIES.map((policy) => [...policy])));
    });

    test("a policy that is not there is not found", async () => {
      await expect(keysOf("nobody")).rejects.toMatchObject({ statusCode: 404 });
    });

    test.for(POLICIES)("%s is granted what its rights are for: %s", async ([name, rights]) => {
      await using my = target.entries();
      const [id, fresh] = [my.name("read"), my.name("written")];
      await my.identity(id);
      const registry = await registryOf(name);
      const wanted = (right: string): string =>
        rights.includes(right) ? "done" : "UnauthorizedError";
      expect(await outcome(registry.get(id))).toBe(wanted("RegistryRead"));
      expect(await outcome(registry.create({ deviceId: fresh }))).toBe(wanted("RegistryWrite"));
      expect(await outcome(registry.getTwin(id))).toBe(wanted("ServiceConnect"));
    });

    test.for(POLICIES)(
      "%s opens the built-in endpoint only by ServiceConnect: %s",
      async ([name, rights]) => {
        const { primaryKey = "" } = await keysOf(name);
        const { status } = await target.https({
          method: "GET",
          host: target.hub,
          path: "/emulator/events?device=nobody",
          headers: { authorization: sasToken(target.hub, primaryKey, { keyName: name }) },
        });
        expect(status).toBe(rights.includes("ServiceConnect") ? 200 : 401);
      },
    );

    test.for(POLICIES)(
      "%s connects as a device only by DeviceConnect: %s",
      async ([name, rights]) => {
        await using my = target.entries();
        const id = my.name("device");
        await my.identity(id);
        const { primaryKey = "" } = await keysOf(name);
        const token = sasToken(encodeURIComponent(target.hub), primaryKey, { keyName: name });
        const code = await returnCodeAt(target, id, { token });
        expect(code).toBe(rights.includes("DeviceConnect") ? 0 : 5);
      },
    );
  },
);

test.skipIf(!HAS_MANAGEMENT)("a DPS instance has a policy with every right", async () => {
  const name = nameOf(target.dpsHost);
  const { iotDpsResource } = management.dps;
  const owner = await iotDpsResource.listKeysForKeyName(
    name,
    "provisioningserviceowner",
    RESOURCE_GROUP,
  );
  expect(owner.rights.split(", ")).toEqual(
    expect.arrayContaining(["ServiceConfig", "EnrollmentRead", "EnrollmentWrite"]),
  );
  const listed = [];
  for await (const policy of iotDpsResource.listKeys(name, RESOURCE_GROUP)) listed.push(policy);
  expect(listed).toContainEqual(owner);
});
