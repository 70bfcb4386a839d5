import { expect, test } from "vitest";
import { alertProblems } from "../../../src/plan/alert-problems.ts";

const shaking = { name: "shaking", when: "vibration > 8", where: {} };

test("alerts of one name, and thresholds over alerts that there are not, are told", () => {
  const problems = alertProblems({
    alerts: [shaking, { ...shaking, when: "fanAlert" }],
    thresholds: ["alerts_raised{alert:shakng} == 0", "alerts_raised == 0"],
  });
  expect(problems).toEqual([
    { place: "alerts[1].name", message: 'two alerts have the name "shaking"' },
    {
      place: 'threshold "alerts_raised{alert:shakng} == 0"',
      message: 'there is no alert "shakng" in this scenario',
      hint: "did you mean shaking?",
    },
  ]);
});

test("good ones are not", () => {
  const thresholds = ["alerts_raised{alert:shaking} == 0", "devices_alerted < 1%"];
  expect(alertProblems({ alerts: [shaking], thresholds })).toEqual([]);
});
