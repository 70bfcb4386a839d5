import { expect, test } from "vitest";

import { parseRunFlags } from "../../../../src/cli/run/run-flags.ts";
import { refusal } from "../../../support/refusal.ts";

const NOW = new Date("2026-11-22T12:00:00Z");

test("without a flag, the defaults are those of the documentation", () => {
  const { options, demo, json } = parseRunFlags({}, "thirty-caves.yaml", NOW);
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
  expect(parseRunFlags({ scenario: "a.yaml" }, "b.yaml", NOW)).toMatchObject({
    demo: false,
    options: { scenarioFile: "a.yaml" },
  });
});

test("who else gets the metrics is told; what is no address of theirs, all at once", async () => {
  const given = { prometheus: "0.0.0.0:9464", otlp: "http://localhost:4318" };
  expect(parseRunFlags(given, "a.yaml", NOW).options.exports).toEqual({
    prometheus: { host: "0.0.0.0", port: 9464 },
    otlp: "http://localhost:4318",
  });
  const wrong = { prometheus: "99999", otlp: "http://me:s3cret@localhost:4318" };
  const error = await refusal((async () => parseRunFlags(wrong, "a.yaml", NOW))());
  expect(error.problems).toEqual([
    {
      place: "--prometheus",
      message: 'expected a port from 0 to 65535, or HOST:PORT, got "99999"',
    },
    {
      place: "--otlp",
      message: expect.stringContaining("expected a URL without a name and a password"),
    },
  ]);
  expect(JSON.stringify(error.problems)).not.toContain("s3cret");
});

test("a model is taken as it is written: the run finds it", () => {
  const { options } = parseRunFlags({ model: "./my-device.ts" }, "a.yaml", NOW);
  expect(options.overrides.model).toBe("./my-device.ts");
});

test("a part of the plan and a time to begin are taken", () => {
  const given = { shard: "2/4", "start-at": "2026-11-22T12:01:00Z" };
  expect(parseRunFlags(given, "a.yaml", NOW).options).toMatchObject({
    shard: { index: 2, of: 4 },
    startAtMs: NOW.getTime() + 60_000,
  });
});

test.each(["0/2", "3/2", "1/0", "2", "1/2/3", "-1/2", "1/10001", "a/b", ""])(
  "%o is no part of a plan",
  async (shard) => {
    const error = await refusal((async () => parseRunFlags({ shard }, "a.yaml", NOW))());
    expect(error.problems).toEqual([
      { place: "--shard", message: expect.stringContaining("expected I/N with 1 <= I <= N") },
    ]);
  },
);

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
    shard: "5/4",
    "start-at": "2026-11-22T11:00:00Z",
    threshold: ["devices_assigned == 100%", "foo < 3"],
    key: "p9",
  };
  const error = await refusal((async () => parseRunFlags(given, "a.yaml", NOW))());
  expect(error.code).toBe("USAGE");
  expect(error.problems.map(({ place }) => place)).toEqual([
    "--devices",
    "--model",
    "--rate",
    "--time-scale",
    "--workers",
    "--shard",
    "--key",
    "--seed",
    "--threshold",
    "--start-at",
    "--out",
    "--connect-to",
    "--log-level",
  ]);
});
