import { expect, test } from "vitest";
import { makePlan } from "../../../src/plan/make-plan.ts";
import { makeShards } from "../../../src/run/shards.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";
import { parseWorkerCommand } from "../../../src/worker/worker-command.ts";

const SCENARIO = `
name: s
provisioning: { group: g }
timeScale: 60
fleet:
  - model: cheese-cave
    count: 2
    registrationId: "cave-{n}"
    telemetry: { interval: { uniform: [4s, 6s] } }
    faults:
      - { kind: doorOpen, every: 10m, for: 20s, depth: [1, { a: null }] }
      - { kind: jam, at: [1s, 5s] }
timeline:
  - { at: 1s, fault: { kind: dropout, devices: "50%", for: 5s, messages: 20% } }
alerts:
  - { name: shaking, when: vibration > 8 for 3 messages, where: { sensorID: VSTel } }
`;

const [shard] = makeShards({
  runId: "r",
  plan: makePlan(parseScenario(SCENARIO, "s.yaml"), { seed: 1 }),
  workers: 1,
  certsDir: "/certs",
  modelsDir: "/models",
  endpoints: { provisioningHost: "dps", idScope: "0ne1", connectTo: [], transport: "mqtt" },
  saveMessages: false,
  logLevel: "info",
});
const overIpc = (command: object): unknown => JSON.parse(JSON.stringify(command));

test("a shard comes out as it was sent, with intervals, faults, alerts and the scale of time", () => {
  const command = { type: "start", shard };
  expect(shard?.devices.flatMap(({ faults = [] }) => faults)).toHaveLength(5);
  expect(parseWorkerCommand(overIpc(command))).toEqual(overIpc(command));
});

test.for<readonly [what: string, change: object, told: RegExp]>([
  ["no time scale", { timeScale: undefined }, /timeScale/],
  ["a time scale of 0", { timeScale: 0 }, /timeScale/],
  ["an alert without a condition", { alerts: [{ name: "a", where: {} }] }, /when/],
  ["a member that nobody sends", { colour: "red" }, /colour/],
  [
    "a fault without times",
    { devices: [{ ...shard?.devices[0], faults: [{ kind: "jam", parameters: {} }] }] },
    /times/,
  ],
])("%s is refused", ([, change, told]) => {
  expect(() =>
    parseWorkerCommand(overIpc({ type: "start", shard: { ...shard, ...change } })),
  ).toThrow(told);
});

test("a device that begins with an assignment comes out as it was sent", () => {
  const [device] = shard?.devices ?? [];
  const assignment = { hub: "my-hub.azure-devices.net", deviceId: "cave-1" };
  const known = { ...shard, cachesAssignments: true, devices: [{ ...device, assignment }] };
  const command = { type: "start", shard: known };
  expect(parseWorkerCommand(overIpc(command))).toEqual(overIpc(command));
});

test("what devices are told while the run goes on comes out as it was sent", () => {
  const registrationIds = ["cave-1", "cave-2"];
  const times = { by: "script", at: "now", atMs: 12.5, forMs: 100 };
  for (const command of [
    { type: "stopDevices", registrationIds, how: "inOrder" },
    { type: "stopDevices", registrationIds, how: "powerCut" },
    {
      type: "deviceFault",
      registrationIds,
      fault: { kind: "late", parameters: { by: "5s" }, times },
    },
    { type: "retune", registrationIds, intervalMs: 250 },
  ]) {
    expect(parseWorkerCommand(overIpc(command))).toEqual(command);
  }
  const wrong = [
    [{ type: "stopDevices", registrationIds, how: "gently" }, /how/],
    [{ type: "retune", registrationIds, intervalMs: 0 }, /intervalMs/],
    [{ type: "deviceFault", registrationIds, fault: { kind: "late" } }, /times/],
  ] as const;
  for (const [command, told] of wrong) {
    expect(() => parseWorkerCommand(overIpc(command))).toThrow(told);
  }
});

test("a device without a time, and the word that it is due, come out as they were sent", () => {
  const [device] = shard?.devices ?? [];
  const waiting = { type: "start", shard: { ...shard, devices: [{ ...device, startMs: null }] } };
  expect(parseWorkerCommand(overIpc(waiting))).toEqual(overIpc(waiting));
  const starts = { type: "startDevices", starts: [{ registrationId: "cave-1", dueMs: 12.5 }] };
  expect(parseWorkerCommand(overIpc(starts))).toEqual(starts);
  const wrong = { type: "startDevices", starts: [{ registrationId: "cave-1", dueMs: null }] };
  expect(() => parseWorkerCommand(overIpc(wrong))).toThrow(/dueMs/);
});
