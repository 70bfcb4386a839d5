import { expect, test } from "vitest";

import { parseRunFlags } from "../../../../src/cli/run/run-flags.ts";
import { refusal } from "../../../support/refusal.ts";

test("without a flag, the defaults are those of the documentation", () => {
  const { options, demo, json } = parseRunFlags({}, "thirty-caves.yaml");
  expect({ demo, json }).toEqual({ demo: true, json: false });
  expect(options).toMatchObject({
    scenarioFile: "thirty-caves.yaml",
    seed: 1,
    certsDir: "certs",
    saveMessages: false,
    connectTo: [],
    workers: "auto",
    logLevel: "warn",
  });
});

test("a named scenario is no demo", () => {
  expect(parseRunFlags({ scenario: "a.yaml" }, "b.yaml")).toMatchObject({
    demo: false,
    options: { scenarioFile: "a.yaml" },
  });
});

test("a model is taken as it is written: the run finds it", () => {
  const { options } = parseRunFlags({ model: "./my-device.ts" }, "a.yaml");
  expect(options.overrides.model).toBe("./my-device.ts");
});

test("all problems are told at once, each at its flag", async () => {
  const given = {
    devices: "0",
    model: ["cheese-cave", "conveyor"],
    seed: "1.5",
    workers: "many",
    out: ["a", "b"],
    "connect-to": ["x"],
    "log-level": "loud",
    rate: "-5/s",
    "time-scale": "fast",
    threshold: ["devices_assigned == 100%", "foo < 3"],
    key: "p9",
  };
  const error = await refusal((async () => parseRunFlags(given, "a.yaml"))());
  expect(error.code).toBe("USAGE");
  expect(error.problems.map(({ place }) => place)).toEqual([
    "--devices",
    "--model",
    "--rate",
    "--time-scale",
    "--workers",
    "--key",
    "--seed",
    "--threshold",
    "--out",
    "--connect-to",
    "--log-level",
  ]);
});
