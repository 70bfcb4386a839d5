import { ProvisioningServiceClient } from "azure-iot-provisioning-service";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redirect } from "../integration/emulator-service-clients.ts";
import type { Management } from "./support/management.ts";
import { RESOURCE_GROUP } from "./support/management.ts";
import type { Target } from "./support/target.ts";
import { HAS_MANAGEMENT, IS_LIVE, conformanceTarget } from "./support/target.ts";

let target: Target;
let management: Management;
beforeAll(async () => {
  target = await conformanceTarget();
  if (target.management !== undefined) management = target.management;
});
afterAll(() => target[Symbol.asyncDispose]());

const nameOf = (hostName: string): string => hostName.split(".")[0] ?? "";

// Microsoft's management packages for DPS and IoT Hub are the clients.
describe.skipIf(!HAS_MANAGEMENT)("Azure Resource Manager (Microsoft's REST reference)", () => {
  test("a DPS instance and a hub are resources by their names", async () => {
    const dpsName = nameOf(target.dpsHost);
    expect(await management.dps.iotDpsResource.get(dpsName, RESOURCE_GROUP)).toMatchObject({
      name: dpsName,
      type: "Microsoft.Devices/provisioningServices",
    });
    const hubName = nameOf(target.hub);
    expect(await management.hubs.iotHubResource.get(RESOURCE_GROUP, hubName)).toMatchObject({
      name: hubName,
      type: "Microsoft.Devices/IotHubs",
    });
  });

  test("a resource that is not there is ResourceNotFound", async () => {
    await expect(management.dps.iotDpsResource.get("nobody", RESOURCE_GROUP)).rejects.toMatchObject(
      { name: "RestError", statusCode: 404, code: "ResourceNotFound" },
    );
  });

  // A live instance is shared with other tests, which count on its hubs.
  test.skipIf(IS_LIVE)(
    "hubs are linked, weighed and unlinked by an update of the DPS instance",
    async () => {
      const { iotDpsResource } = management.dps;
      const name = nameOf(target.dpsHost);
      const before = await iotDpsResource.get(name, RESOURCE_GROUP);
      expect(before.properties.iotHubs?.map((link) => link.name)).toEqual(
        target.hubs.map(({ hostName }) => hostName),
      );
      const connectionString = target.hubs[0]?.connectionString ?? "";
      const updated = await iotDpsResource.beginCreateOrUpdateAndWait(RESOURCE_GROUP, name, {
        ...before,
        properties: {
          allocationPolicy: "GeoLatency",
          iotHubs: [{ connectionString, location: "westeurope", allocationWeight: 40 }],
        },
      });
      expect(updated.properties).toMatchObject({
        allocationPolicy: "GeoLatency",
        iotHubs: [{ name: target.hub, location: "westeurope", allocationWeight: 40 }],
      });
      expect(updated.etag).not.toBe(before.etag);
    },
  );

  test.skipIf(IS_LIVE)("a policy of one's own opens what its rights say, and no more", async () => {
    const { iotDpsResource } = management.dps;
    const name = nameOf(target.dpsHost);
    const instance = await iotDpsResource.get(name, RESOURCE_GROUP);
    const own = { keyName: "auditor", rights: "EnrollmentRead, RegistrationStatusRead" };
    instance.properties.authorizationPolicies = [own];
    await iotDpsResource.beginCreateOrUpdateAndWait(RESOURCE_GROUP, name, instance);
    const keys = await iotDpsResource.listKeysForKeyName(name, own.keyName, RESOURCE_GROUP);
    expect(keys.rights).toBe(own.rights);
    const client = ProvisioningServiceClient.fromConnectionString(
      `HostName=${target.dpsHost};SharedAccessKeyName=${own.keyName};SharedAccessKey=${keys.primaryKey}`,
    );
    if (target.agent !== undefined) redirect(client, target.agent);
    await expect(client.getEnrollmentGroup("nobody")).rejects.toMatchObject({
      response: { statusCode: 404 },
    });
    await expect(client.deleteEnrollmentGroup("nobody")).rejects.toMatchObject({
      name: "UnauthorizedError",
    });
    instance.properties.authorizationPolicies = [{ ...own, rights: "Everything" }];
    await expect(
      iotDpsResource.beginCreateOrUpdateAndWait(RESOURCE_GROUP, name, instance),
    ).rejects.toMatchObject({ statusCode: 400 });
  });
});
