import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { judgeOptions } from "../../../src/emulator/emulator.ts";
import { temporaryDir } from "../../support/pki.ts";

test("options are judged as an emulator would, and nothing is written", async () => {
  using dir = temporaryDir();
  const data = join(dir.path, "data");
  await judgeOptions({ data, tier: "S1", units: 2 });
  await expect(judgeOptions({ data, tier: "F1", units: 2 })).rejects.toMatchObject({
    code: "USAGE",
    problems: [{ place: "units", message: "expected 1 unit of F1, got 2" }],
  });
  const enrollment = { registrationId: "x", attestation: { type: "none" } };
  await expect(judgeOptions({ data, enrollments: [enrollment] })).rejects.toMatchObject({
    problems: [{ place: "enrollments[0]" }],
  });
  expect(existsSync(data)).toBe(false);
});
