import { expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { Program, workplace } from "../support/program.ts";

test.concurrent(
  "a run above the limit of its DPS is told so, and counts what was refused",
  async () => {
    await using place = await workplace();
    const scenario = await place.scenario({ duration: "1h" });
    const limit = ["--devices", "5", "--emulator-dps-limit", "3/m"];
    const args = [...limit, "--rate", "20/s", "--out", place.out, "--certs", place.certs];
    await using program = new Program(["run", scenario, ...args]);
    await place.appears(program, "run.ndjson", '"type":"registration"', 3);
    await place.appears(program, "run.ndjson", '"type":"throttled"', 2);
    program.signal("SIGINT");
    const { exitCode, stdout } = await program.ended;
    expect(exitCode).toBe(130);
    expect(stdout).toContain("starting the emulator (DPS limit 3/m)");
    expect(stdout).toContain("DPS throttles this fleet (429)");
    expect(stdout).toContain(
      "DPS limits this fleet: 2 requests refused; it takes 3 registrations in 60 s",
    );
    const { devices, registration } = parseSummary(JSON.parse(await place.result("summary.json")));
    expect(devices).toMatchObject({ planned: 5, assigned: 3, failed: 0 });
    expect(registration).toMatchObject({ attempts: 5, throttled: 2, failed: { unauthorized: 0 } });
  },
);

test.concurrent(
  "a run on a free hub of its configuration is cut off when the day's quota is used up",
  async () => {
    await using place = await workplace();
    await place.file(
      "emulator.yaml",
      [
        "tier: S1",
        "tierLimits: { messagesPerDay: 20 }",
        "limits: { retryAfterS: 0 }",
        "hubs:",
        "  - hostName: free-hub.azure-devices.net",
        "    devices: [{ deviceId: neighbour }]",
        "",
      ].join("\n"),
    );
    const scenario = await place.scenario({
      emulator: { config: "emulator.yaml" },
      duration: "1h",
    });
    const size = ["--devices", "3", "--telemetry-interval", "200ms", "--emulator-tier", "F1"];
    const args = [...size, "--out", place.out, "--certs", place.certs];
    await using program = new Program(["run", scenario, ...args]);
    await place.appears(program, "run.ndjson", '"type":"disconnection"');
    program.signal("SIGINT");
    const { exitCode, stdout } = await program.ended;
    expect(exitCode).toBe(130);
    expect(stdout).toContain("starting the emulator (tier F1, 1 unit)");
    expect(stdout).toContain(
      "free-hub.azure-devices.net (F1) limits this fleet: its 20 messages of this day are used up",
    );
    const summary = parseSummary(JSON.parse(await place.result("summary.json")));
    expect(Object.keys(summary.registration.byHub)).toEqual(["free-hub.azure-devices.net"]);
    expect(summary.connection.lost).toBeGreaterThan(0);
    expect(summary.telemetry.acked).toBeLessThan(20);
    expect(summary.ledger).toMatchObject({ missing: 0 });
  },
);
