import { expect, test } from "vitest";

import { FleetError } from "../../../../src/base/errors.ts";
import type { FleetStatus } from "../../../../src/control/control-answer.ts";
import type { ControlRequest } from "../../../../src/control/control-request.ts";
import type { DeviceState } from "../../../../src/metrics/device-row.ts";
import { NO_DEVICES } from "../../../../src/metrics/device-row.ts";
import { controlText } from "../../../../src/output/control-text.ts";
import type { ControlEvent } from "../../../../src/output/output.ts";
import { makePlan } from "../../../../src/plan/make-plan.ts";
import type { PlannedAction } from "../../../../src/plan/planned-action.ts";
import type { SteeredArrival } from "../../../../src/run/arrival/steered-arrival.ts";
import { ControlDesk } from "../../../../src/run/control/control-desk.ts";
import { FleetScale } from "../../../../src/run/control/fleet-scale.ts";
import { SteeredFleet } from "../../../../src/run/control/steered-fleet.ts";
import { parseScenario } from "../../../../src/scenario/scenario.ts";

const PLAN = makePlan(
  parseScenario(
    `
name: s
provisioning: { group: g }
fleet:
  - { model: cheese-cave, count: 7, registrationId: "cave-{n}", telemetry: { interval: 5s } }
  - { model: conveyor, count: 3, registrationId: "belt-{n}", telemetry: { interval: 5s } }
arrival: { rate: 5/s }
timeline:
  - { at: 1s, mark: begun }
`,
    "s.yaml",
  ),
  { seed: 1 },
);

const stateOf = (): DeviceState => "streaming";

/** A run of ten devices, and what was done to it. */
function steered(
  phase: FleetStatus["phase"] = "running",
  started = 3,
  told: readonly { readonly action: number }[] = [],
) {
  const done: string[] = [];
  const events: ControlEvent[] = [];
  const actions: PlannedAction[] = [];
  let isPaused = false;
  let ratePerS: number | null = null;
  const arrival: SteeredArrival = {
    get state() {
      return { started, total: 10, isPaused, ratePerS };
    },
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
    },
    setRate: (perS) => {
      ratePerS = perS;
    },
    observe: () => {},
    stop: () => {},
  };
  const all = { done: [], missed: [] };
  const control = {
    stop: (ids: readonly string[], how: string) => {
      done.push(`stop ${ids.join(" ")} ${how}`);
      return Promise.resolve(all);
    },
    start: (ids: readonly string[], { overMs }: { readonly overMs?: number | undefined }) => {
      done.push(`start ${ids.join(" ")} over ${overMs ?? 0}`);
      return Promise.resolve(all);
    },
    retune: (ids: readonly string[], intervalMs: number) => {
      done.push(`retune ${ids.join(" ")} ${intervalMs}`);
      return all;
    },
  };
  const { signal } = new AbortController();
  const ids = PLAN.devices.map(({ registrationId }) => registrationId);
  const fleet = new SteeredFleet({
    plan: PLAN,
    told,
    modelOf: (name) => ({ name, faults: { jam: { check: () => [] } } }),
    arrival,
    scale: new FleetScale({ ids, control, stateOf, signal }),
    control,
    timeline: {
      add: (planned) => {
        actions.push(planned);
        return Promise.resolve();
      },
      select: (selection) => Promise.resolve(selection.ids),
    },
    clock: () => 1_234.56,
    signal,
  });
  const run = {
    get status(): FleetStatus {
      return {
        runId: "r",
        scenario: "s",
        dir: "/runs/r",
        phase: done.includes("finish") ? "ending" : phase,
        t: 1_234.56,
        durationMs: null,
        arrival: arrival.state,
        scale: fleet.scale.state,
        devices: { ...NO_DEVICES, waiting: 7, registering: 3 },
      };
    },
    fleet: phase === "settingUp" ? undefined : fleet,
    finish: () => done.push("finish"),
  };
  const desk = new ControlDesk(run, (event) => events.push(event));
  return { ask: (request: ControlRequest) => desk.ask(request, "ctl"), events, done, actions };
}

test("each request is done once, answers with the fleet after it, and is told", async () => {
  const { ask, events, done } = steered();
  const requests: readonly ControlRequest[] = [
    { do: "status" },
    { do: "pause" },
    { do: "pause" },
    { do: "rate", arrival: "20/s" },
    { do: "rate", arrival: "1200/m" },
    { do: "resume" },
    { do: "resume" },
    { do: "stop" },
    { do: "stop" },
  ];
  const answers: (readonly [boolean, boolean | undefined, number | null | undefined])[] = [];
  for (const request of requests) {
    const { changed, status } = await ask(request);
    answers.push([changed, status.arrival?.isPaused, status.arrival?.ratePerS]);
  }
  expect(answers).toEqual([
    [false, false, null],
    [true, true, null],
    [false, true, null],
    [true, true, 20],
    [false, true, 20],
    [true, false, 20],
    [false, false, 20],
    [true, false, 20],
    [false, false, 20],
  ]);
  expect(done).toEqual(["finish"]);
  expect(events.map(({ request, outcome }) => `${controlText(request)} ${outcome}`)).toEqual([
    "pause done",
    "pause unchanged",
    "rate --arrival 20/s done",
    "rate --arrival 1200/m unchanged",
    "resume done",
    "resume unchanged",
    "stop done",
    "stop unchanged",
  ]);
  expect(events[0]).toEqual({
    type: "control",
    t: 1_235,
    by: "ctl",
    request: { do: "pause" },
    outcome: "done",
  });
});

test("a fleet is scaled from the end of its plan, and back at the rate of its arrival or another", async () => {
  const { ask, done } = steered();
  expect((await ask({ do: "scale", devices: 10 })).changed).toBe(false);
  const { changed, status } = await ask({ do: "scale", devices: 8 });
  expect([changed, status.scale]).toEqual([true, { wanted: 8, of: 10, left: 2 }]);
  await ask({ do: "scale", devices: 6 });
  await ask({ do: "scale", devices: 9 });
  await ask({ do: "scale", devices: 10, rate: "2/s" });
  expect(done).toEqual([
    "stop belt-2 belt-3 inOrder",
    "stop cave-7 belt-1 inOrder",
    // Ten devices in the 1.8 s of the plan.
    "start cave-7 belt-1 belt-2 over 540",
    "start belt-3 over 500",
  ]);
  await expect(ask({ do: "scale", devices: 11 })).rejects.toMatchObject({
    code: "REFUSED",
    problems: [{ place: "devices", message: "expected 0 to 10, got 11" }],
  });
});

test("telemetry is retuned for all, or for those that a selection picks", async () => {
  const { ask, done } = steered("running", 10);
  const { selected } = await ask({ do: "rate", telemetry: "2s", devices: "belt-*" });
  expect(selected).toBe(3);
  await ask({ do: "rate", telemetry: "500ms", devices: ["1 of belt-2", { model: "conveyor" }] });
  expect((await ask({ do: "rate", telemetry: "1s" })).selected).toBe(10);
  expect(done.slice(0, 2)).toEqual([
    "retune belt-1 belt-2 belt-3 2000",
    "retune belt-1 belt-2 belt-3 500",
  ]);
});

test("an action is done now, with a number after those of the plan", async () => {
  const { ask, actions } = steered();
  const asked = async (action: Extract<ControlRequest, { do: "act" }>["action"]) =>
    (await ask({ do: "act", action })).action;
  expect(await asked({ mark: "deployed" })).toBe(1);
  expect(await asked({ twin: { devices: "2 of cave-*", desired: { fanSpeed: 3 } } })).toBe(2);
  expect(await asked({ fault: { kind: "jam", devices: "belt-1", for: "5s" } })).toBe(3);
  expect(actions.map(({ index, at, action }) => [index, at, action.kind])).toEqual([
    [1, "1.2s", "mark"],
    [2, "1.2s", "twin"],
    [3, "1.2s", "fault"],
  ]);
  expect(actions.map(({ selection }) => selection.ids.length)).toEqual([0, 2, 1]);
  expect(actions[1]?.when).toEqual({ from: "start", delayMs: 1_200 });
});

test("a run that goes on gives no number again that an action had before", async () => {
  const { ask } = steered("running", 3, [{ action: 0 }, { action: 4 }, { action: 2 }]);
  expect((await ask({ do: "act", action: { mark: "again" } })).action).toBe(5);
});

test("a fault of services is ended by its name, and a name is given once", async () => {
  const { ask, actions } = steered();
  const end = { do: "act", action: { fault: { end: "outage" } } } as const;
  await expect(ask(end)).rejects.toMatchObject({ problems: [{ place: "fault.end" }] });
  const outage = { do: "act", action: { name: "outage", fault: { kind: "hubGone" } } } as const;
  await ask(outage);
  await expect(ask(outage)).rejects.toMatchObject({
    problems: [{ place: "name", message: "expected a name that no other action has" }],
  });
  expect((await ask(end)).action).toBe(2);
  expect(actions.map(({ name, action }) => [name, action.kind])).toEqual([
    ["outage", "serviceFault"],
    [undefined, "endFault"],
  ]);
});

test.for<readonly [what: string, request: ControlRequest, problem: RegExp]>([
  ["no rate", { do: "rate" }, /expected arrival or telemetry/],
  ["devices without an interval", { do: "rate", arrival: "1/s", devices: "*" }, /give it/],
  ["nobody", { do: "rate", telemetry: "2s", devices: "cow-*" }, /picks no device/],
  ["no action", { do: "act", action: {} }, /expected one action of/],
  ["a time", { do: "act", action: { at: "1s", mark: "a" } }, /at: expected none here/],
  ["a twin without devices", { do: "act", action: { twin: { desired: {} } } }, /twin.devices/],
  [
    "a slip of the pen",
    { do: "act", action: { twin: { devices: "*", desired: {}, desird: {} } } },
    /desird/,
  ],
  [
    "a fault that no device has",
    { do: "act", action: { fault: { kind: "jem", devices: "*" } } },
    /has no fault "jem"/,
  ],
])("%s is refused, and nothing is changed", async ([, request, problem]) => {
  const { ask, done, actions, events } = steered();
  const error: unknown = await ask(request).catch((thrown: unknown) => thrown);
  if (!(error instanceof FleetError)) throw error;
  const told = [
    error.message,
    ...error.problems.map(({ place, message }) => `${place}: ${message}`),
  ];
  expect(told.join("\n")).toMatch(problem);
  expect(error.code).toBe("USAGE");
  expect([done, actions]).toEqual([[], []]);
  expect(events.map(({ outcome }) => outcome)).toEqual(["refused"]);
});

test.for<readonly [what: string, FleetStatus["phase"], started: number, told: string]>([
  ["while it is set up", "settingUp", 0, "no device may start yet"],
  ["when it is ending", "ending", 3, "the run is ending"],
  ["when all devices have been started", "running", 10, "all 10 devices have been started already"],
])("%s the arrival is not steered, and that is told", async ([, phase, started, told]) => {
  const { ask, events } = steered(phase, started);
  const requests: readonly ControlRequest[] = [
    { do: "pause" },
    { do: "resume" },
    { do: "rate", arrival: "1/s", telemetry: "1s" },
  ];
  for (const request of requests) {
    const error = await ask(request).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FleetError);
    expect(error).toMatchObject({ code: "REFUSED", message: expect.stringContaining(told) });
  }
  expect(events.map(({ outcome }) => outcome)).toEqual(["refused", "refused", "refused"]);
});
