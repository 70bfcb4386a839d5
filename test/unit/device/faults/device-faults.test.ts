import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FaultSpec } from "../../../../src/base/fault-spec.ts";
import { silentLogger } from "../../../../src/base/log.ts";
import { createRandom } from "../../../../src/base/random.ts";
import { DeviceFaults } from "../../../../src/device/faults/device-faults.ts";
import type { DeviceStatus } from "../../../../src/device/device-status.ts";
import { Recorder } from "../../../../src/metrics/recorder.ts";
import type { ActiveFault } from "../../../../src/model/model.ts";
import { deviceSpec } from "../../../support/fleet.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const clock = (): number => Date.now();

/** The faults of a device, and everything that they do to it, in order. */
function faultsOf(...specs: readonly FaultSpec[]) {
  return bootOf({ ageMs: undefined }, specs);
}

/** The same for a device that has sent before. */
function bootOf(status: Pick<DeviceStatus, "ageMs">, specs: readonly FaultSpec[]) {
  const recorder = new Recorder({ worker: 0, boot: 1, phases: [], clock });
  const done: string[] = [];
  const begun: ActiveFault[] = [];
  const faults = new DeviceFaults({
    context: {
      spec: deviceSpec("cave-1", { faults: specs }),
      random: (stream) => createRandom(1, "cave-1", stream),
      clock,
      recorder: recorder.of("cheese-cave"),
      log: silentLogger(),
    },
    status,
    model: {
      beginFault: (fault) => {
        begun.push(fault);
        done.push(`begin ${fault.id}`);
      },
      endFault: (id) => void done.push(`end ${id}`),
    },
    cut: () => void done.push("cut"),
  });
  const taken = () => recorder.take({ cpuS: 0, rssBytes: 0 });
  return { faults, done, begun, taken, status };
}

const scripted = (kind: string, atMs: number, forMs?: number): FaultSpec => ({
  kind,
  parameters: { wide: true },
  times: { by: "script", at: "1s", atMs, ...(forMs === undefined ? {} : { forMs }) },
});

const MESSAGE = { body: "{}", properties: {} };

test("a fault of the timeline begins before the step that is due then, and both are told", () => {
  const { faults, done, begun, taken } = faultsOf(scripted("doorOpen", 1_000, 1_000));
  for (const dueMs of [500, 999]) faults.step(dueMs, 0.5);
  expect(done).toEqual([]);
  for (const dueMs of [1_000, 1_500, 2_000]) faults.step(dueMs, 0.5);
  expect(done).toEqual(["begin doorOpen-1", "end doorOpen-1"]);
  expect(begun).toEqual([{ id: "doorOpen-1", kind: "doorOpen", parameters: { wide: true } }]);
  const { events, counters } = taken();
  const common = { type: "fault", t: 0, deviceId: "cave-1", kind: "doorOpen", at: "1s" };
  expect(events).toEqual([
    { ...common, state: "begun", parameters: { wide: true } },
    { ...common, state: "ended", parameters: { wide: true } },
  ]);
  expect(counters).toEqual({ "faults_begun{kind:doorOpen,model:cheese-cave}": 1 });
});

test("a device that begins later, after a restart too, takes up what is on and not what is over", () => {
  const { faults, done } = faultsOf(scripted("doorOpen", 1_000, 1_000), scripted("jam", 1_000));
  faults.step(5_000, 1);
  expect(done).toEqual(["begin jam-2"]);
});

/** What a jam between 2 s and 4 s of the device's own time does at steps of a second that are due then. */
const jamAt = (...dueMs: number[]): readonly string[] => {
  const times = { by: "age", atMs: [2_000], forMs: 2_000 } as const;
  const { faults, done } = faultsOf({ kind: "jam", parameters: {}, times });
  return dueMs.map((due) => {
    faults.step(due, 1);
    return done.splice(0).join();
  });
};

test("a schedule of the device's own counts intervals from its first message, whatever the clock", () => {
  const expected = ["", "", "begin jam-1", "", "end jam-1"];
  expect(jamAt(0, 1_000, 2_000, 3_000, 4_000)).toEqual(expected);
  expect(jamAt(90_000, 90_400, 92_000, 99_000, 99_001)).toEqual(expected);
});

/** By chance. */
const jam: FaultSpec = {
  kind: "jam",
  parameters: {},
  times: { by: "chance", everyMs: 10_000, forMs: 1_000 },
};

/** The steps before which a jam begins. */
const stepsOf = (...specs: readonly FaultSpec[]): readonly number[] => {
  const { faults, begun } = faultsOf(...specs);
  return Array.from({ length: 300 }, (_, step) => {
    faults.step(step * 1_000, 1);
    return begun.splice(0).some(({ id }) => id === "jam-1") ? step : -1;
  }).filter((step) => step >= 0);
};

test("chance draws for each fault from a stream of its own", () => {
  const alone = stepsOf(jam);
  expect(alone.length).toBeGreaterThan(10);
  expect(stepsOf(jam, { ...jam, kind: "doorOpen" })).toEqual(alone);
});

test("messages are struck while the fault is on, and the model hears nothing of it", () => {
  const fault: FaultSpec = { ...scripted("dropout", 1_000, 1_000), parameters: {} };
  const { faults, done } = faultsOf(fault);
  const sent = [0, 500, 1_000, 1_500, 2_000].filter((dueMs) => {
    faults.step(dueMs, 0.5);
    return faults.apply(MESSAGE) !== undefined;
  });
  expect(sent).toEqual([0, 500, 2_000]);
  expect(done).toEqual([]);
});

test("a disconnect comes at its time, without a message, and holds the device away until it is over", async () => {
  const { faults, done, taken } = faultsOf({
    ...scripted("disconnect", 1_000, 2_000),
    parameters: {},
  });
  const { signal } = new AbortController();
  faults.start(signal);
  await vi.advanceTimersByTimeAsync(999);
  expect(done).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toEqual(["cut"]);
  const waited = faults.mayConnect(signal);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await waited).toBe(true);
  expect(await faults.mayConnect(signal)).toBe(false);
  expect(taken().events).toMatchObject([
    { state: "begun", t: 1_000 },
    { state: "ended", t: 3_000 },
  ]);
});

test("a disconnect that comes while the device is connecting cuts the connection that it gets", async () => {
  const { faults, done } = faultsOf({ ...scripted("disconnect", 1_000, 2_000), parameters: {} });
  const { signal } = new AbortController();
  faults.start(signal);
  expect(await faults.mayConnect(signal)).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  faults.connected();
  expect(done).toEqual(["cut", "cut"]);
  await vi.advanceTimersByTimeAsync(2_000);
  faults.connected();
  expect(done).toEqual(["cut", "cut"]);
});

test("a disconnect without a time cuts and lets the device come back at once", async () => {
  const { faults, done } = faultsOf({ ...scripted("disconnect", 1_000), parameters: {} });
  const stop = new AbortController();
  faults.start(stop.signal);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(done).toEqual(["cut"]);
  expect(await faults.mayConnect(stop.signal)).toBe(false);
});

test("a fault of the twin begins and ends by the clock, and stays where it has no end", async () => {
  const { faults, done } = faultsOf(
    { ...scripted("stuck", 1_000, 2_000), parameters: {} },
    { ...scripted("wrongReport", 2_000), parameters: {} },
  );
  faults.start(new AbortController().signal);
  const seen: (readonly [boolean, unknown])[] = [];
  for (const ms of [999, 1, 1_000, 1_000, 60_000]) {
    await vi.advanceTimersByTimeAsync(ms);
    seen.push([faults.twin.isStuck, faults.twin.reported({ a: 1 })["a"]]);
  }
  expect(seen).toEqual([
    [false, 1],
    [true, 1],
    [true, 11],
    [false, 11],
    [false, 11],
  ]);
  expect(done).toEqual([]);
});

test("a stop ends the wait for a connection, and what is still to come", async () => {
  const { faults, done } = faultsOf(
    { ...scripted("disconnect", 0, 10_000), parameters: {} },
    { ...scripted("disconnect", 5_000), parameters: {} },
  );
  const stop = new AbortController();
  faults.start(stop.signal);
  await vi.advanceTimersByTimeAsync(0);
  const waiting = faults.mayConnect(stop.signal);
  stop.abort(new Error("stopped"));
  await expect(waiting).rejects.toThrow("stopped");
  await vi.advanceTimersByTimeAsync(20_000);
  expect(done).toEqual(["cut"]);
});

test("a fault that is added while the device sends is on for the next message, however short it is", () => {
  const { faults, done } = faultsOf();
  faults.step(1_000, 1);
  faults.add(scripted("doorOpen", 1_200, 100));
  faults.step(2_000, 1);
  faults.step(3_000, 1);
  expect(done).toEqual(["begin doorOpen-1", "end doorOpen-1"]);
});

test("an added fault of the connection begins at once, and one that is over is missed", async () => {
  const { faults, done } = faultsOf();
  const over = new AbortController();
  faults.start(over.signal);
  vi.setSystemTime(5_000);
  faults.add({ ...scripted("disconnect", 1_000, 1_000), parameters: {} });
  faults.add({ ...scripted("disconnect", 4_999, 1_000), parameters: {} });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(done).toEqual(["cut"]);
  expect(await faults.mayConnect(over.signal)).toBe(false);
  over.abort();
});

test("an added fault of a moment strikes though the word of it came late", async () => {
  const { faults, done, taken } = faultsOf();
  const over = new AbortController();
  faults.start(over.signal);
  vi.setSystemTime(5_000);
  const now = vi.spyOn(Date, "now");
  // A clock that goes on between two looks.
  let ms = 5_000;
  now.mockImplementation(() => (ms += 0.01));
  faults.add({ ...scripted("disconnect", 4_900), parameters: {} });
  now.mockRestore();
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toEqual(["cut"]);
  expect(taken().events).toMatchObject([{ state: "begun" }, { state: "ended" }]);
  over.abort();
});

test("what is on is over when the device goes off, and on again at its next boot", () => {
  const specs = [scripted("doorOpen", 1_000, 9_000)];
  const first = faultsOf(...specs);
  first.faults.step(1_000, 1);
  first.faults.stop();
  const states = ({ taken }: ReturnType<typeof faultsOf>) =>
    taken().events.map((event) => event.type === "fault" && event.state);
  expect(states(first)).toEqual(["begun", "ended"]);
  const second = bootOf(first.status, specs);
  second.faults.step(5_000, 1);
  expect(second.done).toEqual(["begin doorOpen-1"]);
});

test("a device's own schedule goes on over its boots", () => {
  const specs: FaultSpec[] = [
    { kind: "doorOpen", parameters: {}, times: { by: "age", atMs: [1_000, 3_000], forMs: 500 } },
  ];
  const first = faultsOf(...specs);
  for (const dueMs of [0, 1_000, 2_000]) first.faults.step(dueMs, 1);
  expect(first.status.ageMs).toBe(2_000);
  const second = bootOf(first.status, specs);
  second.faults.step(60_000, 1);
  expect(second.begun).toHaveLength(1);
  expect(second.done).toEqual(["begin doorOpen-1"]);
});
