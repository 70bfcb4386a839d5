import { expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { Program, workplace } from "../support/program.ts";
import { expectSameFiles } from "../support/rebuilt.ts";

const DEVICES = ["lost", "gap", "twice", "stuck", "wrong", "good"];
const after = (name: string, what: Readonly<Record<string, unknown>>) => ({ after: name, ...what });
const fault = (kind: string, devices: string, more: Readonly<Record<string, unknown>> = {}) =>
  after("connected", { fault: { kind, devices: [devices], ...more } });
const desired = (temperature: number) => ({ twin: { devices: "*", desired: { temperature } } });

test("a missed version, a duplicate one, a stuck device and a wrong report are found and named in every result", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({
    fleet: DEVICES.map((registrationId) => ({
      model: "cheese-cave",
      count: 1,
      registrationId,
      telemetry: { interval: "1s" },
    })),
    duration: undefined,
    oracle: { every: "200ms", tolerates: "1s" },
    timeline: [
      fault("desiredLost", "lost"),
      fault("desiredLost", "gap", { times: 1 }),
      fault("desiredTwice", "twice"),
      fault("stuck", "stuck"),
      fault("wrongReport", "wrong", { property: "temperature", by: 7 }),
      { name: "first", after: "connected", at: "300ms", ...desired(52) },
      after("first", desired(55)),
    ],
    thresholds: ["twin_divergences == 0", "desired_missed == 0", "desired_duplicate == 0"],
  });
  await using program = new Program(["run", scenario, "--out", place.out, "--certs", place.certs]);
  await place.appears(program, "run.ndjson", '"type":"divergence"', 3);
  program.signal("SIGINT");
  const { exitCode, stdout } = await program.ended;
  expect(exitCode).toBe(99);

  const { twin } = parseSummary(JSON.parse(await place.result("summary.json")));
  expect(twin.versions.toSorted((a, b) => a.deviceId.localeCompare(b.deviceId))).toEqual([
    { deviceId: "gap", duplicate: 0, outOfOrder: 0, missed: 1, notHealed: 0 },
    { deviceId: "twice", duplicate: 2, outOfOrder: 0, missed: 0, notHealed: 0 },
  ]);
  const found = { property: "temperature", version: 3, desired: 55, endedS: null };
  const named = twin.divergences?.named ?? [];
  expect(named.toSorted((a, b) => a.deviceId.localeCompare(b.deviceId))).toMatchObject([
    { ...found, deviceId: "lost", kind: "notFollowed", reported: 60, inner: 60 },
    { ...found, deviceId: "stuck", kind: "notFollowed", reported: 60, inner: 60 },
    { ...found, deviceId: "wrong", kind: "wronglyReported", reported: 62, inner: 55 },
  ]);

  expect(stdout).toContain("gap was never told desired version 2, and read what was in it");
  expect(stdout).toContain("twice was told desired version 2 twice");
  const page = (await place.result("report.html"))
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/ +/g, " ");
  const notFollowed = "desired 55, reported 60, the device has 60";
  for (const [device, words, sides] of [
    ["lost", "is not followed", notFollowed],
    ["stuck", "is not followed", notFollowed],
    ["wrong", "is followed and wrongly reported", "desired 55, reported 62, the device has 55"],
  ]) {
    expect(stdout).toMatch(new RegExp(`${device}: temperature ${words} for 2 s: ${sides}`));
    expect(page).toContain(`${device} temperature ${words} ${sides}`);
  }
  expect(page).toMatch(/ gap 1 0 0 0 /);
  await expectSameFiles(place.out);
});
