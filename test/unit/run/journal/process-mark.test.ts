import { spawn } from "node:child_process";
import { once } from "node:events";

import { expect, test } from "vitest";

import { endsWithin, isAlive, markOf } from "../../../../src/run/journal/process-mark.ts";

test("a process is known by its number and the moment of its start, until it ends", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  const mark = await markOf(child.pid ?? 0);
  if (mark === undefined) throw new Error("the process is there");
  expect(mark.pid).toBe(child.pid);
  expect(await isAlive(mark)).toBe(true);
  // After a reboot, or once numbers are given anew, another process has it.
  expect(await isAlive({ ...mark, started: "another moment" })).toBe(false);
  const { signal } = new AbortController();
  expect(await endsWithin(mark, 0, signal)).toBe(false);
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
  expect(await endsWithin(mark, 0, signal)).toBe(true);
  expect(await markOf(mark.pid)).toBeUndefined();
});
