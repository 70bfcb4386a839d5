import { expect, test } from "vitest";

import { deferred } from "../../../src/base/deferred.ts";
import { Timeline } from "../../../src/run/timeline.ts";

const action = (atMs: number, devices: readonly string[]) => ({
  at: `${atMs}ms`,
  atMs,
  devices,
  desired: { temperature: 1 },
});

/** A timeline whose events are kept, and a promise of the one that is waited for. */
function timeline(options: {
  actions: readonly ReturnType<typeof action>[];
  patch: (deviceId: string) => Promise<number>;
  until: string;
}) {
  const told: string[] = [];
  const awaited = deferred<void>();
  const made = new Timeline({
    actions: options.actions,
    patch: options.patch,
    clock: () => 0,
    emit: (event) => {
      if (event.type === "twinPatch") {
        told.push(`${event.at} ${event.deviceId} version ${event.version}`);
        return;
      }
      const { at, state, patched } = event;
      told.push(`${at} ${state} ${patched}`);
      if (state === options.until) awaited.resolve(undefined);
    },
  });
  return { made, told, reached: awaited.promise };
}

test("an action that is due patches each of its devices", async () => {
  const { made, told, reached } = timeline({
    actions: [action(0, ["a", "b"])],
    patch: async () => 2,
    until: "patched",
  });
  made.start();
  await reached;
  await made.stop();
  expect(told).toEqual(["0ms patching 0", "0ms a version 2", "0ms b version 2", "0ms patched 2"]);
  expect(made.results()[0]).toMatchObject({ patched: 2, notDue: false });
});

test("an action after the end is not due and calls nobody", async () => {
  const { made, told } = timeline({
    actions: [action(60_000, ["a"])],
    patch: () => Promise.reject(new Error("called")),
    until: "notDue",
  });
  made.start();
  await made.stop();
  await made.stop();
  expect(told).toEqual(["60000ms notDue 0"]);
  expect(made.results()[0]?.notDue).toBe(true);
});

test("an action for other parts of the fleet is not told here", async () => {
  const { made, told, reached } = timeline({
    actions: [action(0, []), action(0, ["a"]), action(60_000, [])],
    patch: async () => 2,
    until: "patched",
  });
  made.start();
  await reached;
  await made.stop();
  expect(told).toEqual(["0ms patching 0", "0ms a version 2", "0ms patched 1"]);
  expect(made.results().map(({ notDue }) => notDue)).toEqual([false, false, true]);
});

test("a twin that cannot be patched is told, and the others are patched", async () => {
  const { made, told, reached } = timeline({
    actions: [action(0, ["a", "b"])],
    patch: (id) => (id === "a" ? Promise.reject(new Error("no such device")) : Promise.resolve(2)),
    until: "failed",
  });
  made.start();
  await reached;
  await made.stop();
  expect(told).toEqual(["0ms patching 0", "0ms b version 2", "0ms patched 1", "0ms failed 1"]);
});

test("many patches at once listen to the run's end without a warning", async () => {
  const warnings: string[] = [];
  const note = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", note);
  const devices = Array.from({ length: 50 }, (_, n) => `cave-${n}`);
  const all = deferred<void>();
  let calls = 0;
  const made = new Timeline({
    actions: [action(0, devices)],
    patch: async (_id, _desired, signal) => {
      signal.addEventListener("abort", () => undefined);
      calls += 1;
      // As many as are under way at once.
      if (calls === 16) all.resolve(undefined);
      await all.promise;
      return 2;
    },
    clock: () => 0,
    emit: () => undefined,
  });
  made.start();
  await all.promise;
  // Node tells warnings in a later turn.
  await new Promise((resolve) => setImmediate(resolve));
  await made.stop();
  process.off("warning", note);
  expect(warnings).toEqual([]);
});
