import { sleep } from "../base/retry.ts";
import { formatDuration } from "../base/units.ts";
import type { RunContext } from "./run-options.ts";

/** Between two looks at the clock, which somebody may set meanwhile, in ms. */
const LOOK_MS = 1_000;

/**
 * Waits until devices are to start, and tells so. Where that moment has gone by it stays time 0, so that the parts of a
 * plan keep in step and what is late shows in the latencies.
 *
 * @param startAtMs ms since 1970 by the clock of the machine; undefined = at once
 * @returns time 0, ms since 1970 by `wallMs`
 * @throws the reason of `stop` when it aborts first
 */
export async function timeZero(
  startAtMs: number | undefined,
  { now, wallMs, stop, console }: Pick<RunContext, "now" | "wallMs" | "stop" | "console">,
): Promise<number> {
  if (startAtMs === undefined) return wallMs();
  const leftMs = (): number => startAtMs - now().getTime();
  const at = new Date(startAtMs).toISOString();
  if (leftMs() > 0) console.phase(`all is set up, devices start at ${at}`);
  else {
    console.warning(
      `devices start ${formatDuration(-leftMs())} late: the set-up took longer than until ${at}, which stays time 0`,
    );
  }
  while (leftMs() > 0) {
    const wholeS = Math.ceil(leftMs() / 1_000);
    console.status(`devices start in ${formatDuration(wholeS * 1_000)}`);
    await sleep(Math.min(leftMs() % LOOK_MS || LOOK_MS, leftMs()), stop);
  }
  console.status("devices start");
  return wallMs() + leftMs();
}
