import { setTimeout as delay } from "node:timers/promises";

/** The longest time that Node's timers can wait, in ms. */
const LONGEST_MS = 2_147_483_647;

/** Whether `clock` came to `atMs` before the signal was aborted. The wait does not keep the process alive. */
export async function waitUntil(
  atMs: number,
  clock: () => number,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    const leftMs = atMs - clock();
    if (leftMs <= 0) return true;
    try {
      await delay(Math.min(leftMs, LONGEST_MS), undefined, { signal, ref: false });
    } catch {
      // Aborted; nothing else can fail here.
    }
  }
  return false;
}
