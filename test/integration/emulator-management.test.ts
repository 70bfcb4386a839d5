import { afterAll, beforeAll, expect, test } from "vitest";
import { DPS_RESOURCE, HUB_RESOURCE, manage, resourcePath } from "./emulator-management.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { DPS, HUB, emulatorForTest } from "./emulator-wire.ts";

const HUB_2 = "second-hub.azure-devices.net";
let world: TestEmulator;
beforeAll(async () => {
  world = await emulatorForTest({ hubs: [HUB, HUB_2] });
});
afterAll(() => world.emulator.stop());

test.for([
  ["the DPS instance", DPS_RESOURCE, "provisioningServices"],
  ["a hub", HUB_RESOURCE, "IotHubs"],
  ["another hub", resourcePath("IotHubs", HUB_2), "IotHubs"],
] as const)("%s is a resource under every host name", async ([, path, type]) => {
  for (const host of [DPS, HUB, HUB_2, "localhost"])
    expect(await manage(world, "GET", `${path}?api-version=2022-02-05`, { host })).toMatchObject({
      status: 200,
      body: { id: path, name: path.split("/").at(-1), type: `Microsoft.Devices/${type}` },
    });
});

test("any subscription, group, spelling of the path and api-version will do", async () => {
  const path = DPS_RESOURCE.replace("/sub/", "/s-1/").replace("/rg/", "/g%201/");
  for (const asked of [path, `${path}?api-version=1`, path.replace("provisioning", "Provisioning")])
    expect(await manage(world, "GET", asked)).toMatchObject({
      status: 200,
      body: { id: path, name: "cheesecave-dps", type: "Microsoft.Devices/provisioningServices" },
    });
});

test("a request without the admin token is refused with 401, wherever it goes", async () => {
  const sas = world.emulator.dpsConnectionString;
  for (const token of [null, "", "x", `${world.emulator.adminToken}x`, sas])
    for (const path of [DPS_RESOURCE, `${DPS_RESOURCE}/nothing`, "/subscriptions/sub"])
      expect(await manage(world, "GET", path, { token })).toEqual({
        status: 401,
        body: {
          error: {
            code: "InvalidAuthenticationToken",
            message: "The admin token is missing or wrong.",
          },
        },
      });
});

test.for([
  ["a resource of another name", resourcePath("IotHubs", "other.azure-devices.net")],
  ["a hub that is asked for as a DPS instance", resourcePath("provisioningServices", HUB)],
  ["another type", DPS_RESOURCE.replace("provisioningServices", "accounts")],
  ["another provider", DPS_RESOURCE.replace("Microsoft.Devices", "Microsoft.Storage")],
  ["a path below a resource", `${DPS_RESOURCE}/nothing`],
  ["the subscription itself", "/subscriptions/sub"],
] as const)("%s is not found", async ([, path]) => {
  expect(await manage(world, "GET", path)).toMatchObject({
    status: 404,
    body: { error: { code: "ResourceNotFound", message: expect.any(String) } },
  });
});

test("a verb that a resource does not have is refused in Azure's form", async () => {
  for (const [method, path] of [
    ["POST", HUB_RESOURCE],
    ["POST", DPS_RESOURCE],
    ["DELETE", DPS_RESOURCE],
    ["PATCH", DPS_RESOURCE],
  ] as const)
    expect(await manage(world, method, path, { body: {} })).toMatchObject({
      status: 404,
      body: { error: { code: "ResourceNotFound" } },
    });
});

test("a path that cannot be decoded is refused in Azure's form", async () => {
  expect(await manage(world, "GET", `${DPS_RESOURCE}/certificates/%zz`)).toMatchObject({
    status: 400,
    body: { error: { code: "ArgumentInvalid" } },
  });
});

test("a body that is no JSON is refused in Azure's form", async () => {
  expect(await manage(world, "PUT", DPS_RESOURCE, { body: "{" })).toMatchObject({
    body: { error: { message: expect.any(String) } },
  });
});
