import { expect, test } from "vitest";

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

/** The bodies of each device in the order of their numbers. */
async function bodies(
  fleet: readonly object[],
  args: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
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
  return byDevice;
}

test("one seed gives equal bodies, run after run, however many workers and devices there are, in whatever order", async () => {
  const [first, again, larger, otherSeed] = await Promise.all([
    bodies([CAVES, BELTS], ["--seed", "7", "--workers", "1"]),
    bodies([CAVES, BELTS], ["--seed", "7", "--workers", "2"]),
    bodies([BELTS, CAVES], ["--seed", "7", "--workers", "2", "--devices", "9"]),
    bodies([CAVES, BELTS], ["--seed", "8", "--workers", "1"]),
  ]);
  expect(larger.size).toBe(9);
  const untouched = [...first.keys()].filter((id) => id !== "cheesecave-device1");
  expect(untouched).toHaveLength(5);
  for (const id of untouched) {
    const known = first.get(id) ?? [];
    for (const run of [again, larger]) {
      const shorter = Math.min(known.length, run.get(id)?.length ?? 0);
      expect(shorter).toBeGreaterThan(2);
      expect(run.get(id)?.slice(0, shorter)).toEqual(known.slice(0, shorter));
    }
    expect(otherSeed.get(id)?.slice(0, 4)).not.toEqual(known.slice(0, 4));
  }
});
