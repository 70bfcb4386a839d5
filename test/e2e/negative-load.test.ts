import { afterAll, beforeAll, expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { emulatorInfo } from "../support/emulator-info.ts";
import type { TestCloud } from "../support/fleet.ts";
import { startTestCloud } from "../support/fleet.ts";
import { Program, workplace } from "../support/program.ts";

interface Entry {
  readonly registrationId: string;
  readonly [key: string]: unknown;
}

const entry = (name: string, more: Readonly<Record<string, unknown>> = {}): Entry => ({
  model: "cheese-cave",
  count: 1,
  registrationId: `${name}-{n}`,
  telemetry: { interval: "1s" },
  ...more,
});
const defect = (name: string) =>
  entry(name, { credentials: { format: "pem", defect: name }, expect: "refused" });

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ group: false });
});
afterAll(() => cloud[Symbol.asyncDispose]());

/**
 * Runs a fleet with a CA and an enrollment group of its own, against the emulator that all share.
 *
 * @param until devices that went either way, after which it is stopped; absent = it ends by itself
 */
async function runOf(
  group: string,
  fleet: readonly Entry[],
  until?: { readonly admitted: number; readonly refused: number },
) {
  await using place = await workplace();
  const caFile = await place.file("ca.pem", cloud.pki.root.certificatePem);
  const emulator = await place.file(
    "emulator.json",
    JSON.stringify(emulatorInfo(cloud.emulator, caFile)),
  );
  const scenario = await place.scenario({
    emulator: undefined,
    provisioning: { group },
    // A hub has one device of an id.
    fleet: fleet.map((one) => ({ ...one, registrationId: `${group}-${one.registrationId}` })),
    arrival: { burst: "all" },
    duration: undefined,
    timeline: [],
    thresholds: undefined,
  });
  const flags = ["--emulator", emulator, "--certs", place.certs, "--out", place.out];
  await using program = new Program(["run", scenario, ...flags, "--workers", "1", "--no-web"]);
  if (until !== undefined) {
    await place.appears(program, "run.ndjson", '"final":true', until.refused);
    await place.appears(program, "run.ndjson", '"type":"connection"', until.admitted);
    program.signal("SIGINT");
  }
  const { exitCode, stdout, stderr } = await program.ended;
  const summary = parseSummary(JSON.parse(await place.result("summary.json")));
  return { exitCode, text: stdout + stderr, summary, junit: await place.result("junit.xml") };
}

test.concurrent(
  "a run passes where services refuse exactly the devices that are bad on purpose",
  async () => {
    const { exitCode, summary, text } = await runOf(
      "exact",
      [
        entry("good"),
        ...["expired", "not-yet-valid", "wrong-ca", "wrong-cn", "self-signed", "broken-chain"].map(
          defect,
        ),
      ],
      { admitted: 1, refused: 6 },
    );
    expect(text).toContain("6 of 6 as expected");
    expect(summary).toMatchObject({
      verdict: "passed",
      devices: { planned: 7, assigned: 1, toBeRefused: 6, refused: 6, unexpected: 0 },
      unexpected: [],
      registration: { failed: { unauthorized: 0 } },
    });
    expect(exitCode).toBe(0);
  },
);

test.concurrent(
  "a run fails where a device is let in that must not be, or another class comes than expected",
  async () => {
    const { exitCode, summary, junit } = await runOf(
      "other",
      [
        entry("good"),
        entry("let-in", { expect: "refused" }),
        { ...defect("expired"), class: "disabled" },
      ],
      { admitted: 2, refused: 1 },
    );
    expect(summary.unexpected).toMatchObject([
      { expected: "unauthorized", observed: "admitted", registrationIds: ["other-let-in-1"] },
      { expected: "disabled", observed: "unauthorized", registrationIds: ["other-expired-1"] },
    ]);
    expect(junit).toContain("expected to be refused as unauthorized, got let in: other-let-in-1");
    expect(exitCode).toBe(99);
  },
);

test.concurrent(
  "a fleet of which nobody is to be let in passes, and ends when all are refused",
  async () => {
    const { exitCode, summary } = await runOf("nobody", [defect("expired")]);
    expect(summary.verdict).toBe("passed");
    expect(exitCode).toBe(0);
  },
);
