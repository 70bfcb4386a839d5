import { X509Certificate } from "node:crypto";
import { chmodSync, existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { newSymmetricKey } from "../../src/emulator/dps/symmetric-keys.ts";
import { DEFAULT_NAMES } from "../../src/emulator/emulator.ts";
import { parseSummary } from "../../src/output/summary-schema.ts";
import { certsLayout } from "../../src/pki/layout.ts";
import { serviceClients } from "../integration/emulator-service-clients.ts";
import { emulatorInfo } from "../support/emulator-info.ts";
import type { TestCloud } from "../support/fleet.ts";
import { startTestCloud } from "../support/fleet.ts";
import type { Workplace } from "../support/program.ts";
import { Program, workplace } from "../support/program.ts";

const [HUB] = DEFAULT_NAMES.hubs;
const groupKey = newSymmetricKey();
const ownKey = newSymmetricKey();
const hubKeys = [newSymmetricKey(), newSymmetricKey()] as const;
const env = { GROUP_KEY: groupKey, OWN_KEY: ownKey };

let place: Workplace;
let cloud: TestCloud;
let emulatorFile: string;

beforeAll(async () => {
  place = await workplace();
  cloud = await startTestCloud({
    hubSettings: {
      [HUB]: {
        devices: hubKeys.map((primaryKey, at) => ({
          deviceId: `direct-${at}`,
          authentication: {
            type: "sas",
            symmetricKey: { primaryKey, secondaryKey: newSymmetricKey() },
          },
        })),
      },
    },
  });
  await cloud.issue("brought-1", "shown");
  using clients = serviceClients(cloud);
  const leaf = readFileSync(certsLayout(cloud.certsDir).leafCert("shown"), "utf8");
  const thumbprint = new X509Certificate(leaf).fingerprint.replaceAll(":", "");
  const x509Thumbprint = { primaryThumbprint: thumbprint, secondaryThumbprint: thumbprint };
  const authentication = { type: "selfSigned", x509Thumbprint };
  await clients.registry.create(Object.assign({ deviceId: "shown" }, { authentication }));
  const caFile = await place.file("ca.pem", cloud.pki.root.certificatePem);
  emulatorFile = await place.file(
    "emulator.json",
    JSON.stringify(emulatorInfo(cloud.emulator, caFile)),
  );
});
afterAll(async () => {
  await cloud[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
});

const telemetry = { interval: "500ms", jitter: "0%" };

/**
 * A run of a scenario of its own against the emulator, with all that it left behind. It ends by itself, or once each of
 * `devices` was told that a message arrived.
 */
async function runOf(
  name: string,
  scenario: Readonly<Record<string, unknown>>,
  devices: readonly string[] = [],
) {
  const file = await place.file(
    `${name}.yaml`,
    JSON.stringify({ name, arrival: { rate: "100/s" }, ...scenario }),
  );
  const out = join(place.dir, name);
  const files = [`--out=${out}`, `--certs=${cloud.certsDir}`, `--emulator=${emulatorFile}`];
  const args = ["run", file, "--json", "--log-level=trace", ...files];
  await using program = new Program(args, env);
  if (devices.length > 0) {
    const each = devices.map((id) => `(?=.*"deviceId":"${id}"[^\n]*message acknowledged)`);
    await program.printedError(new RegExp(`^${each.join("")}`, "s"));
    program.signal("SIGINT");
  }
  const { exitCode, stdout, stderr } = await program.ended;
  const written = existsSync(out)
    ? readdirSync(out).map((each) => readFileSync(join(out, each), "utf8"))
    : [];
  return { exitCode, stdout, stderr, told: [stdout, stderr, ...written].join("\n") };
}

const secretsIn = (text: string): readonly string[] =>
  [groupKey, ownKey, ...hubKeys].filter((key) => text.includes(key));

test("devices with a group key, from a table and by connection strings stream, and no key is told", async () => {
  const before = new Set(readdirSync(cloud.certsDir, { recursive: true, encoding: "utf8" }));
  const layout = certsLayout(cloud.certsDir);
  await place.file(
    "devices.csv",
    [
      "registrationId,cert,key,symmetricKeyEnv",
      `brought-1,${layout.leafFullChain("brought-1")},${layout.leafKey("brought-1")},`,
      "brought-2,,,OWN_KEY",
    ].join("\n"),
  );
  const lines = hubKeys.map(
    (key, at) => `HostName=${HUB};DeviceId=direct-${at};SharedAccessKey=${key}`,
  );
  const strings = [...lines, `HostName=${HUB};DeviceId=shown;x509=true`].join("\n");
  chmodSync(await place.file("strings.txt", strings), 0o644);
  const model = "cheese-cave";
  const ids = {
    keyed: ["keyed-1", "keyed-2", "keyed-3"],
    table: ["brought-1", "brought-2"],
    direct: ["direct-0", "direct-1", "shown"],
  };
  const byGroupKey = { format: "symmetricKey", key: { env: "GROUP_KEY" } };
  const fleetOf = (entry: Readonly<Record<string, unknown>>) => [{ model, telemetry, ...entry }];
  const [keyed, table, direct] = await Promise.all([
    runOf(
      "keyed",
      {
        provisioning: { group: "keyed" },
        fleet: fleetOf({ count: 3, registrationId: "keyed-{n}", credentials: byGroupKey }),
      },
      ids.keyed,
    ),
    runOf(
      "table",
      {
        provisioning: { group: "test-devices" },
        fleet: fleetOf({ credentials: { from: "devices.csv" } }),
      },
      ids.table,
    ),
    runOf(
      "direct",
      { provisioning: { connectionStrings: "strings.txt" }, fleet: fleetOf({}) },
      ids.direct,
    ),
  ]);

  for (const [run, { length: devices }] of [
    [keyed, ids.keyed],
    [table, ids.table],
    [direct, ids.direct],
  ] as const) {
    expect({ exitCode: run.exitCode, stderr: run.stderr }).toMatchObject({ exitCode: 0 });
    const summary = parseSummary(JSON.parse(run.stdout));
    expect(summary.devices).toMatchObject({
      planned: devices,
      assigned: devices,
      connected: devices,
      failed: 0,
    });
    expect(summary.ledger).toMatchObject({ missing: 0 });
    expect(secretsIn(run.told)).toEqual([]);
    const registered = run === direct ? 0 : devices;
    expect(summary.registration).toMatchObject({ attempts: registered, assigned: registered });
    expect(summary.registration.ms.count).toBe(registered);
  }
  expect(keyed.stderr).toContain("enrollment group keyed created");
  expect(table.stderr).toContain("individual enrollments: 1 created");
  expect(direct.stderr).toContain(
    "strings.txt: expected connection strings that their owner alone",
  );
  // Nothing was issued, and no file that was brought has changed its place.
  expect(new Set(readdirSync(cloud.certsDir, { recursive: true, encoding: "utf8" }))).toEqual(
    before,
  );
});

test("a group and a device that are there with other keys are refused before a device starts", async () => {
  using clients = serviceClients(cloud);
  const attestation = {
    type: "symmetricKey" as const,
    symmetricKey: { primaryKey: newSymmetricKey(), secondaryKey: newSymmetricKey() },
  };
  await clients.dps.createOrUpdateEnrollmentGroup({
    enrollmentGroupId: "others",
    attestation,
    provisioningStatus: "enabled",
  });
  const fleet = [
    {
      model: "cheese-cave",
      count: 1,
      registrationId: "stranger",
      credentials: { format: "symmetricKey", key: { env: "GROUP_KEY" } },
    },
  ];
  const run = await runOf("others", { provisioning: { group: "others" }, fleet });
  expect(run.exitCode).toBe(3);
  expect(run.stderr).toContain("has other keys than the one that the fleet has");
  expect(secretsIn(run.told)).toEqual([]);
});
