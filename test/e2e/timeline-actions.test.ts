import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { emulatorFaults } from "../../src/service/emulator-faults.ts";
import { emulatorRoute, parseEmulatorFile } from "../../src/service/emulator-file.ts";
import { expectRebuilt } from "../support/rebuilt.ts";
import { Program, workplace } from "../support/program.ts";

const one = (number: number): string => `cheesecave-device${number}`;

const OTHER_HUB = "other-hub.azure-devices.net";

test("services do what the timeline tells them, devices come back, and no fault is left", async () => {
  await using place = await workplace();
  const ports = ["--mqtt-port=0", "--https-port=0", "--retry-after=0"];
  const hubs = ["--hub", "cheesecave-hub.azure-devices.net", "--hub", OTHER_HUB];
  const certs = ["--certs", place.certs];
  await using emulator = new Program(["emulator", "--json", ...ports, ...hubs, ...certs]);
  const [printed] = await emulator.printed(/^\{.*\}\n/);
  const file = await place.file("emulator.json", printed);
  const scenario = await place.scenario({
    duration: "1h",
    connection: { retry: { first: "100ms", max: "300ms" } },
    timeline: [
      { name: "late", at: "0s", fault: { kind: "latency", service: "dps", ms: 20, for: "1h" } },
      { name: "call", after: "connected", method: { devices: "*", name: "no", expect: 404 } },
      { after: "call", fault: { end: "late" } },
      { after: "call", message: { devices: [one(2), one(4)], body: { open: true } } },
      { name: "off", after: "call", identity: { devices: one(1), do: "disable" } },
      { name: "on", after: "off", at: "500ms", identity: { devices: one(1), do: "enable" } },
      { name: "roll", after: "call", renew: { devices: one(2) } },
      { name: "unlink", after: "call", hub: { host: OTHER_HUB, do: "unlink" } },
      { name: "out", after: "unlink", enrollment: { do: "disable" } },
      { name: "gone", after: "out", identity: { devices: one(3), do: "delete" } },
      { name: "in", after: "gone", at: "500ms", enrollment: { do: "enable" } },
      { after: "unlink", at: "300ms", hub: { host: OTHER_HUB, do: "link" } },
      { name: "over", after: "in", at: "2s", mark: "all of it was done" },
      { after: "over", fault: { kind: "latency", service: "dps", ms: 20 } },
    ],
    thresholds: ["devices_up == 100%", "telemetry_missing == 0"],
  });
  const args = ["--devices", "4", "--emulator", file, "--out", place.out, ...certs];
  await using program = new Program(["run", scenario, ...args]);
  await place.appears(program, "run.ndjson", '"action":13', 2);
  await place.appears(program, "run.ndjson", '"state":"inUse"');
  program.signal("SIGINT");
  const { stdout } = await program.ended;
  const { devices, ledger, timeline, registration } = parseSummary(
    JSON.parse(await place.result("summary.json")),
  );
  expect(stdout).not.toContain("may still be on");
  expect(devices).toMatchObject({ planned: 4, assigned: 4, failed: 0 });
  expect(ledger).toMatchObject({ missing: 0 });
  expect(registration.failed).toEqual({ unauthorized: 0 });
  expect(timeline.map(({ kind, done, failed }) => [kind, done, failed])).toEqual([
    ["fault", 0, 0],
    ["method", 4, 0],
    ["fault", 0, 0],
    ["message", 2, 0],
    ["identity", 1, 0],
    ["identity", 1, 0],
    ["renew", 1, 0],
    ["hub", 1, 0],
    ["enrollment", 1, 0],
    ["identity", 1, 0],
    ["enrollment", 1, 0],
    ["hub", 1, 0],
    ["mark", 0, 0],
    ["fault", 0, 0],
  ]);
  expect(timeline[1]?.calls).toMatchObject({ answers: { "4xx": 4 }, ms: { count: 4 } });
  const info = parseEmulatorFile(printed, "the emulator");
  const route = emulatorRoute(info, await readFile(info.caFile, "utf8"));
  const faults = emulatorFaults({ ...info, route });
  expect(await faults.put({ kind: "killTcp" })).toBe("3");
  expect(await Promise.all(["1", "2"].map((id) => faults.isOn(id)))).toEqual([false, false]);
  await expectRebuilt(place.out);
});
