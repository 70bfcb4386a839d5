import { randomBytes } from "node:crypto";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FleetError } from "../../../src/base/errors.ts";
import { readEmulatorConfig } from "../../../src/emulator-config/read-config.ts";
import { temporaryDir, testPki, writeTestFile } from "../../support/pki.ts";

/** What a text in a file says, with files beside it. */
function read(
  text: string,
  {
    env = {},
    files = {},
  }: { env?: Readonly<Record<string, string>>; files?: Readonly<Record<string, string>> } = {},
) {
  using dir = temporaryDir();
  for (const [name, content] of Object.entries(files)) writeTestFile(join(dir.path, name), content);
  writeTestFile(join(dir.path, "emulator.yaml"), text);
  return readEmulatorConfig("emulator.yaml", { cwd: dir.path, env });
}

/** What is wrong with a text, each problem in a line. */
function problemsOf(...args: Parameters<typeof read>): readonly string[] {
  try {
    read(...args);
  } catch (error) {
    if (!(error instanceof FleetError) || error.code !== "FILE_INVALID") throw error;
    return error.problems.map(({ place, message }) => `${place}: ${message}`);
  }
  return [];
}

test("keys come from the environment, certificates from files beside the configuration", async () => {
  const pki = await testPki();
  const leaf = await pki.leaf("cave-2");
  const key = randomBytes(32).toString("base64");
  const { options } = read(
    `
hubs:
  - hostName: a-hub.azure-devices.net
    latencyMs: 5
    policies: [{ name: reader, rights: [RegistryRead], primaryKey: { env: A_KEY } }]
    devices:
      - { deviceId: cave-1, authentication: { type: sas, primaryKey: { env: A_KEY } } }
      - { deviceId: cave-2, authentication: { type: selfSigned, certificate: certs/leaf.pem } }
enrollmentGroups:
  - { enrollmentGroupId: caves, attestation: { type: x509, certificate: certs/ca.pem }, reprovision: never }
limits: { retryAfterS: 1, foreignTopics: refuse }
`,
    {
      env: { A_KEY: key },
      files: { "certs/leaf.pem": leaf.certificatePem, "certs/ca.pem": pki.root.certificatePem },
    },
  );
  expect(options).toMatchObject({
    hubs: ["a-hub.azure-devices.net"],
    latencies: { "a-hub.azure-devices.net": 5 },
    retryAfterS: 1,
    foreignTopics: "refuse",
    enrollmentGroups: [
      {
        attestation: {
          x509: { signingCertificates: { primary: { certificate: pki.root.certificatePem } } },
        },
        reprovisionPolicy: { updateHubAssignment: false, migrateDeviceData: false },
      },
    ],
    hubSettings: {
      "a-hub.azure-devices.net": {
        policies: [{ name: "reader", rights: ["RegistryRead"], primaryKey: key }],
        devices: [
          {
            deviceId: "cave-1",
            authentication: { type: "sas", symmetricKey: { primaryKey: key } },
          },
          { authentication: { type: "selfSigned", x509Thumbprint: { secondaryThumbprint: "" } } },
        ],
      },
    },
  });
});

test("all problems are told at once, each with file, line, column and path", () => {
  expect(
    problemsOf(`
hubs:
  - hostName: hub.example.com
    alocationWeight: 3
    devices:
      - deviceId: cave-1
        authentication: { type: sas, primaryKey: c2VjcmV0 }
limits: { retryAfter: 1, eventPartitions: 0 }
`),
  ).toEqual([
    expect.stringMatching(/^emulator\.yaml:3:5 hubs\[0\]\.hostName: expected a hub name/),
    "emulator.yaml:7:38 hubs[0].devices[0].authentication.primaryKey: expected { env: NAME }, got a text",
    'emulator.yaml:4:5 hubs[0].alocationWeight: unknown key "alocationWeight"',
    expect.stringMatching(
      /^emulator\.yaml:8:26 limits\.eventPartitions: expected a whole number from 1/,
    ),
    'emulator.yaml:8:11 limits.retryAfter: unknown key "retryAfter"',
  ]);
});

test("what a good configuration names and is not there is told in the same way", () => {
  const told = problemsOf(`
hubs:
  - hostName: a-hub.azure-devices.net
    latencyMs: 3
    devices: [{ deviceId: d, authentication: { type: sas, primaryKey: { env: NO_KEY } } }]
  - hostName: A-hub.azure-devices.net
  - hostName: b-hub.azure-devices.net
enrollments:
  - { registrationId: x, attestation: { type: x509, certificate: none.pem } }
`);
  expect(told).toEqual([
    expect.stringMatching(/^emulator\.yaml:6:5 hubs\[1\]\.hostName: .* is there already$/),
    expect.stringMatching(/^emulator\.yaml:2:1 hubs: b-hub.* has no latency/),
    expect.stringMatching(
      /^emulator\.yaml:9:53 enrollments\[0\]\.attestation\.certificate: .*no file/,
    ),
    expect.stringMatching(/^emulator\.yaml:5:59 .*primaryKey: expected .* NO_KEY; it is not set$/),
  ]);
});

test("a tier is taken as it stands, and units that do not fit it are told at their line", () => {
  const tier = {
    tier: "F1",
    units: 2,
    dpsRegistrationsPerMinute: 60,
    tierLimits: { queriesPerS: 1 },
  };
  const { options, atItsPlace } = read(JSON.stringify(tier, undefined, 1));
  expect(options).toMatchObject(tier);
  const refusal = new FleetError("USAGE", "wrong", {
    problems: [{ place: "units", message: "expected 1 unit of F1, got 2" }],
  });
  expect(atItsPlace(refusal)).toMatchObject({
    code: "FILE_INVALID",
    problems: [{ place: "emulator.yaml:3:2 units", message: "expected 1 unit of F1, got 2" }],
  });
  expect(problemsOf("tier: S4\ntierLimits: { telemetryPerS: 0 }")).toEqual([
    expect.stringMatching(/^emulator\.yaml:1:1 tier: expected one of none, F1, /),
    "emulator.yaml:2:15 tierLimits.telemetryPerS: expected a number above 0, got 0",
  ]);
});

test("what the emulator refuses is told at its place in the file", () => {
  const { atItsPlace } = read(`
hubs:
  - hostName: a-hub.azure-devices.net
    devices:
      - deviceId: cave-1
enrollments:
  - { registrationId: x, attestation: { type: symmetricKey } }
`);
  const refusal = new FleetError("USAGE", "wrong", {
    problems: [
      { place: "enrollments[0]", message: "one" },
      { place: "hubSettings.a-hub.azure-devices.net.devices[0]", message: "two" },
    ],
  });
  expect(atItsPlace(refusal)).toMatchObject({
    code: "FILE_INVALID",
    problems: [
      { place: "emulator.yaml:7:5 enrollments[0]" },
      { place: "emulator.yaml:5:9 hubs[0].devices[0]" },
    ],
  });
  const other = new Error("else");
  expect(atItsPlace(other)).toBe(other);
});

test.for(["", "just text", "- a list", "hubs: [", "hubs: &a [*a]"])(
  "%j is no configuration, and says so",
  (text) => {
    expect(problemsOf(text)).not.toEqual([]);
  },
);

test("no text makes the reader fail in another way", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(problemsOf(text)).not.toContain("");
    }),
    { numRuns: 50 },
  );
});
