import fc from "fast-check";
import { expect, test } from "vitest";

import { LatencyHistogram } from "../../../src/metrics/histogram.ts";
import { renderScreen } from "../../../src/output/render-screen.ts";
import type { ScreenView } from "../../../src/output/screen-view.ts";
import { ScreenState } from "../../../src/output/screen-view.ts";
import { paint } from "../../../src/output/terminal-text.ts";
import { displayWidth } from "../../../src/output/text-width.ts";
import { runPlan, runSnapshot, twinChange } from "../../support/run-events.ts";

function latency(...times: readonly number[]) {
  const histogram = new LatencyHistogram();
  for (const ms of times) histogram.record(ms);
  return histogram.encode();
}

const desired = { temperature: 50.123 };

/** A run in its twelfth second. */
function busyView(hubs: Readonly<Record<string, number>> = { "hub.azure-devices.net": 8 }) {
  const state = new ScreenState();
  state.apply(runPlan());
  state.apply(runSnapshot({ t: 11_000, counters: { telemetry_acked: 40 } }));
  state.apply(twinChange({ t: 11_500, at: "11s", selected: 2 }));
  for (const deviceId of ["a", "b"]) {
    const version = 2;
    state.apply({ type: "desired", t: 11_600, deviceId, version, initial: false, patch: desired });
  }
  state.apply({
    type: "reported",
    t: 11_700,
    deviceId: "a",
    desiredVersion: 2,
    patch: { temperature: { value: 50.123 } },
    ms: 1,
  });
  state.apply(
    runSnapshot({
      t: 12_000,
      states: { streaming: 8, failed: 2 },
      byHub: hubs,
      counters: { telemetry_sent: 52, telemetry_acked: 50, "telemetry_failed{class:offline}": 2 },
      histograms: {
        "registration_ms{hub:a}": latency(3_000),
        "registration_ms{hub:b}": latency(4_000),
      },
    }),
  );
  return state.view;
}

const plainInk = paint(false);
const render = (view: ScreenView, columns: number, rows: number, events: readonly string[] = []) =>
  renderScreen(view, { columns, rows, ink: plainInk, events });

test("it shows clock, states, rates, hubs, the change with its followers, percentiles and events", () => {
  expect(render(busyView(), 72, 22, ["one", "two"])).toEqual([
    "small → emulator  1 worker, seed 1                        00:12 of 00:30",
    "",
    `devices    ${"█".repeat(33)}${"×".repeat(9)}  8 of 10 streaming`,
    "           8 streaming  2 failed",
    "messages   52 sent  50 acknowledged  2 failed  4.2/s  ▄█",
    "hubs       hub.azure-devices.net  8",
    "",
    'twin       at 11s: {"temperature":50.123}',
    "           0 of 2 patched  2 following  1 reported back  a, b",
    "",
    "                 count      p50      p95      p99      max",
    "registration         2   3.00 s   4.00 s   4.00 s   4.00 s",
    "",
    "one",
    "two",
  ]);
});

test("it shows the rate of an adaptive arrival for as long as it lasts", () => {
  const state = new ScreenState();
  const shown = (): string =>
    renderScreen(state.view, { columns: 80, rows: 24, ink: paint(false), events: [] }).join("\n");
  const event = {
    type: "arrival",
    t: 80_000,
    beforePerS: 30,
    ratePerS: 15.833,
    started: 3,
  } as const;
  state.apply(runPlan());
  state.apply({ ...event, reason: "throttled" });
  expect(shown()).toContain("starting 15.8/s");
  state.apply({ ...event, reason: "complete" });
  expect(shown()).not.toContain("starting");
});

test("on a small terminal blank lines and the emptiest hubs give way to events", () => {
  const hubs = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`hub${n}`, n + 1]));
  const lines = render(busyView(hubs), 60, 15, ["one", "two", "three", "four", "five"]);
  expect(lines).toHaveLength(15);
  expect(lines).not.toContain("");
  expect(lines).toContain("hubs       hub8  9");
  expect(lines.some((line) => line.includes("more  "))).toBe(true);
  expect(lines.slice(-4)).toEqual(["two", "three", "four", "five"]);
});

test("a second change begins with no followers", () => {
  const state = new ScreenState();
  state.apply(twinChange());
  state.apply({
    type: "desired",
    t: 1_100,
    deviceId: "a",
    version: 2,
    initial: false,
    patch: desired,
  });
  state.apply(twinChange({ t: 1_200, state: "ended", done: 1 }));
  expect(state.view.change).toMatchObject({ followed: 1, followers: ["a"], patched: 1 });
  state.apply(twinChange({ t: 2_000, action: 1, at: "2s" }));
  expect(state.view.change).toMatchObject({ followed: 0, followers: [], patched: 0 });
});

test("the screen never outgrows the terminal, whatever names and events hold", () => {
  const view = busyView();
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 60 }),
      fc.array(fc.string({ unit: "grapheme" }), { maxLength: 50 }),
      fc.boolean(),
      (columns, rows, events, colour) => {
        const lines = renderScreen(view, { columns, rows, ink: paint(colour), events });
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      },
    ),
  );
});

test("the bar is always full, and a single failed device among thousands is seen", () => {
  const state = new ScreenState();
  state.apply(runPlan({ devices: 10_000 }));
  state.apply(runSnapshot({ states: { streaming: 9_999, failed: 1 } }));
  const bar = /[█×·▒▓]+/.exec(render(state.view, 100, 20).join("\n"))?.[0] ?? "";
  expect(bar).toContain("×");
  expect(displayWidth(bar)).toBe(60);
});

test("devices that are refused as expected are neither failed nor missing", () => {
  const state = new ScreenState();
  state.apply(runPlan({ devices: 3 }));
  const bad = { registrationId: "bad", model: "m", expectedRefusal: "unauthorized" } as const;
  state.apply({ type: "fleet", t: 0, devices: [{ registrationId: "a", model: "m" }, bad, bad] });
  state.apply(
    runSnapshot({
      states: { streaming: 1, failed: 2 },
      counters: { "refusals_expected{class:unauthorized}": 2 },
    }),
  );
  const lines = renderScreen(state.view, { columns: 80, rows: 24, ink: paint(false), events: [] });
  expect(lines.join("\n")).toContain("1 of 1 streaming");
  expect(lines.join("\n")).toContain("1 streaming  2 refused");
});
