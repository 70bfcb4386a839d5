import { expect } from "vitest";
import { formatSasToken } from "../support/sas-token.ts";
import { hubToken, readAllEvents, sendEvent } from "./emulator-events.ts";
import { DPS_RESOURCE, HUB_RESOURCE, manage } from "./emulator-management.ts";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator, WireClient } from "./emulator-wire.ts";
import { HUB, openHub, publishPacket, register, subscribePacket } from "./emulator-wire.ts";

/** Leaves one of everything behind that services and devices can; the device `cave` was here, with `leaf`. */
export async function useEverything(world: TestEmulator, leaf: DeviceKeys): Promise<void> {
  using clients = serviceClients(world);
  const { registry } = clients;
  await enrollGroup(world, { desired: { fan: "on" } });
  const own = {
    registrationId: "own",
    deviceId: "own-device",
    attestation: { type: "symmetricKey", symmetricKey: {} },
    optionalDeviceInformation: { shelf: null },
  };
  await manage(world, "PUT", "/enrollments/own?api-version=2021-10-01", {
    body: own,
    token: null,
    headers: { authorization: dpsToken(world) },
  });
  const certificate = Buffer.from(world.pki.root.certificatePem).toString("base64");
  const body = { properties: { certificate, isVerified: true } };
  await manage(world, "PUT", `${DPS_RESOURCE}/certificates/root`, { body });
  await manage(world, "PUT", `${HUB_RESOURCE}/certificates/root`, { body });
  await manage(world, "PUT", `${HUB_RESOURCE}/eventHubEndpoints/events/ConsumerGroups/mine`);
  await manage(world, "PUT", HUB_RESOURCE, { body: { properties: { routing: ROUTING } } });
  await registry.create({ deviceId: "by-key", status: "disabled" });
  await register(world, "cave", leaf);
  await using cave = await openHub(world, "cave", leaf);
  await sendEvent(cave, "cave", '{"t":4}', "level=low&%24.ct=application%2Fjson");
  await sendEvent(cave, "cave", Buffer.from([0xff, 0]), "level=high");
  await reported(cave, { temperature: 4, door: { open: null, ["__proto__"]: { own: true } } });
  await registry.updateTwin(
    "cave",
    { tags: { site: "north" }, properties: { desired: { a: 1 } } },
    "*",
  );
  await cave.finish();
}

const ROUTING = {
  endpoints: { eventHubs: [{ name: "alerts" }] },
  routes: [
    {
      name: "hot",
      source: "DeviceMessages",
      condition: "level = 'high'",
      endpointNames: ["alerts"],
      isEnabled: true,
    },
  ],
  fallbackRoute: { source: "DeviceMessages", endpointNames: ["events"], isEnabled: true },
};

/** Writes reported properties; the answer is awaited. */
async function reported(device: WireClient, patch: object): Promise<void> {
  device.send(subscribePacket("$iothub/twin/res/#"));
  await device.next();
  const topic = "$iothub/twin/PATCH/properties/reported/?$rid=1";
  device.send(publishPacket(topic, JSON.stringify(patch), { qos: 0 }));
  expect((await device.nextPublish()).topic).toContain("/res/204/");
}

/** All documents that services can read of DPS and of the first hub, as JSON. */
export async function documentsOf(world: TestEmulator): Promise<Record<string, unknown>> {
  const { emulator } = world;
  const asService = async (host: string, path: string, method = "GET", body?: unknown) => {
    const authorization = host === HUB ? hubToken(world) : dpsToken(world);
    const headers = { authorization };
    return (await manage(world, method, path, { host, token: null, headers, body })).body;
  };
  const managed = async (path: string, method = "GET") => (await manage(world, method, path)).body;
  const all = { query: "SELECT * FROM devices" };
  const entries = { query: "*" };
  const { dpsHost } = emulator;
  return {
    connections: [emulator.dpsConnectionString, ...emulator.hubConnectionStrings],
    enrollments: await asService(dpsHost, `/enrollments/query?${DPS_VERSION}`, "POST", entries),
    keys: await asService(dpsHost, `/enrollments/own/attestationmechanism?${DPS_VERSION}`, "POST"),
    groups: await asService(dpsHost, `/enrollmentGroups/query?${DPS_VERSION}`, "POST", entries),
    registration: await asService(dpsHost, `/registrations/cave?${DPS_VERSION}`),
    devices: await asService(HUB, "/devices?top=100"),
    twins: await asService(HUB, "/devices/query", "POST", all),
    dps: await managed(DPS_RESOURCE),
    dpsKeys: await managed(`${DPS_RESOURCE}/listkeys`, "POST"),
    dpsCertificates: await managed(`${DPS_RESOURCE}/certificates`),
    hub: await managed(HUB_RESOURCE),
    hubKeys: await managed(`${HUB_RESOURCE}/listkeys`, "POST"),
    hubCertificates: await managed(`${HUB_RESOURCE}/certificates`),
    consumerGroups: await managed(`${HUB_RESOURCE}/eventHubEndpoints/events/ConsumerGroups`),
    events: await readAllEvents(world),
  };
}

const DPS_VERSION = "api-version=2021-10-01";

function dpsToken({ emulator }: TestEmulator): string {
  const key = /SharedAccessKey=(.+)$/.exec(emulator.dpsConnectionString)?.[1] ?? "";
  const signer = { name: "provisioningserviceowner", key };
  return formatSasToken(emulator.dpsHost, signer, Math.ceil(Date.now() / 1000) + 3600);
}
