import { expect, test } from "vitest";

import { FAULT_DEVICES_MAX } from "../../../src/base/fault-fields.ts";
import type { PlannedAction } from "../../../src/plan/planned-action.ts";
import { serviceProblems } from "../../../src/plan/service-problems.ts";

const fleet = Array.from({ length: FAULT_DEVICES_MAX + 1 }, (_, index) => ({
  registrationId: `cave-${index}`,
  model: "./cave.mjs",
  credentials: { format: "pem" } as const,
}));

const throttled = (ids: readonly string[]): PlannedAction => ({
  index: 3,
  at: "0s",
  when: { from: "start", delayMs: 0 },
  repeat: { times: 1, everyMs: 1 },
  selection: { ids, asked: [] },
  action: {
    kind: "serviceFault",
    fault: { kind: "throttled", parameters: { retryAfterS: 1 }, seed: 1 },
  },
});

const told = (
  target: "emulator" | "azure",
  ids: readonly string[],
  faults: Readonly<Record<string, { check(): readonly string[] }>> = {},
): readonly string[] =>
  serviceProblems({ target, provisioning: {} }, [throttled(ids)], fleet, () => ({
    name: "cave",
    faults,
  })).map(({ place, message }) => `${place}: ${message}`);

test("a fault of services has nothing against it on an emulator", () => {
  expect(told("emulator", ["cave-1"])).toEqual([]);
});

test("against Azure there is none", () => {
  expect(told("azure", [])).toEqual([
    "timeline[3].fault: expected a fault of devices against Azure, got throttled: only an emulator can have it",
  ]);
});

test("a kind that the model of a named device has too could mean either", () => {
  const faults = { throttled: { check: () => [] } };
  expect(told("emulator", ["cave-1"], faults)).toEqual([
    "timeline[3].fault.kind: throttled is a fault of services and networks, and ./cave.mjs has one of this name",
  ]);
  expect(told("emulator", [], faults)).toEqual([]);
});

test("more devices than a fault can name are too many", () => {
  const ids = fleet.map(({ registrationId }) => registrationId);
  expect(told("emulator", ids.slice(1))).toEqual([]);
  expect(told("emulator", ids)).toEqual([
    `timeline[3].fault.devices: expected at most ${FAULT_DEVICES_MAX} devices, got ${FAULT_DEVICES_MAX + 1}`,
  ]);
});

const planned = (action: PlannedAction["action"], ids: readonly string[] = []): PlannedAction => ({
  ...throttled(ids),
  action,
});

test("what a run cannot do for its actions is told with the mend", () => {
  const pfx = { registrationId: "box", model: "m", credentials: { format: "pfx" } as const };
  const problems = serviceProblems(
    { target: "azure", provisioning: {} },
    [
      planned({ kind: "hub", host: "my-hub.azure-devices.net", does: "unlink" }),
      planned({ kind: "enrollment", does: "disable" }),
      planned({ kind: "enrollment", does: "disable", devices: [{ pick: "box" }] }, ["box"]),
      planned({ kind: "renew", devices: [] }, ["box", "cave-1"]),
    ],
    [...fleet, pfx],
    () => undefined,
  );
  expect(problems.map(({ message, hint }) => [message, hint])).toEqual([
    [
      "expected no hub to unlink against Azure, got my-hub.azure-devices.net: a run has no right to that",
      "by hand, while the run goes on: az iot dps linked-hub delete --dps-name DPS --linked-hub my-hub.azure-devices.net",
    ],
    [
      "expected devices with individual enrollments, got none: there is no group",
      "say whose: devices, or set provisioning.group",
    ],
    [
      "expected devices whose certificates the run issues as PEM, got box",
      "renew others with certs renew; running devices take what is written",
    ],
  ]);
});
