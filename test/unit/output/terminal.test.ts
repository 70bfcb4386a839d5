import { expect, test } from "vitest";

import { formatMs } from "../../../src/output/format-ms.ts";
import type { ArrivalEvent } from "../../../src/output/output.ts";
import { formatClock } from "../../../src/output/terminal-text.ts";
import { TerminalLines } from "../../../src/output/terminal.ts";
import { runPlan, runSnapshot, twinChange } from "../../support/run-events.ts";

function terminal(): { lines: TerminalLines; printed: string[] } {
  const printed: string[] = [];
  const sink = { write: (text: string) => printed.push(text) > 0 };
  return { lines: new TerminalLines(sink, { colour: false, nowMs: () => 0 }), printed };
}

const failure = {
  type: "error",
  errorClass: "unauthorized",
  error: "refused",
  final: true,
} as const;

test("a warning that a thousand devices share is told once", () => {
  const { lines, printed } = terminal();
  for (let device = 0; device < 1_000; device += 1) {
    lines.emit({ ...failure, t: device, deviceId: `cave${device}` });
  }
  expect(printed).toEqual([
    "00:00.0  unauthorized: refused, gave up; why: dps-fleet doctor explain cave0\n",
  ]);
});

test("a refusal that is expected is told once, and not as an error", () => {
  const { lines, printed } = terminal();
  for (const deviceId of ["bad-1", "bad-2"]) {
    lines.emit({ ...failure, expected: true, t: 0, deviceId });
  }
  lines.emit(
    runSnapshot({
      t: 5_000,
      states: { streaming: 1, failed: 3 },
      counters: { "refusals_expected{class:unauthorized}": 2 },
    }),
  );
  expect(printed[0]).toBe("00:00.0  refused as expected: unauthorized: refused\n");
  expect(printed[1]).toContain("1 streaming, 1 failed, 2 refused of 0");
  expect(printed).toHaveLength(2);
});

test("who follows a twin change is named, up to a few", () => {
  const { lines, printed } = terminal();
  const desired = { temperature: 50.123 };
  lines.emit(twinChange({ t: 12_000, at: "12s", selected: 9 }));
  for (let device = 1; device <= 9; device += 1) {
    const deviceId = `cave${device}`;
    lines.emit({
      type: "desired",
      t: 12_100,
      deviceId,
      version: 2,
      initial: false,
      patch: desired,
    });
  }
  expect(printed[0]).toContain('desired {"temperature":50.123} for 9 devices');
  expect(printed[1]).toContain("cave1 follows");
  expect(printed.at(-1)).toContain("others follow");
  expect(printed).toHaveLength(7);
});

test("whose desired versions do not come as the hub counts them is named, up to a few", () => {
  const { lines, printed } = terminal();
  const missed = { type: "desiredMissed", t: 0, learnt: "gap" } as const;
  lines.emit({ ...missed, deviceId: "cave1", from: 4, to: 4, healed: true });
  lines.emit({ ...missed, deviceId: "cave2", from: 4, to: 6, healed: false });
  const dropped = { type: "desiredDropped", t: 1_000, version: 5 } as const;
  lines.emit({ ...dropped, deviceId: "cave3", why: "outOfOrder" });
  for (let device = 0; device < 9; device += 1) {
    lines.emit({ ...dropped, deviceId: `cave${device}`, why: "duplicate" });
  }
  expect(printed.slice(0, 4)).toEqual([
    "00:00.0  cave1 was never told desired version 4, and read what was in it\n",
    "00:00.0  cave2 was never told desired versions 4 to 6, and did not read what was in it\n",
    "00:01.0  cave3 was told desired version 5 after newer ones\n",
    "00:01.0  cave0 was told desired version 5 twice\n",
  ]);
  expect(printed.at(-1)).toBe("00:01.0  … and others were told versions twice\n");
  expect(printed).toHaveLength(9);
});

test("who rolls its certificate is named, up to a few, and who cannot with the reason", () => {
  const { lines, printed } = terminal();
  const validTo = "2027-01-02T03:04:05.000Z";
  for (let device = 1; device <= 9; device += 1) {
    const deviceId = `cave${device}`;
    lines.emit({ type: "certificate", t: 0, deviceId, state: "found", validTo });
    lines.emit({ type: "certificate", t: 0, deviceId, state: "inUse", validTo });
  }
  lines.emit({ type: "certificate", t: 0, deviceId: "bad", state: "refused", error: "no key" });
  expect(printed[0]).toContain("cave1 rolled to its new certificate, which holds until 2027-01-02");
  expect(printed[5]).toContain("others rolled");
  expect(printed[6]).toContain("bad keeps its old certificate, the new one is refused: no key");
  expect(printed).toHaveLength(7);
});

test("another time of the devices is told with the plan", () => {
  const { lines, printed } = terminal();
  lines.emit(runPlan());
  lines.emit(runPlan({ timeScale: 60 }));
  expect(printed[0]).not.toContain("time");
  expect(printed[1]).toContain("arrival within 0.9 s, devices' time ×60, 1 worker, seed 1");
});

test("the section that is read after a connect is no follower", () => {
  const { lines, printed } = terminal();
  lines.emit({ type: "desired", t: 0, deviceId: "a", version: 1, initial: true, patch: {} });
  expect(printed).toEqual([]);
});

test.each([
  [null, "-"],
  [0.5, "0.50 ms"],
  [123.45, "123.5 ms"],
  [3_212, "3.21 s"],
])("%j ms reads %s", (ms, text) => expect(formatMs(ms)).toBe(text));

test.each([
  [-5, "00:00.0"],
  [12_340, "00:12.3"],
  [59_990, "01:00.0"],
  [3_600_000, "60:00.0"],
])("the clock of %j ms reads %s", (t, text) => expect(formatClock(t)).toBe(text));

/** Progress of 100 pieces, one each `everyMs`; what a terminal or a file gets to see of it. */
function progressOf(everyMs: number, isTTY: boolean): readonly string[] {
  const printed: string[] = [];
  let nowMs = 0;
  const sink = { isTTY, columns: 80, write: (text: string) => printed.push(text) > 0 };
  const lines = new TerminalLines(sink, { colour: false, nowMs: () => nowMs });
  for (let done = 0; done <= 100; done += 1, nowMs += everyMs) {
    lines.progress("issuing certificates", done, 100);
  }
  lines.phase("issued");
  return printed;
}

test("what is soon done shows no progress in a file, and on a terminal from the first moment on", () => {
  expect(progressOf(1, false)).toEqual(["› issued\n"]);
  expect(progressOf(1, true)[0]).toContain("issuing certificates: 0 of 100");
  expect(progressOf(1, true).slice(1)).toEqual(["\r\u001B[K", "› issued\n"]);
});

function statusOf(isTTY: boolean): readonly string[] {
  const printed: string[] = [];
  const sink = { isTTY, columns: 80, write: (text: string): boolean => printed.push(text) > 0 };
  const lines = new TerminalLines(sink, { colour: false, nowMs: () => 0 });
  lines.status("devices start in 2s");
  lines.status(undefined);
  return printed;
}

test("what goes on for the moment is told on a terminal alone, and leaves nothing behind", () => {
  expect(statusOf(false)).toEqual([]);
  expect(statusOf(true)).toEqual(["\r\u001B[K  devices start in 2s", "\r\u001B[K"]);
});

test("without a terminal progress is a line every few seconds, with an estimate", () => {
  expect(progressOf(100, false)).toEqual([
    "  issuing certificates: 20 of 100, about 8 s left\n",
    "  issuing certificates: 70 of 100, about 3 s left\n",
    "› issued\n",
  ]);
});

test("on a terminal progress stays in its line, and leaves nothing behind", () => {
  const printed = progressOf(100, true);
  expect(printed[0]).toBe(`\r\u001B[K  ${"·".repeat(20)} issuing certificates: 0 of 100`);
  expect(printed.at(-3)).toContain("99 of 100, about 1 s left");
  expect(printed.at(-2)).toBe("\r\u001B[K");
  expect(printed.at(-1)).toBe("› issued\n");
});

test("who has an alert is named, up to a few, and at the end each alert is summed up", () => {
  const { lines, printed } = terminal();
  const tell = (device: number, state: "raised" | "cleared", reading?: string): void =>
    lines.emit({
      type: "alert",
      t: 1_000,
      deviceId: `belt${device}`,
      alert: "shaking",
      state,
      reading,
    });
  tell(1, "raised", "8.4");
  tell(1, "cleared", "7.9");
  for (let device = 2; device <= 9; device += 1) tell(device, "raised");
  expect(printed).toEqual([
    "00:01.0  alert shaking raised: belt1 (8.4)\n",
    "00:01.0  alert shaking cleared: belt1 (7.9)\n",
    ...[2, 3, 4, 5].map((device) => `00:01.0  alert shaking raised: belt${device}\n`),
    "00:01.0  … and others have alert shaking raised\n",
  ]);
});

test("what devices warn of is told, up to a few of a kind, and nothing else that they say", () => {
  const { lines, printed } = terminal();
  const say = (device: number, name: string, level: "info" | "warning"): void =>
    lines.emit({
      type: "model",
      t: 0,
      deviceId: `cave${device}`,
      name,
      level,
      text: "Fan has failed",
    });
  say(1, "fanSet", "info");
  for (let device = 1; device <= 9; device += 1) say(device, "fanFailed", "warning");
  expect(printed).toEqual([
    ...[1, 2, 3, 4, 5].map((device) => `00:00.0  cave${device}: Fan has failed\n`),
    "00:00.0  … and others say fanFailed\n",
  ]);
});

const fault = (deviceId: string, more: object = {}) => ({
  type: "fault" as const,
  t: 0,
  deviceId,
  kind: "late",
  state: "begun" as const,
  parameters: { by: "5s" },
  at: "12s",
  ...more,
});

test("faults of the timeline name the first few devices; those of schedules come too often", () => {
  const { lines, printed } = terminal();
  for (let device = 1; device <= 7; device += 1) lines.emit(fault(`cave${device}`));
  lines.emit(fault("cave1", { state: "ended" }));
  lines.emit(fault("cave1", { at: "20s" }));
  lines.emit(fault("cave1", { at: undefined }));
  expect(printed).toEqual([
    ...[1, 2, 3, 4, 5].map((n) => `00:00.0  fault late begun: cave${n} {"by":"5s"}\n`),
    "00:00.0  … and others have fault late begun\n",
    "00:00.0  fault late ended: cave1\n",
    '00:00.0  fault late begun: cave1 {"by":"5s"}\n',
  ]);
});

test("nothing of a device reaches the terminal as a control sequence", () => {
  const { lines, printed } = terminal();
  const deviceId = "a\u001B[2J";
  lines.emit(fault(deviceId));
  lines.emit({ type: "alert", t: 0, deviceId, alert: "warm", state: "raised" });
  lines.emit({ type: "model", t: 0, deviceId, name: "n", level: "warning", text: "\u001B[2J" });
  expect(printed).toHaveLength(3);
  expect(printed.join("")).not.toContain("\u001B");
});

test("a worker that is silent is told of; its start is not", () => {
  const { lines, printed } = terminal();
  const worker = { type: "worker", worker: 1, boot: 1 } as const;
  lines.emit({ ...worker, t: 0, state: "ready" });
  lines.emit({ ...worker, t: 5_000, state: "silent", detail: "has told nothing for 3 s" });
  expect(printed).toEqual(["00:05.0  worker 1 has told nothing for 3 s\n"]);
});

test("an adaptive arrival tells when it gives way, and at its end, but not each step of its rate", () => {
  const { lines, printed } = terminal();
  const tell = (t: number, event: Pick<ArrivalEvent, "reason" | "beforePerS" | "ratePerS">): void =>
    lines.emit({ type: "arrival", t, started: 30, ...event });
  tell(0, { reason: "begin", beforePerS: 0, ratePerS: 5 });
  tell(9_000, { reason: "raise", beforePerS: 5.8, ratePerS: 6.1 });
  tell(80_000, { reason: "throttled", beforePerS: 30.844, ratePerS: 15.833 });
  tell(80_500, { reason: "refine", beforePerS: 15.833, ratePerS: 14.9 });
  tell(90_000, { reason: "latency", beforePerS: 14.9, ratePerS: 12 });
  tell(99_000, { reason: "complete", beforePerS: 12, ratePerS: 12 });
  expect(printed).toEqual([
    "00:00.0  devices start at 5/s, and faster until a service pushes back\n",
    "01:20.0  devices are refused at 30.8/s, 15.8/s is held\n",
    "01:30.0  devices take longer at 14.9/s, 12/s is held\n",
    "01:39.0  all 30 devices started\n",
  ]);
});
