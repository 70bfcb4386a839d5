import fc from "fast-check";
import { expect, test } from "vitest";
import type { AlertCondition } from "../../../src/metrics/alert-condition.ts";
import { meets, parseAlertCondition, readingOf } from "../../../src/metrics/alert-condition.ts";

function parsed(text: string): AlertCondition {
  const result = parseAlertCondition(text);
  if ("problem" in result) throw new Error(result.problem);
  return result.condition;
}

function problem(text: string): string {
  const result = parseAlertCondition(text);
  return "problem" in result ? result.problem : "";
}

test.each([
  ["temperatureAlert", { field: "temperatureAlert", messages: 1 }],
  [
    "vibration > 8 for 3 messages",
    { field: "vibration", compared: { operator: ">", value: 8 }, messages: 3 },
  ],
  ["a.b-c<=-1.5e2", { field: "a.b-c", compared: { operator: "<=", value: -150 }, messages: 1 }],
  [
    "speed == stopped",
    { field: "speed", compared: { operator: "==", value: "stopped" }, messages: 1 },
  ],
  ["door != false", { field: "door", compared: { operator: "!=", value: false }, messages: 1 }],
  [
    'state == "for 2" for 1 message',
    { field: "state", compared: { operator: "==", value: "for 2" }, messages: 1 },
  ],
  [
    "version == 1.2.3",
    { field: "version", compared: { operator: "==", value: "1.2.3" }, messages: 1 },
  ],
] as const)("%s", (text, condition) => {
  expect(parsed(text)).toEqual(condition);
});

test.each([
  ["", "expected a field of the messages such as vibration, got the end (column 1)"],
  ["> 3", 'expected a field of the messages such as vibration, got ">" (column 1)'],
  ["vibration 8", 'expected one of <= >= == != < >, or for, got "8" (column 11)'],
  ["vibration >", "expected a number, true, false or a text, got the end (column 12)"],
  ["vibration > high", 'expected a number behind >, got "high" (column 13)'],
  ["vibration > 8 3", 'expected for, or the end, got "3" (column 15)'],
  ["vibration > 8 for 0 messages", "expected 1 to 1000000 messages, got 0 (column 19)"],
  ["vibration > 8 for 3s", 'expected messages, got "s" (column 20)'],
])("%s is told with a caret under the place", (text, message) => {
  const told = problem(text);
  expect(told.split("\n")[0]).toBe(message);
  const column = Number(/column (\d+)/.exec(told)?.[1]);
  expect(told.split("\n")[2]).toBe(`  ${" ".repeat(column - 1)}^`);
});

const says = (text: string, body: unknown, properties: Record<string, string> = {}) =>
  meets(parsed(text), { body, properties });

test("what is compared stands in the body, or is an application property; the body comes first", () => {
  expect(says("t > 5", { t: 6 }, { t: "1" })).toBe(true);
  expect(says("t > 5", {}, { t: "6" })).toBe(true);
  expect(says("inside.t > 5", { inside: { t: 6 } })).toBe(true);
  expect(says("t > 5", { t: "5.01" })).toBe(true);
  expect(says("t > 5", { t: 5 })).toBe(false);
});

test("a message without the field says nothing of what is compared, and false where it should be true", () => {
  expect(says("t > 5", { other: 6 })).toBe(undefined);
  expect(says("t > 5", { t: "NaN" })).toBe(undefined);
  expect(says("t > 5", undefined)).toBe(undefined);
  expect(says("t > 5", { t: { deep: 6 } })).toBe(undefined);
  expect(says("toString == x", {})).toBe(undefined);
  expect(says("temperatureAlert", {}, {})).toBe(false);
  expect(says("temperatureAlert", {}, { temperatureAlert: "true" })).toBe(true);
  expect(says("fan", { fan: true })).toBe(true);
});

test("texts and flags are compared as they are written", () => {
  expect(says("speed == stopped", { speed: "stopped" })).toBe(true);
  expect(says("speed != stopped", { speed: "slow" })).toBe(true);
  expect(says("fanAlert == true", {}, { fanAlert: "true" })).toBe(true);
  expect(readingOf(parsed("speed == slow"), { body: { speed: "fast" }, properties: {} })).toBe(
    "fast",
  );
});

test("whatever the text, it is read or told, never thrown", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const result = parseAlertCondition(text);
      expect("condition" in result || result.problem !== "").toBe(true);
    }),
  );
});

test("numbers are compared as JavaScript does", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (found, limit) => {
      expect(says(`x > ${limit}`, { x: found })).toBe(found > limit);
      expect(says(`x <= ${limit}`, { x: found })).toBe(found <= limit);
      expect(says(`x == ${limit}`, { x: found })).toBe(found === limit);
    }),
  );
});
