import { expect, test } from "vitest";
import { LifeState } from "../../../src/device/life-state.ts";
import type { DeviceState } from "../../../src/metrics/device-row.ts";

function walk(...states: DeviceState[]): string[] {
  const steps: string[] = [];
  const life = new LifeState((from, to) => steps.push(`${from} > ${to}`));
  for (const state of states) life.to(state);
  return steps;
}

test("a device that loses its hub and comes back tells every step", () => {
  expect(
    walk("registering", "assigned", "connecting", "streaming", "reconnecting", "streaming"),
  ).toEqual([
    "waiting > registering",
    "registering > assigned",
    "assigned > connecting",
    "connecting > streaming",
    "streaming > reconnecting",
    "reconnecting > streaming",
  ]);
});

test("a device that its hub does not know any more goes back to DPS", () => {
  expect(() =>
    walk(
      "registering",
      "assigned",
      "connecting",
      "streaming",
      "reconnecting",
      "registering",
      "assigned",
      "reconnecting",
    ),
  ).not.toThrow();
});

test("a step that makes no sense is a bug", () => {
  expect(() => walk("streaming")).toThrow("from waiting to streaming");
  expect(() => walk("registering", "failed", "stopped")).toThrow("from failed to stopped");
});

test("a device that failed or was stopped is off until it boots again", () => {
  for (const off of ["stopped", "failed"] as const) {
    const told: unknown[] = [];
    const life = new LifeState((...step) => told.push(step));
    expect(life.isOver).toBe(false);
    life.to(off, "powerCut");
    expect(life.isOver).toBe(true);
    life.to("registering");
    expect(life.isOver).toBe(false);
    expect(told).toEqual([
      ["waiting", off, "powerCut"],
      [off, "registering", undefined],
    ]);
  }
});

test("a device is up while it streams, and stays so where it is switched off because the run is over", () => {
  const ways: readonly (readonly [...DeviceState[]])[] = [
    ["registering", "assigned", "connecting"],
    ["registering", "assigned", "connecting", "streaming"],
    ["registering", "assigned", "connecting", "streaming", "stopped"],
    ["registering", "assigned", "connecting", "streaming", "reconnecting"],
    ["registering", "assigned", "connecting", "streaming", "reconnecting", "stopped"],
  ];
  const isUp = ways.map((way) => {
    const state = new LifeState(() => undefined);
    for (const to of way) state.to(to);
    return state.isUp;
  });
  expect(isUp).toEqual([false, true, true, false, false]);
  const cut = new LifeState(() => undefined);
  for (const to of ways[1] ?? []) cut.to(to);
  cut.to("stopped", "powerCut");
  expect(cut.isUp).toBe(false);
});
