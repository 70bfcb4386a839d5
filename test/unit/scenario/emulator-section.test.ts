import { expect, test } from "vitest";
import { problemsIn } from "./scenario-text.ts";

const withEmulator = (emulator: string): string => `name: far
emulator: ${emulator}
provisioning: { group: caves }
fleet: [{ model: cheese-cave, count: 1, registrationId: cave }]
`;

test("latencies are for all hubs of the emulator, whole milliseconds, or they are told", () => {
  const [a, b] = ["a-hub.azure-devices.net", "b-hub.azure-devices.net"];
  expect(
    problemsIn(withEmulator(`{ hubs: [${a}, ${b}], latencies: { ${a}: 1, ${b}: 80 } }`)),
  ).toEqual([]);
  const place = expect.stringContaining("emulator.latencies");
  expect(problemsIn(withEmulator(`{ hubs: [${a}], latencies: { ${b}: 1 } }`))).toMatchObject([
    { place, message: `${b} is none of the hubs` },
    { place, message: `${a} has no latency, and other hubs have one` },
  ]);
  expect(problemsIn(withEmulator(`{ hubs: [${a}], latencies: { ${a}: 1.5 } }`))).toMatchObject([
    { place, message: "expected whole milliseconds from 0 to 60000, got 1.5" },
  ]);
});

test.each([
  ["{ units: 2 }", "units", "expected a tier such as S1 with units, got tier none"],
  ["{ tier: F1, units: 2 }", "units", "expected 1 unit of F1, got 2"],
  ["{ tier: S3, units: 11, config: e.yaml }", "units", "expected 1 to 10 units of S3, got 11"],
  ["{ tier: S1, units: 201 }", "units", "expected a whole number of units, 1 to 200, got 201"],
  ["{ tier: s1 }", "tier", expect.stringMatching(/^expected one of none, F1, .*S3, got "s1"$/)],
  ["{ dpsRegistrationsPerMinute: 0 }", "dpsRegistrationsPerMinute", expect.any(String)],
  ["{ config: [a] }", "config", "expected the name of a file, got a list"],
  ["{ config: '' }", "config", 'expected the name of a file, got ""'],
])("an emulator of %s cannot be", (emulator, key, message) => {
  const place = expect.stringMatching(new RegExp(`^x\\.yaml:2:\\d+ emulator\\.${key}$`));
  expect(problemsIn(withEmulator(emulator))).toEqual([{ place, message }]);
});

test("units may have their tier in the configuration that the scenario names", () => {
  expect(problemsIn(withEmulator("{ units: 200, config: e.yaml }"))).toEqual([]);
  expect(problemsIn(withEmulator("{ tier: S1, units: 200 }"))).toEqual([]);
});
