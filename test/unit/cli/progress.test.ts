import { expect, test } from "vitest";

import { openProgress, progressText } from "../../../src/cli/progress.ts";

function outputOf(isTTY: boolean) {
  const written: string[] = [];
  let nowMs = 0;
  const host = {
    stderr: { isTTY, write: (text: string) => written.push(text) > 0 },
    now: () => new Date(nowMs),
  };
  return { host, written, advance: (ms: number) => (nowMs += ms) };
}

test("elsewhere than on a terminal a line comes every ten seconds, and none for short work", () => {
  const { host, written, advance } = outputOf(false);
  const progress = openProgress(host, "patching twins");
  for (let done = 1; done <= 25; done += 1) {
    advance(1_000);
    progress.update(done, 100);
  }
  progress.end();
  expect(written).toEqual([
    "patching twins: 10 of 100, 1.0/s, about 90 s left\n",
    "patching twins: 20 of 100, 1.0/s, about 80 s left\n",
  ]);
});

test("on a terminal one line is written over, and taken away at the end", () => {
  const { host, written, advance } = outputOf(true);
  const progress = openProgress(host, "x");
  progress.update(1, 4);
  advance(1_000);
  progress.update(2, 4, 1);
  progress.update(3, 4, 1);
  progress.end();
  progress.end();
  expect(written).toEqual(["\rx: 2 of 4, 1 failed, 2.0/s, about 1 s left\u001B[K", "\r\u001B[K"]);
});

test("without time or calls there is no rate", () => {
  expect(progressText("x", { done: 0, total: 3, failed: 0 }, 5_000)).toBe("x: 0 of 3");
});
