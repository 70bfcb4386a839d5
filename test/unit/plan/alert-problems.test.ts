import { expect, test } from "vitest";
import { alertProblems } from "../../../src/plan/alert-problems.ts";

const shaking = { name: "shaking", when: "vibration > 8", where: {} };

test("alerts of one name are told", () => {
  expect(alertProblems({ alerts: [shaking, { ...shaking, when: "fanAlert" }] })).toEqual([
    { place: "alerts[1].name", message: 'two alerts have the name "shaking"' },
  ]);
  expect(alertProblems({ alerts: [shaking] })).toEqual([]);
});
