import { expect, test } from "vitest";

import { Program, workplace } from "../support/program.ts";
import { checkedSummary } from "../support/run-accounts.ts";

/** Large fleets: every device gets through, and nothing that was acknowledged is missing. */
const fleets = [
  { devices: 300, rate: "100/s", duration: "30s", interval: "5s", workers: "auto" },
  { devices: 300, rate: "100/s", duration: "20s", interval: "1s", workers: "4" },
  { devices: 2_000, rate: "50/s", duration: "150s", interval: "10s", workers: "auto" },
];

test.each(fleets)(
  "$devices devices at $rate, a message each $interval, $workers workers: none missing, none twice",
  async ({ devices, rate, duration, interval, workers }) => {
    await using place = await workplace();
    const scenario = await place.scenario({
      emulator: {},
      fleet: [
        {
          model: "cheese-cave",
          count: devices,
          registrationId: "cheesecave-device{n}",
          telemetry: { interval, jitter: "10%" },
        },
      ],
      arrival: { rate },
      duration,
    });
    const args = ["--workers", workers, "--out", place.out, "--certs", place.certs];
    await using program = new Program(["run", scenario, ...args]);
    const { exitCode, stderr } = await program.ended;
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    const summary = await checkedSummary(place);
    expect(summary.devices).toMatchObject({
      planned: devices,
      assigned: devices,
      connected: devices,
      failed: 0,
    });
    expect(summary.connection).toMatchObject({ opened: devices, lost: 0 });
    expect(summary.telemetry).toMatchObject({ failed: 0, unacked: 0 });
    expect(summary.telemetry.sent).toBeGreaterThan(devices);
    expect(summary.ledger?.ingested).toBe(summary.telemetry.sent);
    expect(program.groupAlive).toBe(false);
  },
);
