import { expect, test } from "vitest";
import { AlertBook } from "../../../src/metrics/alert-book.ts";

function told(...lines: readonly [alert: string, deviceId: string, state: "raised" | "cleared"][]) {
  const book = new AlertBook();
  for (const [alert, deviceId, state] of lines) {
    book.observe({ type: "alert", t: 0, alert, deviceId, state });
  }
  return book;
}

test("devices that have an alert, that have had it, and how often it came on", () => {
  const book = told(
    ["warm", "a", "raised"],
    ["warm", "b", "raised"],
    ["warm", "a", "cleared"],
    ["warm", "a", "raised"],
    ["shaking", "a", "raised"],
    ["shaking", "a", "cleared"],
  );
  expect(book.names).toEqual(["warm", "shaking"]);
  expect([book.active("warm"), book.devices("warm"), book.raised("warm")]).toEqual([2, 2, 3]);
  expect([book.active("shaking"), book.devices("shaking")]).toEqual([0, 1]);
  expect([book.active(), book.devices()]).toEqual([2, 2]);
  expect([book.active("unknown"), book.devices("unknown"), book.raised("unknown")]).toEqual([
    0, 0, 0,
  ]);
});

test("the alerts that are on at some devices", () => {
  const book = told(
    ["warm", "a", "raised"],
    ["warm", "b", "raised"],
    ["shaking", "a", "raised"],
    ["shaking", "a", "cleared"],
  );
  expect(book.at(new Set(["a", "c"]))).toEqual([{ alert: "warm", deviceId: "a" }]);
});
