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

test("failed and stopped are final", () => {
  const life = new LifeState(() => undefined);
  expect(life.isFinal).toBe(false);
  life.to("stopped");
  expect(life.isFinal).toBe(true);
});
