import { expect, test } from "vitest";

import type { RunEvent } from "../../../src/output/output.ts";
import { LiveScreen } from "../../../src/output/live-screen.ts";
import { runPlan, runSnapshot } from "../../support/run-events.ts";
import { VirtualTerminal } from "../../support/virtual-terminal.ts";

const ENTER = "\u001B[?1049h";
const LEAVE = "\u001B[?1049l";

function screen(size = { columns: 80, rows: 24 }): { live: LiveScreen; terminal: VirtualTerminal } {
  const terminal = new VirtualTerminal(size);
  const live = new LiveScreen(terminal, { colour: true, nowMs: () => 0 });
  return { live, terminal };
}

const tell = (live: LiveScreen, ...events: readonly RunEvent[]): void => {
  for (const event of events) live.emit(event);
};

test("it shows the run, and what is told goes below", () => {
  const { live, terminal } = screen();
  tell(live, runPlan());
  live.phase("starting the emulator");
  expect(terminal.shown()[0]).toMatch(/^small → emulator {2}1 worker, seed 1 +setting up$/);
  tell(live, runSnapshot({ t: 3_000, states: { streaming: 4, registering: 6 } }));
  const text = terminal.shown().join("\n");
  expect(text).toContain("00:03 of 00:30");
  expect(text).toContain("4 of 10 streaming");
  expect(text).toContain("› starting the emulator");
});

test("what goes on before time 0 stands in the place of the clock", () => {
  const { live, terminal } = screen();
  tell(live, runPlan());
  live.status("devices start in 9s");
  expect(terminal.shown()[0]).toMatch(/devices start in 9s$/);
  live.status(undefined);
  expect(terminal.shown()[0]).toMatch(/setting up$/);
});

test("only rows that change are drawn again", () => {
  const { live, terminal } = screen();
  tell(live, runPlan(), runSnapshot({ t: 1_000 }));
  terminal.written = "";
  tell(live, runSnapshot({ t: 1_200 }));
  expect(terminal.written).toBe("");
  tell(live, runSnapshot({ t: 2_000 }));
  expect(terminal.written).not.toContain("\u001B[2J");
  expect(terminal.written.length).toBeLessThan(200);
  expect(terminal.shown()[0]).toContain("00:02");
});

test("a line that fills its row loses nothing", () => {
  const { live, terminal } = screen({ columns: 60, rows: 15 });
  tell(live, runPlan(), runSnapshot({ t: 1_000 }));
  expect(terminal.shown()[0]).toMatch(/00:01 of 00:30$/);
});

test("the terminal is given back once, with what was told meanwhile, also when the run breaks off", async () => {
  const { live, terminal } = screen();
  tell(live, runPlan());
  live.warning("something is odd");
  await live.close();
  await live.close();
  live.restore();
  const parts = terminal.written.split(LEAVE);
  expect(terminal.written.split(ENTER)).toHaveLength(2);
  expect(parts).toHaveLength(2);
  expect(parts[1]).toContain("something is odd");
  expect(parts[0]?.endsWith("\u001B[?25h")).toBe(true);
});

test("nothing is drawn while the terminal is somebody else's, and all of it afterwards", () => {
  const { live, terminal } = screen();
  tell(live, runPlan());
  live.leave();
  terminal.written = "";
  tell(live, runSnapshot({ t: 5_000 }));
  expect(terminal.written).toBe("");
  live.redraw();
  expect(terminal.written.startsWith(ENTER)).toBe(true);
  expect(terminal.shown()[0]).toContain("00:05");
});

test("a new size is drawn from scratch", () => {
  const { live, terminal } = screen();
  tell(live, runPlan(), runSnapshot({ t: 5_000 }));
  terminal.resize({ columns: 40, rows: 10 });
  live.redraw();
  const lines = terminal.shown();
  expect(lines[0]).toMatch(/00:05 of 00:30$/);
  expect(lines.length).toBeLessThanOrEqual(10);
});

test("a terminal that does not know its size is drawn as 80 by 24", () => {
  const { live, terminal } = screen({ columns: 0, rows: 0 });
  tell(live, runPlan());
  expect(terminal.written).toContain("setting up");
});

test("it shows that devices live in another time", () => {
  const { live, terminal } = screen();
  tell(live, runPlan({ timeScale: 60 }));
  expect(terminal.shown()[0]).toContain("small → emulator  devices' time ×60, 1 worker, seed 1");
});

test("before the plan it speaks in plain lines", () => {
  const { live, terminal } = screen();
  live.phase("issued 30 device certificates");
  expect(terminal.written).toContain("issued 30 device certificates\n");
  expect(terminal.written).not.toContain(ENTER);
});
