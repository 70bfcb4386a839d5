import { join } from "node:path";

import { expect, test } from "vitest";

import { planOwnEmulator, registrationLimit } from "../../../src/run/own-emulator.ts";
import type { EmulatorOverrides } from "../../../src/scenario/emulator-overrides.ts";
import type { EmulatorSettings } from "../../../src/scenario/emulator-section.ts";
import { temporaryDir, writeTestFile } from "../../support/pki.ts";
import { refusal } from "../../support/refusal.ts";

const HUB = "a-hub.azure-devices.net";

/** Plans the emulator of `scenarios/x.yaml`, beside which `emulator.yaml` has `config`. */
async function plan(
  emulator: EmulatorSettings,
  {
    config,
    given = {},
    env = {},
  }: {
    readonly config?: string;
    readonly given?: EmulatorOverrides;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
) {
  using dir = temporaryDir();
  if (config !== undefined) writeTestFile(join(dir.path, "scenarios/emulator.yaml"), config);
  const options = { scenarioFile: "scenarios/x.yaml", overrides: { emulator: given } };
  return await planOwnEmulator({ emulator }, "0ne00000001", options, { cwd: dir.path, env });
}

const CONFIG = { config: "emulator.yaml" };

test("the scenario's settings are arguments of the emulator, none where it has none", async () => {
  const all: EmulatorSettings = {
    retryAfterS: 1,
    tier: "S3",
    units: 10,
    dpsRegistrationsPerMinute: 90,
    hubs: [HUB],
    latencies: { [HUB]: 5 },
  };
  expect(await plan(all)).toEqual({
    args: [
      "--id-scope=0ne00000001",
      "--retry-after=1",
      "--tier=S3",
      "--units=10",
      "--dps-limit=90/m",
      `--hub=${HUB}`,
      `--latency=${HUB}=5`,
    ],
    throttledBy: "tier S3, 10 units, DPS limit 90/m",
    size: { retryAfterS: 1, tier: "S3", units: 10, dpsRegistrationsPerMinute: 90, hubs: [HUB] },
  });
  expect(await plan({})).toEqual({
    args: ["--id-scope=0ne00000001"],
    throttledBy: undefined,
    size: {},
  });
});

test("the configuration lies beside the scenario, and says what the scenario does not", async () => {
  const config = "tier: S1\nunits: 3\ndpsRegistrationsPerMinute: 60\n";
  expect(await plan(CONFIG, { config })).toEqual({
    args: ["--config=scenarios/emulator.yaml", "--id-scope=0ne00000001"],
    throttledBy: "tier S1, 3 units, DPS limit 1/s",
    size: { tier: "S1", units: 3, dpsRegistrationsPerMinute: 60 },
  });
  const beaten = await plan({ ...CONFIG, units: 4 }, { config });
  expect(beaten.args).toContain("--units=4");
  expect(beaten.throttledBy).toMatch(/^tier S1, 4 units/);
  const none = await plan({ ...CONFIG, tier: "none" }, { config });
  expect(none.throttledBy).toBe("DPS limit 1/s");
});

test("the limit of DPS is what is said, and Azure's with a tier", () => {
  expect(registrationLimit({})).toBeUndefined();
  expect(registrationLimit({ tier: "none" })).toBeUndefined();
  expect(registrationLimit({ tier: "F1" })).toBe(1_000);
  expect(registrationLimit({ tier: "F1", dpsRegistrationsPerMinute: 60 })).toBe(60);
  expect(registrationLimit({ dpsRegistrationsPerMinute: 90 })).toBe(90);
});

test("what is wrong with the configuration is told in it, also what only its services know", async () => {
  const missing = await refusal(plan(CONFIG));
  expect(missing).toMatchObject({ code: "FILE_INVALID" });
  expect(missing.message).toContain("scenarios/emulator.yaml: expected a file, got none");
  const wrong = await refusal(plan(CONFIG, { config: "tier: S1\nunits: many\n" }));
  expect(wrong.problems).toMatchObject([{ place: "scenarios/emulator.yaml:2:1 units" }]);
  const entry = "{ registrationId: x, attestation: { type: symmetricKey } }";
  const twice = await refusal(plan(CONFIG, { config: `enrollments:\n  - ${entry}\n  - ${entry}` }));
  expect(twice).toMatchObject({
    code: "FILE_INVALID",
    problems: [{ place: "scenarios/emulator.yaml:3:5 enrollments[1]" }],
  });
});

test("hubs that the scenario names are those that its configuration's enrollments know", async () => {
  const config = `enrollments:\n  - { registrationId: x, iotHubs: [${HUB}], attestation: { type: symmetricKey } }\n`;
  expect((await plan({ ...CONFIG, hubs: [HUB] }, { config })).args).toContain(`--hub=${HUB}`);
});

test("hubs stand in one of both files", async () => {
  const config = `hubs: [{ hostName: ${HUB} }]`;
  const both = await refusal(plan({ ...CONFIG, hubs: [HUB], latencies: { [HUB]: 1 } }, { config }));
  expect(both).toMatchObject({
    code: "SCENARIO_INVALID",
    problems: [
      { place: "scenarios/x.yaml emulator.hubs" },
      { place: "scenarios/x.yaml emulator.latencies" },
    ],
  });
});

test("settings for an emulator of the user's own do not reach this one's configuration", async () => {
  const config =
    "enrollments:\n  - { registrationId: x, attestation: { type: symmetricKey, primaryKey: { env: DPS_FLEET_KEY } } }\n";
  const error = await refusal(
    plan(CONFIG, { config, env: { DPS_FLEET_KEY: Buffer.alloc(32).toString("base64") } }),
  );
  expect(error.problems[0]?.message).toContain("DPS_FLEET_KEY; it is not set");
});

test("units that do not fit the tier are told where they should change", async () => {
  const error = await refusal(
    plan({ ...CONFIG, tier: "F1" }, { config: "tier: S1\nunits: 2\n", given: { tier: "F1" } }),
  );
  expect(error).toMatchObject({ code: "USAGE", problems: [{ place: "--emulator-tier" }] });
});
