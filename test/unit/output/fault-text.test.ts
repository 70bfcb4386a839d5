import { expect, test } from "vitest";
import { FaultText } from "../../../src/output/fault-text.ts";

const event = (deviceId: string, more: object = {}) => ({
  type: "fault" as const,
  t: 0,
  deviceId,
  kind: "late",
  state: "begun" as const,
  parameters: { by: "5s" },
  at: "12s",
  ...more,
});

test("a fault of the timeline names some devices, and then says that there are more", () => {
  const text = new FaultText();
  const ids = ["a", "b", "c", "d", "e"];
  expect(ids.map((id) => text.of(event(id)))).toEqual([
    'fault late begun: a {"by":"5s"}',
    'fault late begun: b {"by":"5s"}',
    'fault late begun: c {"by":"5s"}',
    "… and more: fault late begun",
    undefined,
  ]);
  expect(text.of(event("a", { state: "ended" }))).toBe("fault late ended: a");
  expect(text.of(event("a", { at: "20s" }))).toBe('fault late begun: a {"by":"5s"}');
});

test("a device's own schedule is not told, it comes too often", () => {
  expect(new FaultText().of(event("a", { at: undefined }))).toBeUndefined();
});

test("nothing of a device reaches the terminal as a control sequence", () => {
  const shown = new FaultText().of(event("a\u001B[2J"));
  expect(shown).not.toContain("\u001B");
});
