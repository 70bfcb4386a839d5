import { join } from "node:path";

import { expect, test } from "vitest";

import { checkOpenFiles } from "../../../src/run/open-files.ts";
import { temporaryDir, writeTestFile } from "../../support/pki.ts";
import { refusal } from "../../support/refusal.ts";

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max processes             7823                 7823                 processes
Max open files            1024                 1000                 files
`;

test("a fleet within the limit is fine, and so is a system that tells no limit", async () => {
  using dir = temporaryDir();
  const file = writeTestFile(join(dir.path, "limits"), LIMITS);
  const fleet = { devices: 900, workers: 1, ownEmulator: true };
  await expect(checkOpenFiles(fleet, file)).resolves.toBeUndefined();
  await expect(
    checkOpenFiles({ ...fleet, devices: 1e6 }, join(dir.path, "none")),
  ).resolves.toBeUndefined();
});

test("a fleet whose emulator needs too many sockets is refused with both numbers", async () => {
  using dir = temporaryDir();
  const file = writeTestFile(join(dir.path, "limits"), LIMITS);
  const error = await refusal(
    checkOpenFiles({ devices: 901, workers: 4, ownEmulator: true }, file),
  );
  expect(error.code).toBe("USAGE");
  expect(error.problems[0]?.message).toBe(
    "the emulator needs 1001 for 901 devices, a process may have 1000",
  );
});

test("without an emulator of its own a fleet is refused by its largest worker, and more workers mend it", async () => {
  using dir = temporaryDir();
  const file = writeTestFile(join(dir.path, "limits"), LIMITS);
  const fleet = { devices: 1802, workers: 2, ownEmulator: false };
  const error = await refusal(checkOpenFiles(fleet, file));
  expect(error.hint).toContain("--workers");
  await expect(checkOpenFiles({ ...fleet, workers: 3 }, file)).resolves.toBeUndefined();
});
