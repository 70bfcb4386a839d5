import { expect, test } from "vitest";
import { FAULT_NAMES } from "../../../src/base/fault-kinds.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";
import { problemsIn, SMALLEST } from "./scenario-text.ts";

const withTimeline = (...entries: string[]): string =>
  `${SMALLEST}timeline: [${entries.join(", ")}]\n`;

const actionsOf = (...entries: string[]) =>
  parseScenario(withTimeline(...entries), "x.yaml").timeline.map(({ action }) => action);

const messagesOf = (...entries: string[]): readonly string[] =>
  problemsIn(withTimeline(...entries)).map(
    ({ place, message }) => `${place.replace(/^\S+ /, "")}: ${message}`,
  );

test.each(FAULT_NAMES)("%s can be put into a timeline by its name alone", (kind) => {
  expect(actionsOf(`{ at: 0s, fault: { kind: ${kind} } }`)).toMatchObject([
    { kind: "serviceFault", fault: { kind, seed: 1 } },
  ]);
});

test("a fault of services has its service, operations, strikes and parameters beside its kind", () => {
  expect(
    actionsOf(
      "{ at: 1s, fault: { kind: throttled, service: DPS, operations: [registerDevice], retryAfterS: 3, times: 7, seed: 4 } }",
      "{ at: 1s, fault: { kind: latency, service: my-hub.azure-devices.net, devices: 20%, for: 10s, ms: 30 } }",
    ),
  ).toEqual([
    {
      kind: "serviceFault",
      fault: {
        kind: "throttled",
        parameters: { retryAfterS: 3 },
        seed: 4,
        service: "dps",
        operations: ["registerDevice"],
        times: 7,
      },
    },
    {
      kind: "serviceFault",
      devices: [{ pick: "20%" }],
      fault: {
        kind: "latency",
        parameters: { ms: 30, jitterMs: 0 },
        seed: 1,
        service: "my-hub.azure-devices.net",
      },
      forMs: 10_000,
    },
  ]);
});

test("what the emulator would refuse is refused with the scenario, all of it and at its place", () => {
  expect(
    messagesOf(
      "{ at: 0s, fault: { kind: throttled, retryAfterS: -1, retryafters: 2, times: 0, seed: x } }",
      "{ at: 0s, fault: { kind: hubGone, service: dps, devices: 20% } }",
      "{ at: 0s, fault: { kind: latency, operations: [sendTelemetri], every: 5s } }",
      "{ at: 0s, fault: { kind: latency, service: dps, operations: [sendTelemetry] } }",
      "{ at: 0s, fault: { kind: blackHole, times: 3 } }",
    ),
  ).toEqual([
    "timeline[0].fault.retryAfterS: expected a whole number from 0 to 3600, got -1",
    'timeline[0].fault.retryafters: unknown key "retryafters"; did you mean retryAfterS?',
    'timeline[0].fault.seed: expected a whole number from 0 to 4294967295, got "x"',
    "timeline[0].fault.times: expected a whole number from 1 to 1000000000, got 0",
    'timeline[1].fault.service: expected the host name of a hub, got "dps"',
    "timeline[1].fault.devices: this kind is not narrowed by devices",
    "timeline[2].fault.every: expected none here: the entry's own at: says when the fault begins",
    'timeline[2].fault.operations[0]: expected an operation, perhaps sendTelemetry; got "sendTelemetri"',
    "timeline[3].fault.operations: sendTelemetry: not asked of dps",
    "timeline[4].fault.times: this kind is on or off, and ends by its time or its removal",
  ]);
});

test("a fault is ended by the name of its entry, and by nothing else", () => {
  expect(
    actionsOf(
      "{ at: 0s, name: gone, fault: { kind: dpsGone } }",
      "{ at: 1s, fault: { end: gone } }",
    )[1],
  ).toEqual({ kind: "endFault", name: "gone" });
  expect(
    messagesOf(
      "{ at: 0s, name: gone, fault: { kind: dpsGone } }",
      "{ at: 0s, name: mine, fault: { kind: dropout, devices: '*' } }",
      "{ at: 1s, fault: { end: mine } }",
      "{ at: 1s, fault: { end: gone, kind: dpsGone, for: 1s } }",
    ),
  ).toEqual([
    "timeline[3].fault.for: expected nothing beside end:, which ends the fault as it is",
    "timeline[3].fault.kind: expected nothing beside end:, which ends the fault as it is",
    'timeline[2].fault.end: expected the name: of an entry with a fault of services or networks, gone; got "mine"',
  ]);
});
