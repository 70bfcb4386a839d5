import { X509Certificate } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { CaStore } from "../../../../src/emulator/certificates/ca-store.ts";
import type { EmulatorLimits } from "../../../../src/emulator/defaults.ts";
import { AZURE_DEFAULTS } from "../../../../src/emulator/defaults.ts";
import type { EnrollmentSettings } from "../../../../src/emulator/dps/enrollments.ts";
import { Enrollments } from "../../../../src/emulator/dps/enrollments.ts";
import type { HubLink } from "../../../../src/emulator/dps/hub-link.ts";
import { defaultLink, LinkedHubs } from "../../../../src/emulator/dps/linked-hubs.ts";
import { Provisioning } from "../../../../src/emulator/dps/provisioning.ts";
import { Registrations } from "../../../../src/emulator/dps/registrations.ts";
import { DeviceStore } from "../../../../src/emulator/hub/registry/device-store.ts";
import { deviceView, patchReported } from "../../../../src/emulator/hub/twins/twin.ts";
import { surroundingsFrom } from "../../../../src/emulator/surroundings.ts";
import type { TestPki } from "../../../support/pki.ts";
import { testPki } from "../../../support/pki.ts";

const A = "a.azure-devices.net";
const B = "b.azure-devices.net";

let pki: TestPki;
let chain: X509Certificate[];
beforeAll(async () => {
  pki = await testPki();
  const leaf = await pki.leaf("dev");
  chain = [leaf.certificatePem, pki.intermediate.certificatePem].map((c) => new X509Certificate(c));
});

/** DPS with two hubs, a clock that stands until it is moved, and ids that count. */
function makeWorld(options: Partial<EmulatorLimits> = {}) {
  let nowMs = pki.now.getTime();
  let ids = 0;
  const around = surroundingsFrom({
    limits: options,
    clock: () => nowMs,
    newId: () => `00000000-0000-0000-0000-${String(++ids).padStart(12, "0")}`,
  });
  const stores = new Map([A, B].map((name) => [name, new DeviceStore(around, () => {}, name)]));
  const hubs = [...stores].map(([hostName, store]): HubLink => ({
    hostName,
    provision: (device) => store.provision(device),
    stateOf: (deviceId) => store.stateOf(deviceId),
    remove: (deviceId) => {
      if (store.find(deviceId) !== undefined) store.delete(deviceId, undefined);
    },
  }));
  const linkedHubs = new LinkedHubs(around, { iotHubs: hubs.map(defaultLink), policies: [] });
  const links = linkedHubs.settings.iotHubs;
  const enrollments = new Enrollments(around);
  const registrations = new Registrations(around);
  const provisioning = new Provisioning({
    around,
    enrollments,
    registrations,
    linkedHubs,
    latencies: new Map([[B, 5]]),
    cas: new CaStore({ around, table: "certificates" }),
    tell: () => {},
  });
  const enroll = (more: Partial<EnrollmentSettings>): void => {
    enrollments.put(
      {
        kind: "group",
        id: "g",
        attestation: {
          type: "x509",
          primary: new X509Certificate(pki.intermediate.certificatePem),
          secondary: undefined,
        },
        deviceId: undefined,
        optionalDeviceInformation: undefined,
        enabled: true,
        initialTwin: { tags: {}, desired: { fan: "on" } },
        iotEdge: false,
        reprovisionPolicy: undefined,
        allocationPolicy: "static",
        iotHubs: [A],
        customAllocation: undefined,
        ...more,
      },
      undefined,
    );
  };
  const register = async (apiVersion = "2021-06-01", registrationId = "dev") => {
    const outcome = provisioning.register({
      registrationId,
      apiVersion,
      proof: { kind: "certificate", chain },
      payload: undefined,
    });
    if (outcome.kind !== "accepted") throw new Error(outcome.kind);
    await nextTurn();
    const poll = provisioning.poll("dev", outcome.operationId);
    return { operationId: outcome.operationId, poll };
  };
  const record = () => registrations.get("dev");
  const advance = (ms: number): void => {
    nowMs += ms;
  };
  /** Leaves these of the two hubs linked. */
  const link = (...hostNames: readonly string[]): void => {
    const iotHubs = links.filter(({ hub }) => hostNames.includes(hub.hostName));
    linkedHubs.replace({ ...linkedHubs.settings, iotHubs }, undefined);
  };
  /** What a device of a hub reports, so that its twin differs from the initial one. */
  const report = (hub: string): void => {
    const store = stores.get(hub);
    const twin = store?.get("dev").twin;
    if (store === undefined || twin === undefined) throw new Error("not provisioned");
    const context = { now: "2026-01-01T00:00:00Z", limits: AZURE_DEFAULTS };
    store.setTwin("dev", patchReported(twin, { seen: 1 }, context));
  };
  const twinIn = (hub: string) => {
    const twin = stores.get(hub)?.find("dev")?.twin;
    return twin && deviceView(twin);
  };
  return { stores, enroll, register, record, provisioning, advance, link, report, twinIn };
}

/** An assignment without a webhook is done when what has been begun is. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const migrate = { updateHubAssignment: true, migrateDeviceData: true };
const reset = { updateHubAssignment: true, migrateDeviceData: false };
const never = { updateHubAssignment: false, migrateDeviceData: false };

test("a device that moves takes its twin along when the enrollment says migrate", async () => {
  const world = makeWorld();
  world.enroll({ reprovisionPolicy: migrate, iotEdge: true });
  await world.register();
  world.report(A);
  world.enroll({ reprovisionPolicy: migrate, iotHubs: [B] });
  await world.register();
  expect(world.record()).toMatchObject({ assignedHub: B, substatus: "deviceDataMigrated" });
  expect(world.twinIn(A)).toBeUndefined();
  expect(world.twinIn(B)).toMatchObject({ desired: { fan: "on" }, reported: { seen: 1 } });
  expect(world.stores.get(B)?.get("dev").iotEdge).toBe(true);
});

test("a device that moves starts again from the initial twin when the enrollment says reset", async () => {
  const world = makeWorld();
  world.enroll({ reprovisionPolicy: reset });
  await world.register();
  world.enroll({
    reprovisionPolicy: reset,
    iotHubs: [B],
    initialTwin: { tags: {}, desired: { n: 2 } },
  });
  await world.register();
  expect(world.record()).toMatchObject({ assignedHub: B, substatus: "deviceDataReset" });
  expect(world.twinIn(B)).toMatchObject({ desired: { n: 2 } });
});

test("a device keeps its hub for ever when the enrollment says never", async () => {
  const world = makeWorld();
  world.enroll({ reprovisionPolicy: never });
  await world.register();
  world.enroll({ reprovisionPolicy: never, iotHubs: [B] });
  await world.register();
  expect(world.record().assignedHub).toBe(A);
});

test("a repeat at the same hub is told by a substatus that only newer API versions know", async () => {
  const world = makeWorld();
  world.enroll({});
  await world.register();
  expect(world.record().substatus).toBe("initialAssignment");
  await world.register();
  expect(world.record().substatus).toBe("reprovisionedToInitialAssignment");
  await world.register("2019-03-31");
  expect(world.record().substatus).toBe("initialAssignment");
});

test("the substatus of a repeat at the same hub can be set", async () => {
  const sameHubSubstatus = "reprovisionedToInitialAssignment";
  const world = makeWorld({ sameHubSubstatus });
  world.enroll({});
  await world.register("2019-03-31");
  expect(world.record().substatus).toBe("initialAssignment");
  await world.register("2019-03-31");
  expect(world.record().substatus).toBe(sameHubSubstatus);
});

test("a device whose enrollment has a new device id moves to it, unless it never moves", async () => {
  for (const [reprovisionPolicy, deviceId] of [
    [migrate, "named"],
    [never, "dev"],
  ] as const) {
    const world = makeWorld();
    const own = {
      kind: "individual",
      id: "dev",
      attestation: { type: "x509", primary: chain[0], secondary: undefined },
    } as const;
    world.enroll({ ...own, reprovisionPolicy });
    await world.register();
    world.enroll({ ...own, reprovisionPolicy, deviceId: "named" });
    await world.register();
    expect(world.record()).toMatchObject({ deviceId, assignedHub: A });
    expect([...(world.stores.get(A)?.all() ?? [])].map((device) => device.deviceId)).toEqual([
      deviceId,
    ]);
  }
});

test("another spelling of a registration id is the same device", async () => {
  const world = makeWorld();
  world.enroll({});
  await world.register();
  await world.register("2021-06-01", "DEV");
  expect(world.record()).toMatchObject({ deviceId: "dev", assignedHub: A });
  expect(world.stores.get(A)?.size).toBe(1);
});

test("an operation is assigning for its time, and then finished", async () => {
  const world = makeWorld({ assignmentMs: 1000 });
  world.enroll({});
  const { operationId, poll } = await world.register();
  expect(poll).toEqual({ kind: "assigning" });
  world.advance(1000);
  expect(world.provisioning.poll("DEV", operationId).kind).toBe("finished");
  expect(() => world.provisioning.poll("dev", "5.0.0")).toThrow("Operation not found.");
});

test("without a linked hub the registration ends failed", async () => {
  const world = makeWorld();
  world.enroll({ iotHubs: ["gone.azure-devices.net"] });
  const { poll } = await world.register();
  expect(poll).toMatchObject({ kind: "finished", record: { status: "failed", errorCode: 400208 } });
});

test("a device of a hub that is not linked any more begins anew elsewhere, and is left alone there", async () => {
  const world = makeWorld();
  world.enroll({ allocationPolicy: "hashed", iotHubs: [A, B] });
  world.link(A);
  await world.register();
  world.report(A);
  world.link(B);
  await world.register();
  expect(world.record()).toMatchObject({ assignedHub: B, substatus: "deviceDataReset" });
  expect(world.twinIn(A)).toMatchObject({ reported: { seen: 1 } });
  expect(world.twinIn(B)?.["reported"]).not.toHaveProperty("seen");
});

test("what an earlier stay left in a hub gives way to what a device brings along", async () => {
  const world = makeWorld();
  world.enroll({ allocationPolicy: "hashed", iotHubs: [A, B] });
  world.link(A);
  await world.register();
  world.link(B);
  await world.register();
  world.report(B);
  world.enroll({ iotHubs: [A] });
  world.link(A, B);
  await world.register();
  expect(world.record()).toMatchObject({ assignedHub: A, substatus: "deviceDataMigrated" });
  expect(world.twinIn(A)).toMatchObject({ reported: { seen: 1 } });
  expect(world.twinIn(B)).toBeUndefined();
});

test("a device that never moves does not from a hub that is not linked any more either", async () => {
  const world = makeWorld();
  world.enroll({ reprovisionPolicy: never });
  await world.register();
  world.link(B);
  await world.register();
  expect(world.record()).toMatchObject({ status: "failed", errorCode: 401002, assignedHub: A });
  world.link(A, B);
  await world.register();
  expect(world.record()).toMatchObject({
    status: "assigned",
    assignedHub: A,
    errorCode: undefined,
  });
});

test("a registration that fails leaves the device where it was", async () => {
  const world = makeWorld();
  world.enroll({});
  await world.register();
  world.link(B);
  await world.register();
  expect(world.record()).toMatchObject({ status: "failed", errorCode: 400208, assignedHub: A });
  world.link(A, B);
  await world.register();
  expect(world.record()).toMatchObject({
    assignedHub: A,
    substatus: "reprovisionedToInitialAssignment",
  });
});

test("geoLatency goes by the latencies that are told, and by none for a hub without", async () => {
  const world = makeWorld();
  world.enroll({ allocationPolicy: "geoLatency", iotHubs: [] });
  await world.register();
  expect(world.record().assignedHub).toBe(A);
});
