import { expect, test } from "vitest";
import { PollWindows } from "../../../../src/emulator/throttling/poll-windows.ts";

const START_MS = Date.UTC(2026, 0, 1);

test("a device has so many polls in ten seconds, and others have their own", () => {
  const polls = new PollWindows();
  for (let at = 0; at < 5; at++) expect(polls.take("cave-1", 5, START_MS + at * 1000)).toBe(0);
  // The same device: registration ids have no case.
  expect(polls.take("CAVE-1", 5, START_MS + 5000)).toBe(5000);
  expect(polls.take("cave-2", 5, START_MS + 5000)).toBe(0);
  expect(polls.take("cave-1", 5, START_MS + 10_000)).toBe(0);
});

test("who asked nothing for ten seconds is forgotten, however many they are", () => {
  const polls = new PollWindows();
  for (let at = 0; at < 1000; at++) polls.take(`cave-${at}`, 5, START_MS + at);
  expect(polls.size).toBe(1000);
  polls.take("cave-0", 5, START_MS + 9000);
  polls.take("late", 5, START_MS + 10_500);
  expect(polls.size).toBe(500 - 1 + 2);
  polls.take("late", 5, START_MS + 30_000);
  expect(polls.size).toBe(1);
});
