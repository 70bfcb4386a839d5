import { setTimeout as delay } from "node:timers/promises";
import { commandWork } from "./command-work.ts";
import { Killable } from "./killable.ts";
import { registrationWork } from "./registration-work.ts";
import { registryWork } from "./registry-work.ts";
import { telemetryWork } from "./telemetry-work.ts";
import { twinWork } from "./twin-work.ts";
import type { Work } from "./work.ts";

/** How much of each work, in their order, was acknowledged since the start. */
export type Progress = readonly number[];

/**
 * Kills an emulator again and again while clients work with it, and looks at each start whether all that was
 * acknowledged is there.
 *
 * @param folder of its state
 * @param moments for each life of it, whether it ends now
 * @returns how much of each work was acknowledged
 */
export async function killRounds(
  folder: string,
  moments: readonly ((progress: Progress) => boolean)[],
): Promise<Progress> {
  const works: readonly Work[] = [
    telemetryWork("sends-1"),
    telemetryWork("sends-2"),
    twinWork("twin"),
    registryWork("registry"),
    registrationWork("group"),
    commandWork("away"),
  ];
  for (const [round, isNow] of moments.entries()) {
    await using emulator = await Killable.start(folder);
    for (const work of works) await (round === 0 ? work.prepare(emulator) : work.check(emulator));
    const before = works.map(({ acknowledged }) => acknowledged);
    const ends = works.map((work) => endOf(work.run(emulator)));
    const early = Promise.race(ends);
    while (!isNow(works.map(({ acknowledged }, at) => acknowledged - (before[at] ?? 0))))
      if (await Promise.race([early.then(() => true), delay(1, false)])) break;
    await emulator.kill();
    for (const end of await Promise.all(ends))
      if (!isGone(end)) throw new Error("a work ended before the emulator", { cause: end });
  }
  await using emulator = await Killable.start(folder);
  for (const work of works) await work.check(emulator);
  return works.map(({ acknowledged }) => acknowledged);
}

async function endOf(run: Promise<never>): Promise<unknown> {
  try {
    return await run;
  } catch (error) {
    return error;
  }
}

/** Whether an error says that the other side is not there any more, and nothing else. */
function isGone(error: unknown): boolean {
  const text =
    error instanceof Error ? `${error.message} ${String(Reflect.get(error, "code"))}` : "";
  return /connection was closed|ECONNRESET|ECONNREFUSED|EPIPE|socket hang up|aborted|disconnected/.test(
    text,
  );
}
