import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseSummary } from "../../src/output/summary-schema.ts";
import { Program, workplace } from "../support/program.ts";

/** A model in two files; its second step throws, in line 13. */
const GAUGE = `import type { DeviceModel, ModelDevice } from "dps-fleet/model";
import { Unit } from "./unit.ts";

export const model: DeviceModel = {
  name: "gauge",
  defaults: { failsAt: 2 },
  checkSettings: () => [],
  create({ deviceId, settings }): ModelDevice {
    let count: number = 0;
    return {
      step() {
        count += 1;
        if (count === settings["failsAt"]) throw new Error(\`\${deviceId} is worn out\`);
        return [{ body: JSON.stringify({ count, unit: Unit.Celsius }), properties: {} }];
      },
      desired: () => undefined,
      methods: {},
      snapshot: () => count,
      restore: (saved) => void (count = Number(saved)),
    };
  },
};
`;

test("what new-device writes runs as a fleet, beside a model in TypeScript, which fails alone", async () => {
  await using place = await workplace();
  await using making = new Program(["new-device", "barrel"], {}, { cwd: place.dir });
  expect((await making.ended).exitCode).toBe(0);
  await mkdir(join(place.dir, "models"));
  await place.file("models/unit.ts", 'export enum Unit { Celsius = "C" }\n');
  const gauge = await place.file("models/gauge.ts", GAUGE);
  const telemetry = { interval: "200ms", jitter: "0%" };
  const scenario = await place.scenario({
    emulator: { retryAfterS: 0 },
    fleet: [
      { model: "./barrel/barrel.mjs", count: 2, registrationId: "barrel-{n}", telemetry },
      { model: "./models/gauge.ts", count: 1, registrationId: "gauge", telemetry },
    ],
    duration: "2s",
  });
  const args = ["--out", place.out, "--certs", place.certs, "--save-messages"];
  await using program = new Program(["run", scenario, ...args]);
  const { exitCode, stdout } = await program.ended;
  const failure = `model gauge: step threw Error: gauge is worn out (${gauge}:13)`;
  expect(stdout).toContain(failure);
  expect(exitCode).toBe(0);
  const { devices } = parseSummary(JSON.parse(await place.result("summary.json")));
  expect(devices).toMatchObject({ planned: 3, assigned: 3, connected: 3, failed: 1 });
  const rows = (await place.result("devices.csv")).split("\n");
  expect(rows.find((row) => row.startsWith("gauge,"))).toContain(`,model,${failure}`);
  const messages = await place.result("messages.ndjson");
  expect(messages).toContain(String.raw`"body":"{\"count\":1,\"unit\":\"C\"}"`);
  for (const id of ["barrel-1", "barrel-2"])
    expect(messages).toMatch(new RegExp(String.raw`"deviceId":"${id}".*"body":"{\\"levelL\\":`));
});

test("a mistake in what DPS_FLEET_MODEL names is told with file, line and column", async () => {
  await using place = await workplace();
  const part = await place.file("part.mjs", "export const NAME = 'gauge';\nexport const = 1;\n");
  await place.file("gauge.mjs", 'import { NAME } from "./part.mjs";\nexport const model = NAME;\n');
  const scenario = await place.scenario();
  const args = ["--out", place.out, "--certs", place.certs];
  const env = { DPS_FLEET_MODEL: "./gauge.mjs" };
  await using program = new Program(["run", scenario, ...args], env, { cwd: place.dir });
  const { exitCode, stderr } = await program.ended;
  expect(exitCode).toBe(2);
  expect(stderr).toBe(`error: these settings cannot be used [USAGE]
  DPS_FLEET_MODEL: device model ./gauge.mjs: ${part}:2:14: Unexpected token
`);
});
