import { expect, test } from "vitest";

import { Program, workplace } from "../support/program.ts";
import { checkedSummary } from "../support/run-accounts.ts";

/** What DPS takes, in devices a second, and in which window it counts them: one that a test need not wait long for. */
const TAKES_PER_S = 4;
const WINDOW_S = 1;
const DEVICES = 14;

test.concurrent(
  "an adaptive arrival finds what DPS takes, is held below it, and loses nothing",
  async () => {
    await using place = await workplace();
    await place.file(
      "emulator.yaml",
      `dpsRegistrationsPerMinute: ${TAKES_PER_S * WINDOW_S}\nlimits: { dpsWindowMs: ${WINDOW_S * 1_000}, retryAfterS: 0 }\n`,
    );
    const scenario = await place.scenario({
      emulator: { config: "emulator.yaml" },
      // Other tests run beside it: what they cost must not count as slow answers.
      arrival: { rate: "adaptive", from: "6/s", max: "6/s", latency: "1m" },
      duration: undefined,
    });
    const args = [`--devices=${DEVICES}`, "--workers=2", "--out", place.out];
    await using program = new Program(["run", scenario, ...args, "--certs", place.certs]);
    await place.appears(program, "run.ndjson", '"type":"connection"', DEVICES);
    program.signal("SIGINT");
    const { exitCode, stdout } = await program.ended;
    expect(exitCode).toBe(0);
    const { arrival, devices, registration, ledger } = await checkedSummary(place);
    expect(devices).toMatchObject({ assigned: DEVICES, connected: DEVICES, failed: 0 });
    expect(ledger).toMatchObject({ missing: 0, duplicated: 0 });
    expect(arrival).toMatchObject({ started: DEVICES, firstPushBack: { reason: "throttled" } });
    expect(arrival?.heldPerS).toBeLessThan(TAKES_PER_S);
    expect(registration.throttled).toBeLessThan(2 * DEVICES);
    expect(stdout).toMatch(/devices are refused at .*, .* is held/);
    expect(stdout).toMatch(/arrival \.+ held .*; first 429 at /);
  },
);
