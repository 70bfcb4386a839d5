import { expect, test } from "vitest";
import { sizeProblem } from "../../../src/scenario/emulator-overrides.ts";
import { applyOverrides } from "../../../src/scenario/overrides.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";
import { SMALLEST, smallest } from "./scenario-text.ts";

const withEmulator = (emulator: string) =>
  parseScenario(`${SMALLEST}emulator: ${emulator}\n`, "x.yaml");

test("each setting is taken from the flags, and what they leave out from the scenario", () => {
  const written = withEmulator("{ retryAfterS: 1, tier: S1, units: 5, config: e.yaml }");
  const emulator = { units: 7, dpsRegistrationsPerMinute: 60 };
  expect(applyOverrides(written, { emulator }).emulator).toEqual({
    retryAfterS: 1,
    tier: "S1",
    units: 7,
    config: "e.yaml",
    dpsRegistrationsPerMinute: 60,
  });
});

test("units of the scenario go where a flag takes the tier away", () => {
  const written = withEmulator("{ tier: S1, units: 5 }");
  const none = applyOverrides(written, { emulator: { tier: "none" } }).emulator;
  expect(none).toEqual({ tier: "none" });
  expect(sizeProblem(none, { tier: "none" }, { tier: "S2", units: 3 }, "x.yaml")).toBeUndefined();
});

test("settings that are wrong are told at their flags", () => {
  const emulator = { tier: "S9", units: 0, dpsRegistrationsPerMinute: 0.5 };
  expect(() => applyOverrides(smallest(), { emulator })).toThrow(
    expect.objectContaining({
      problems: [
        { place: "--emulator-tier", message: expect.stringContaining('got "S9"') },
        { place: "--emulator-units", message: expect.stringContaining("got 0") },
        { place: "--emulator-dps-limit", message: expect.stringContaining("got 0.5") },
      ],
    }),
  );
});

test.each([
  ["{}", { units: 2 }, {}, "--emulator-units", /a tier such as S1/],
  ["{}", { tier: "F1", units: 2 }, {}, "--emulator-units", /1 unit of F1, got 2/],
  ["{ tier: S1, units: 5 }", { tier: "F1" }, {}, "--emulator-tier", /1 unit of F1, got 5/],
  ["{ config: e }", { units: 11 }, { tier: "S3" }, "--emulator-units", /1 to 10 units of S3/],
  ["{ config: e }", { tier: "F1" }, { tier: "S1", units: 2 }, "--emulator-tier", /got 2/],
  ["{ config: e, units: 2 }", {}, { tier: "F1" }, "x.yaml emulator.units", /1 unit of F1/],
  ["{ config: e, units: 2 }", {}, {}, "x.yaml emulator.units", /a tier such as S1/],
  ["{ config: e, tier: F1 }", {}, { units: 2 }, "x.yaml emulator.tier", /1 unit of F1/],
] as const)(
  "%s with flags %j and a configuration of %j is wrong at %s",
  (text, given, config, place, words) => {
    const { emulator } = applyOverrides(withEmulator(text), { emulator: given });
    const message = expect.stringMatching(words);
    expect(sizeProblem(emulator, given, config, "x.yaml")).toMatchObject({ place, message });
  },
);

test.each([
  ["{ tier: S1, units: 5 }", { tier: "S3" }, {}],
  ["{ config: e, units: 2 }", {}, { tier: "S1" }],
  ["{ config: e }", { tier: "none" }, { tier: "S1", units: 2 }],
] as const)("%s with flags %j and a configuration of %j fits", (text, given, config) => {
  const { emulator } = applyOverrides(withEmulator(text), { emulator: given });
  expect(sizeProblem(emulator, given, config, "x.yaml")).toBeUndefined();
});
