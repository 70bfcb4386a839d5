import { expect, test } from "vitest";

import type { RunEvent } from "../../../../src/output/output.ts";
import { FailureNotes } from "../../../../src/report/html/failure-notes.ts";

const failed = (deviceId: string, error: string, final = false): RunEvent => ({
  type: "error",
  t: 10,
  deviceId,
  errorClass: "unauthorized",
  error,
  final,
});

test("ten thousand devices that are told the same are one line, with the first of them", () => {
  const notes = new FailureNotes();
  for (let n = 1; n <= 10_000; n += 1) notes.observe(failed(`cave-${n}`, "no such CA", true));
  expect(notes.notes()).toEqual([
    {
      failureClass: "unauthorized",
      attempts: 10_000,
      final: 10_000,
      lost: 0,
      others: 0,
      examples: [{ text: "no such CA", deviceId: "cave-1", t: 10, times: 10_000 }],
    },
  ]);
});

test("of many wordings the first few are kept, the others are counted", () => {
  const notes = new FailureNotes();
  for (let n = 1; n <= 100; n += 1) notes.observe(failed("cave-1", `request ${n} failed`));
  const [note] = notes.notes();
  expect(note?.examples).toHaveLength(4);
  expect(note).toMatchObject({ attempts: 100, final: 0, others: 96 });
});

test("a lost connection counts beside the attempts, in the order of the classes", () => {
  const notes = new FailureNotes();
  notes.observe({
    type: "disconnection",
    t: 5,
    deviceId: "cave-1",
    hub: "h",
    errorClass: "network",
    error: "reset",
  });
  notes.observe(failed("cave-2", "refused"));
  const told = notes
    .notes()
    .map(({ failureClass, attempts, lost }) => [failureClass, attempts, lost]);
  expect(told).toEqual([
    ["unauthorized", 1, 0],
    ["network", 0, 1],
  ]);
});
