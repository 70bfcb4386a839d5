import fc from "fast-check";
import { expect, test } from "vitest";

import type { ScreenView } from "../../../src/output/live-screen.ts";
import { LiveScreen, renderScreen } from "../../../src/output/live-screen.ts";

const none = { count: 0, min: null, mean: null, p50: null, p90: null };
const empty = { ...none, p95: null, p99: null, p999: null, max: null };
const view: ScreenView = {
  title: "thirty-caves → emulator",
  t: 12_300,
  durationMs: 120_000,
  devices: 30,
  states: { streaming: 15, registering: 15 },
  byHub: { "hub.azure-devices.net": 30 },
  sent: 100,
  acked: 99,
  ackedPerS: 6,
  latencies: [{ name: "telemetry", ms: empty }],
  log: ["one", "two", "three"],
};

test("the screen never outgrows the terminal", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 60 }),
      (columns, rows) => {
        const lines = renderScreen(view, columns, rows);
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      },
    ),
  );
});

test("it shows clock, progress, states, hubs and the last events", () => {
  expect(renderScreen(view, 80, 8)).toEqual([
    "thirty-caves → emulator  00:12.3 of 02:00.0",
    "[###############---------------] 15 of 30 streaming",
    "registering 15  streaming 15",
    "hub.azure-devices.net  30",
    "telemetry  100 sent  99 acknowledged  6.0/s",
    "",
    "two",
    "three",
  ]);
});

test("the terminal is given back once, also when the run breaks off", async () => {
  const written: string[] = [];
  const sink = { columns: 80, rows: 24, write: (text: string) => written.push(text) > 0 };
  const screen = new LiveScreen(sink, { colour: false });
  screen.emit({
    type: "plan",
    t: 0,
    runId: "r",
    scenario: "s",
    seed: 1,
    target: "emulator",
    startedAt: "",
    devices: 1,
    arrivalEndMs: 0,
    durationMs: null,
    workers: 1,
    thresholds: [],
  });
  await screen.close();
  await screen.close();
  expect(written.filter((text) => text.includes("[?1049h"))).toHaveLength(1);
  expect(written.filter((text) => text.includes("[?1049l"))).toHaveLength(1);
});
