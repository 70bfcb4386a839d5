import { expect, test } from "vitest";

import type { Summary } from "../../src/output/summary.ts";
import { parseSummary } from "../../src/output/summary-schema.ts";
import { Program, workplace } from "../support/program.ts";

interface Saved {
  readonly deviceId: string;
  readonly seq: number;
  readonly body: string;
}

const telemetry = { interval: { uniform: ["150ms", "300ms"] }, jitter: "10%" };
const CAVES = {
  model: "cheese-cave",
  count: 4,
  registrationId: "cheesecave-device{n}",
  telemetry,
  settings: { signal: { list: ["classic", "physical"] } },
  faults: [
    { kind: "doorOpen", every: "1s", for: "300ms" },
    { kind: "sensorSpike", at: "1s", sensor: "humidity", size: 9, probability: 0.5 },
    { kind: "wrongType", every: "1s", for: "500ms", messages: "50%" },
    { kind: "dropout", every: "2s", for: "500ms" },
  ],
};
const BELTS = {
  model: "conveyor",
  count: 2,
  registrationId: "belt-{n}",
  telemetry,
  settings: { signal: { list: ["physical", "classic"] } },
  faults: [{ kind: "jam", every: "2s", for: "500ms" }],
};

interface Done {
  readonly summary: Summary;
  /** Of each device, in the order of their numbers. */
  readonly bodies: ReadonlyMap<string, readonly string[]>;
}

async function run(fleet: readonly object[], args: readonly string[]): Promise<Done> {
  await using place = await workplace();
  const scenario = await place.scenario({
    fleet,
    emulator: { retryAfterS: 0 },
    duration: "5s",
    timeline: [
      { at: "3s", twin: { devices: "cheesecave-device1", desired: { temperature: 50.123 } } },
    ],
  });
  const where = ["--out", place.out, "--certs", place.certs, "--save-messages"];
  await using program = new Program(["run", scenario, ...where, ...args]);
  expect((await program.ended).exitCode).toBe(0);
  const byDevice = new Map<string, string[]>();
  for (const line of (await place.result("messages.ndjson")).trim().split("\n")) {
    const { deviceId, seq, body }: Saved = JSON.parse(line);
    const device = byDevice.get(deviceId) ?? [];
    byDevice.set(deviceId, device);
    device[seq - 1] = body;
  }
  const summary = parseSummary(JSON.parse(await place.result("summary.json")));
  return { summary, bodies: byDevice };
}

/** What does not depend on when things happen. */
const countsOf = ({ devices, unexpected, registration, connection, twin }: Summary) => ({
  devices,
  unexpected,
  attempts: registration.attempts,
  assigned: registration.assigned,
  registrations: registration.ms.count,
  byHub: registration.byHub,
  opened: connection.opened,
  connections: connection.ms.count,
  actions: twin.actions.map(({ at, selected, patched, received, acknowledged, converged, ms }) => ({
    at,
    selected,
    patched,
    received,
    acknowledged,
    converged,
    count: ms.count,
  })),
});

test("one seed gives equal bodies, run after run, however many workers and devices there are, in whatever order", async () => {
  const [one, four, more, other] = await Promise.all([
    run([CAVES, BELTS], ["--seed", "7", "--workers", "1"]),
    run([CAVES, BELTS], ["--seed", "7", "--workers", "4"]),
    run([BELTS, CAVES], ["--seed", "7", "--workers", "2", "--devices", "9"]),
    run([CAVES, BELTS], ["--seed", "8", "--workers", "1"]),
  ]);
  expect(more.bodies.size).toBe(9);
  const first = one.bodies;
  const untouched = [...first.keys()].filter((id) => id !== "cheesecave-device1");
  expect(untouched).toHaveLength(5);
  for (const id of untouched) {
    const known = first.get(id) ?? [];
    for (const { bodies } of [four, more]) {
      const shorter = Math.min(known.length, bodies.get(id)?.length ?? 0);
      expect(shorter).toBeGreaterThan(2);
      expect(bodies.get(id)?.slice(0, shorter)).toEqual(known.slice(0, shorter));
    }
    expect(other.bodies.get(id)?.slice(0, 4)).not.toEqual(known.slice(0, 4));
  }
  expect(countsOf(four.summary)).toEqual(countsOf(one.summary));
});
