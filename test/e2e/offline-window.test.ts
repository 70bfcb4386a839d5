import { expect, test } from "vitest";

import type { Summary } from "../../src/output/summary.ts";
import { Program, workplace } from "../support/program.ts";
import { checkedSummary } from "../support/run-accounts.ts";

const CONVERGED = "twin_converged{action:while-away} == 100%";

/** One of four caves is cut off while all are told three times; all are back before the run ends. */
const scenario = (readTwin: "always" | "first") => ({
  emulator: { retryAfterS: 0 },
  provisioning: { group: "g" },
  connection: { readTwin, retry: { first: "50ms", max: "100ms" } },
  fleet: [
    {
      model: "cheese-cave",
      count: 4,
      registrationId: "cave-{n}",
      telemetry: { interval: "200ms" },
    },
  ],
  duration: undefined,
  timeline: [
    {
      name: "cut",
      after: "connected",
      fault: { kind: "disconnect", devices: "cave-2", for: "1s" },
    },
    {
      name: "while-away",
      after: "connected",
      at: "200ms",
      repeat: { times: 3, every: "50ms" },
      twin: { devices: "cave-*", desired: { temperature: 10 }, step: { temperature: 0.5 } },
    },
    { name: "back", after: "cut", at: "3s", mark: "all are back" },
  ],
  thresholds: [CONVERGED],
});

async function offlineWindow(
  readTwin: "always" | "first",
): Promise<{ readonly summary: Summary; readonly exitCode: number | null; readonly out: string }> {
  await using place = await workplace();
  const file = await place.scenario(scenario(readTwin));
  await using program = new Program(["run", file, "--out", place.out, "--certs", place.certs]);
  await program.printed(/mark: all are back/);
  program.signal("SIGINT");
  const { exitCode, stdout } = await program.ended;
  return { summary: await checkedSummary(place), exitCode, out: stdout };
}

test.concurrent(
  "who reads its twin after a reconnect converges to the last change, and what it missed is named",
  async () => {
    const { summary, exitCode } = await offlineWindow("always");
    expect(exitCode).toBe(0);
    expect(summary.twin.actions).toMatchObject([
      {
        rounds: 3,
        selected: 4,
        patched: 12,
        received: 12,
        missed: 3,
        converged: 4,
        stragglers: 0,
        missedBy: [{ registrationId: "cave-2", versions: 3, rounds: [[1, 3]], healed: true }],
      },
    ]);
    expect(summary.devices.connected).toBe(4);
    expect(summary.registration.attempts).toBe(4);
  },
);

test.concurrent(
  "who does not read it stays behind for good, and the run fails and names it",
  async () => {
    const { summary, exitCode, out } = await offlineWindow("first");
    expect(exitCode).toBe(99);
    const [threshold] = summary.thresholds;
    expect(threshold).toMatchObject({ expression: CONVERGED, observed: 75, passed: false });
    expect(summary.twin.actions).toMatchObject([
      {
        received: 9,
        converged: 3,
        stragglers: 1,
        stragglersNamed: [
          { registrationId: "cave-2", why: "notReceived", round: 3, state: "streaming" },
        ],
      },
    ]);
    expect(out).toContain("cave-2 never got version");
  },
);
