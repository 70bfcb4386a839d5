import { expect, test } from "vitest";
import { createLogger } from "../../../src/base/log.ts";
import { LimitLog } from "../../../src/emulator/limit-log.ts";

test("a limit is told once in a burst, and the next time with how often it was hit", () => {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  let nowMs = 0;
  const limitLog = new LimitLog({
    clock: () => nowMs,
    log: createLogger({ level: "warn", destination }),
  });
  for (let hit = 0; hit < 1000; hit++) {
    limitLog.hit("unreadMaxBytes");
    limitLog.hit("connectionsMax", { port: 8883 });
  }
  nowMs = 60_000;
  limitLog.hit("unreadMaxBytes");
  expect(lines.map(({ limit, alsoBefore, port }) => ({ limit, alsoBefore, port }))).toEqual([
    { limit: "unreadMaxBytes", alsoBefore: 0 },
    { limit: "connectionsMax", alsoBefore: 0, port: 8883 },
    { limit: "unreadMaxBytes", alsoBefore: 999 },
  ]);
});
