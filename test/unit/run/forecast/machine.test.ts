import { join } from "node:path";

import { expect, test } from "vitest";

import { machineLimits } from "../../../../src/run/forecast/machine-limits.ts";
import { machineNeeds } from "../../../../src/run/forecast/machine-needs.ts";
import { temporaryDir, writeTestFile } from "../../../support/pki.ts";

test("limits are read where Linux tells them; elsewhere there are none", async () => {
  using dir = temporaryDir();
  const at = (name: string, text: string): string => writeTestFile(join(dir.path, name), text);
  const files = {
    limits: at(
      "limits",
      "Max open files            1024                 20000                files\n",
    ),
    ports: at("ports", "32768\t60999\n"),
    memory: at("memory", "MemTotal:       100 kB\nMemAvailable:       64 kB\n"),
  };
  expect(await machineLimits(files)).toEqual({
    openFiles: 20_000,
    ports: 28_232,
    memoryBytes: 65_536,
  });
  const nowhere = join(dir.path, "nowhere");
  expect(await machineLimits({ limits: nowhere, ports: nowhere, memory: nowhere })).toEqual({
    openFiles: undefined,
    ports: undefined,
    memoryBytes: undefined,
  });
});

const FLEET = { devices: 1_000, workers: 2, ownEmulator: true, openFiles: 1_100, ports: 2_000 };
const UNKNOWN = { openFiles: undefined, ports: undefined, memoryBytes: undefined };

test("what suffices, or is not known, needs no mend", () => {
  expect(machineNeeds(FLEET, UNKNOWN).map(({ mend }) => mend)).toEqual([null, null, null]);
  const enough = { openFiles: 1_100, ports: 2_000, memoryBytes: 2 ** 40 };
  expect(machineNeeds(FLEET, enough).map(({ mend }) => mend)).toEqual([null, null, null]);
});

test("what is short comes with its mend", () => {
  const little = { openFiles: 1_099, ports: 1_999, memoryBytes: 1 };
  const [memory, files, ports] = machineNeeds(FLEET, little).map(({ mend }) => mend);
  expect(memory).toContain("--emulator FILE");
  expect(files).toContain("ulimit -Hn");
  expect(ports).toContain("ip_local_port_range");
  const [, , tooMany] = machineNeeds({ ...FLEET, ports: 64_513 }, little);
  expect(tooMany?.mend).toContain("another machine");
});
