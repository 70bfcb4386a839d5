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
    emit: ({ at, state, patched }) => {
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
  expect(told).toEqual(["0ms patching 0", "0ms patched 2"]);
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

test("a twin that cannot be patched is told, and the others are patched", async () => {
  const { made, told, reached } = timeline({
    actions: [action(0, ["a", "b"])],
    patch: (id) => (id === "a" ? Promise.reject(new Error("no such device")) : Promise.resolve(2)),
    until: "failed",
  });
  made.start();
  await reached;
  await made.stop();
  expect(told).toEqual(["0ms patching 0", "0ms patched 1", "0ms failed 1"]);
});
