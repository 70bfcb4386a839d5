import { expect, test } from "vitest";
import { firstWanted, positionText } from "../../../../src/emulator/events/event-position.ts";
import { Partition } from "../../../../src/emulator/events/partition.ts";
import { logWith, message } from "./stored-events.ts";

const ms = (text: string): number => Date.parse(text);

test.each([
  ["earliest", { at: "earliest" }],
  ["latest", { at: "latest" }],
  ["0", { at: "sequence", sequence: 0 }],
  ["2026-01-31T12:00:00Z", { at: "time", ms: ms("2026-01-31T12:00:00Z") }],
  ["2026-01-31T12:00:00.5+01:30", { at: "time", ms: ms("2026-01-31T10:30:00.500Z") }],
  ["2026-01-31", { at: "time", ms: ms("2026-01-31T00:00:00Z") }],
])("%s is a position", (text, position) => {
  expect(positionText.parse(text)).toEqual(position);
});

test.each([
  "",
  "yesterday",
  "-1",
  "1.5",
  "2026",
  "2026-02-30",
  "2026-01-31T12:00:00",
  "9".repeat(16),
])("%j is a position only where it is a number", (text) => {
  expect(positionText.safeParse(text).success).toBe(text === "2026");
});

test("a position is found in a partition by its own numbers, by the ledger's and by time", () => {
  const log = logWith({ maxCount: 6 });
  const partition = new Partition("0");
  for (let n = 0; n < 8; n++)
    log.append(message({ enqueuedMs: n * 10 }), n % 2 === 0 ? [partition] : []);
  // Kept: the ledger's 3 to 8, of which 3, 5, 7 are the partition's 1, 2, 3.
  const wanted = (text: string, numbers: "queue" | "ledger" = "queue"): number =>
    firstWanted(partition, positionText.parse(text), numbers);
  expect([wanted("earliest"), wanted("latest")]).toEqual([1, 4]);
  expect([0, 2, 9].map((n) => wanted(String(n)))).toEqual([0, 2, 9]);
  expect([1, 3, 4, 7, 8].map((n) => wanted(String(n), "ledger"))).toEqual([1, 1, 2, 3, 4]);
  const at = (time: number): number => firstWanted(partition, { at: "time", ms: time }, "ledger");
  expect([0, 20, 21, 40, 60, 61].map(at)).toEqual([1, 1, 2, 2, 3, 4]);
});
