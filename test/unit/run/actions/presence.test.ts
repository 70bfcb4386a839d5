import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { DeviceState } from "../../../../src/metrics/device-row.ts";
import { churnDevices } from "../../../../src/run/actions/churn-devices.ts";
import { faultDevices } from "../../../../src/run/actions/fault-devices.ts";
import { startDevices } from "../../../../src/run/actions/start-devices.ts";
import { stopDevices } from "../../../../src/run/actions/stop-devices.ts";
import type { FleetControl } from "../../../../src/run/control/fleet-control.ts";
import type { ActionRound } from "../../../../src/run/timeline/action-doer.ts";
import type { TimelineAction } from "../../../../src/scenario/timeline-action.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const clock = (): number => Date.now();
const IDS = ["cave-1", "cave-2", "cave-3", "cave-4"] as const;

/** A fleet that obeys at once, but for those that `stuck` names; what it was told is kept, with the time. */
function fleet(stuck: readonly string[] = []) {
  const states = new Map<string, DeviceState>(IDS.map((id) => [id, "streaming"]));
  const told: string[] = [];
  const obey = (what: string, ids: readonly string[], to?: DeviceState) => {
    told.push(`${clock()} ${what} ${ids.join(" ")}`);
    const done = ids.filter((id) => !stuck.includes(id));
    if (to !== undefined) for (const id of done) states.set(id, to);
    const missed = ids.filter((id) => stuck.includes(id));
    const why = "it is reconnecting";
    return Promise.resolve({
      done,
      missed: missed.map((registrationId) => ({ registrationId, why })),
    });
  };
  type Control = Pick<FleetControl, "isOff" | "stateOf" | "start" | "stop" | "fault">;
  const control = (): Control => ({
    isOff: (id) => states.get(id) === "stopped",
    stateOf: (id) => states.get(id),
    stop: (ids, how) => obey(how, ids, "stopped"),
    start: (ids, { overMs }) => obey(`start ${overMs ?? "now"}`, ids, "streaming"),
    fault: (ids, { kind, forMs, at }) => obey(`${kind} ${at} ${forMs ?? "stays"}`, ids),
  });
  return { control, told, states };
}

const end = new AbortController();

const roundOf = (action: TimelineAction, more: Partial<ActionRound> = {}): ActionRound => ({
  planned: {
    index: 0,
    at: "connected + 1s",
    when: { from: "connected", delayMs: 1_000 },
    repeat: { times: 1, everyMs: 1 },
    selection: { ids: IDS, asked: [] },
    action,
  },
  round: 1,
  devices: IDS,
  dueMs: 0,
  signal: end.signal,
  ...more,
});

test("devices that are stopped for a while come back, but for those that were off before", async () => {
  const { control, told, states } = fleet(["cave-2"]);
  states.set("cave-4", "stopped");
  const stop = stopDevices({ control, clock });
  const done = stop(roundOf({ kind: "stop", devices: [], how: "powerCut", forMs: 2_000 }));
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await done).toEqual({ done: 2, errors: ["cave-2: it is reconnecting"] });
  expect(told).toEqual(["0 powerCut cave-1 cave-2 cave-3 cave-4", "2000 start now cave-1 cave-3"]);
});

test("devices that are stopped for good are done with when they are off, and start is told over which time", async () => {
  const { control, told } = fleet();
  const stopped = stopDevices({ control, clock });
  expect(await stopped(roundOf({ kind: "stop", devices: [], how: "inOrder" }))).toEqual({
    done: 4,
    errors: [],
  });
  const start = startDevices({ control });
  const action = { kind: "start", devices: [], overMs: 500 } as const;
  expect(await start(roundOf(action, { devices: ["cave-1"] }))).toEqual({ done: 1, errors: [] });
  expect(told.at(-1)).toBe("0 start 500 cave-1");
});

test("a fault whose time the run finds out ends when it is over", async () => {
  const { control, told } = fleet(["cave-3"]);
  const doer = faultDevices({ control, clock });
  const times = { by: "script", at: "connected + 1s", atMs: 1_000, forMs: 300 } as const;
  let ended = false;
  const doing = doer(
    roundOf({ kind: "fault", devices: [], spec: { kind: "late", parameters: {}, times } }),
  ).finally(() => (ended = true));
  await vi.advanceTimersByTimeAsync(299);
  expect(ended).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await doing).toEqual({ done: 3, errors: ["cave-3: it is reconnecting"] });
  expect(told).toEqual(["0 late connected + 1s 300 cave-1 cave-2 cave-3 cave-4"]);
});

const CHURN = {
  kind: "churn",
  devices: [],
  how: "powerCut",
  ratePerS: 2,
  awayMs: 1_200,
  forMs: 2_000,
} as const;

test("a churn takes devices that are up at its rate, the same with the same seed, and ends when all are back", async () => {
  const runs: (readonly string[])[] = [];
  for (const seed of [1, 1, 2]) {
    vi.setSystemTime(0);
    const { control, told, states } = fleet();
    const doing = churnDevices({ control, clock, seed })(roundOf(CHURN));
    await vi.advanceTimersByTimeAsync(2_700);
    const { done, errors } = await doing;
    const left = told.filter((line) => line.includes("powerCut"));
    expect(left.map((line) => line.split(" ")[0])).toEqual(["0", "500", "1000", "1500"]);
    expect(new Set(left.slice(0, 3).map((line) => line.split(" ")[2])).size).toBe(3);
    expect(told.filter((line) => line.includes("start"))).toHaveLength(4);
    expect({ done: done >= 3, errors }).toEqual({ done: true, errors: [] });
    expect([...states.values()]).toEqual(IDS.map(() => "streaming"));
    runs.push(told);
  }
  expect(runs[0]).toEqual(runs[1]);
  expect(runs[0]).not.toEqual(runs[2]);
});

test("nobody leaves where nobody is up, and a churn without an end ends with the run", async () => {
  const { control, told, states } = fleet();
  for (const id of IDS.slice(1)) states.set(id, "reconnecting");
  const over = new AbortController();
  const { forMs: _, ...endless } = CHURN;
  const doing = churnDevices({ control, clock, seed: 1 })(
    roundOf({ ...endless, awayMs: 60_000 }, { signal: over.signal }),
  );
  await vi.advanceTimersByTimeAsync(5_000);
  over.abort(new Error("the run has ended"));
  expect(await doing).toEqual({ done: 0, errors: [] });
  expect(told).toEqual(["0 powerCut cave-1"]);
});
