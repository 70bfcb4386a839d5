import { expect, test } from "vitest";
import type { Progress } from "../support/acknowledged/kill-rounds.ts";
import { killRounds } from "../support/acknowledged/kill-rounds.ts";
import { Killable } from "../support/acknowledged/killable.ts";
import { telemetryWork } from "../support/acknowledged/telemetry-work.ts";
import { workplace } from "../support/program.ts";

const isUnderWay = (progress: Progress): boolean => progress.every((count) => count >= 3);

test("an emulator that is killed under load has all that it acknowledged at its next start", async () => {
  await using place = await workplace();
  expect(await killRounds(place.dir, [isUnderWay])).toSatisfy(isUnderWay);
});

test("where the disk takes nothing more, nothing more is acknowledged, and the emulator says why and ends", async () => {
  await using place = await workplace();
  const work = telemetryWork("sends");
  {
    await using emulator = await Killable.start(place.dir, { fileMaxKiB: 128 });
    await work.prepare(emulator);
    await expect(work.run(emulator)).rejects.toThrow(/closed|ECONNRESET/);
    const { exitCode, stderr } = await emulator.ended;
    expect(exitCode).toBe(2);
    expect(stderr).toContain("cannot be written to");
  }
  await using emulator = await Killable.start(place.dir);
  await work.check(emulator);
});
