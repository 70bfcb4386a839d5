import { describe, expect, test } from "vitest";
import type { Json } from "../../../../src/model/model.ts";
import { parseCondition } from "../../../../devices/template/condition.ts";
import { templateOf } from "./templates.ts";

test("application properties are constants, fields, or there and not there by a condition", () => {
  const { run } = templateOf({
    fields: { temperature: { list: [29.96, 30.04], decimals: 1 }, mode: { list: ["eco", "off"] } },
    properties: {
      sensorID: "S1",
      level: 3,
      from: "{deviceId}/x",
      mode: { field: "mode" },
      shown: { field: "temperature" },
      hot: { when: "temperature > 30" },
      warm: { when: "temperature >= 30", value: "yes", else: "no" },
      off: { when: "mode == 'off'", else: false },
    },
  });
  expect(run(2).map(({ properties }) => properties)).toEqual([
    // Conditions see what the message says: 29.96 was rounded to 30.
    {
      sensorID: "S1",
      level: "3",
      from: "device-1/x",
      mode: "eco",
      shown: "30",
      warm: "yes",
      off: "false",
    },
    {
      sensorID: "S1",
      level: "3",
      from: "device-1/x",
      mode: "off",
      shown: "30",
      warm: "yes",
      off: "true",
    },
  ]);
});

describe("conditions", () => {
  const VALUES: Readonly<Record<string, Json>> = {
    t: 30,
    set: 20,
    mode: "eco",
    on: true,
    "a.b": 1,
  };
  const holds = (text: string): boolean | string => {
    const condition = parseCondition(text, new Set(Object.keys(VALUES)));
    return typeof condition === "string" ? condition : condition((name) => VALUES[name] ?? null);
  };

  test.each([
    ["t > 30", false],
    ["t >= 30", true],
    ["t < 3.1e1", true],
    ["t<=29", false],
    ["t == 30", true],
    ["t != -30", true],
    ["t > set", true],
    ["t > set + 10", false],
    ["set < t - 9.5", true],
    ["mode == 'eco'", true],
    ["mode != 'eco'", false],
    ["mode > 'a'", true],
    ["on == true", true],
    ["on == false", false],
    ["a.b == 1", true],
    ["mode > 3", false],
    ["t > 20 and set > 20", false],
    ["t > 20 and set >= 20 and on == true", true],
    ["t > 40 or set == 20", true],
  ])("%s is %s", (text, expected) => {
    expect(holds(text)).toBe(expected);
  });

  test.each([
    ["", 'expected a comparison such as temperature > 30, got ""'],
    ["t", 'expected a comparison such as temperature > 30, got "t"'],
    ["t = 3", 'expected a comparison such as temperature > 30, got "t = 3"'],
    ["3 > t", 'expected a comparison such as temperature > 30, got "3 > t"'],
    ["mod == 'x'", '"mod": there is no such field or desired property; did you mean mode?'],
    ["t > sett", '"sett": there is no such field or desired property; did you mean set?'],
    [
      "t > 1 and t < 3 or on == true",
      "expected comparisons joined by and alone, or by or alone, got both",
    ],
  ])("%j is refused", (text, why) => {
    expect(holds(text)).toBe(why);
  });
});
