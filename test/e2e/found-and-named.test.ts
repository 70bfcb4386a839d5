import { expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { slowHubs } from "../../src/output/slow-hubs.ts";
import { runHere } from "../support/cli.ts";
import { emulatorInfo } from "../support/emulator-info.ts";
import { startTestCloud } from "../support/fleet.ts";
import { testPki } from "../support/pki.ts";
import { Program, workplace } from "../support/program.ts";
import { expectRebuilt } from "../support/rebuilt.ts";
import { hasXmllint, junitProblems } from "../support/xmllint.ts";

const [FAST, SLOW] = ["fast-hub.azure-devices.net", "slow-hub.azure-devices.net"];
const CAVES = 16;
const caves = (registrationId: string, more: Readonly<Record<string, unknown>> = {}) => ({
  model: "cheese-cave",
  count: 1,
  registrationId,
  telemetry: { interval: "200ms", jitter: "0%" },
  ...more,
});
/** DPS knows this device by another certificate. */
async function strangersEnrollment(registrationId: string) {
  const { certificatePem: certificate } = await (await testPki()).leaf(registrationId);
  const x509 = { clientCertificates: { primary: { certificate } } };
  return { registrationId, attestation: { type: "x509", x509 } };
}

test("a slow hub, a lost PUBACK, a duplicate and a refused leaf are found and named in every result", async () => {
  await using place = await workplace();
  const enrollments = [await strangersEnrollment("refused")];
  await using cloud = await startTestCloud({ group: false, hubs: [FAST, SLOW], enrollments });
  const { emulator, pki } = cloud;
  emulator.faults.inject({
    kind: "latency",
    parameters: { ms: 1_500 },
    scope: { service: SLOW, operations: ["sendTelemetry"] },
  });
  const caFile = await place.file("ca.pem", pki.root.certificatePem);
  const info = await place.file("emulator.json", JSON.stringify(emulatorInfo(emulator, caFile)));
  const scenario = await place.scenario({
    emulator: {},
    fleet: [
      caves("cave-{n}", { count: CAVES }),
      caves("lost-puback"),
      caves("twice", { faults: [{ kind: "duplicate", at: "100ms", for: "150ms" }] }),
      caves("refused"),
    ],
    duration: undefined,
    thresholds: ["devices_assigned == 100%", "telemetry_unacked == 0", "telemetry_duplicated == 0"],
  });
  const where = ["--emulator", info, "--out", place.out, "--certs", place.certs];
  await using program = new Program(["run", scenario, ...where]);
  await place.appears(program, "run.ndjson", '"type":"connection"', CAVES + 2);
  emulator.faults.inject({ kind: "pubackLost", scope: { devices: ["lost-puback"] }, times: 1 });
  // It ends with the message that it struck.
  await expect.poll(() => emulator.faults.list(), { timeout: 30_000 }).toHaveLength(1);
  program.signal("SIGINT");
  const { exitCode, stdout } = await program.ended;
  expect(exitCode).toBe(99);

  const summary = parseSummary(JSON.parse(await place.result("summary.json")));
  const junit = await place.result("junit.xml");
  const page = await place.result("report.html");
  for (const result of [stdout, junit, page]) {
    expect(result).toMatch(new RegExp(`hub ${SLOW} is slow: telemetry p95 1\\.\\d+ s`));
    expect(result).toContain("1 message duplicated: twice (boot 1, seq 2)");
    expect(result).toMatch(/ingested, so that the PUBACK was lost or late: lost-puback \(boot 1/);
  }
  expect(slowHubs(summary).map(({ hub }) => hub)).toEqual([SLOW]);
  expect(summary.ledger?.devices).toMatchObject([
    { deviceId: "twice", first: { duplicated: [{ boot: 1, seq: 2 }] } },
    { deviceId: "lost-puback", unacked: 1, unconfirmed: 1 },
  ]);

  const error = "registration refused: Invalid certificate.";
  expect(summary.unexpected).toMatchObject([{ registrationIds: ["refused"], error }]);
  expect(stdout).toContain("why: dps-fleet doctor explain refused");
  expect(junit).toContain(
    `observed 94.736842 %\n1 device unauthorized, such as refused: ${error}\n</failure>`,
  );
  expect(page).toContain(error);

  expect(junit.match(/<failure type="THRESHOLD_FAILED"/g)).toHaveLength(3);
  expect(hasXmllint ? junitProblems(junit) : "").toBe("");
  await expectRebuilt(place.out);
  const compared = await runHere(place.dir, ["report", "compare", "out", "out"]);
  expect(compared).toMatchObject({ exitCode: 0, stderr: "" });
  expect(compared.stdout).toContain("\nno change\n");
  expect(compared.stdout).not.toMatch(/[+-]\d/);
});
