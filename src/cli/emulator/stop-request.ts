import { z } from "zod";
import type { Host } from "../host.ts";

/** Alone, a signal stops, and a second one ends at once; under a run only the run does, by message or by its end. */
export function stopRequest(host: Host): { readonly requested: Promise<void>; release(): void } {
  const releases: (() => void)[] = [];
  const requested = new Promise<void>((stop) => {
    const { parent } = host;
    let signals = 0;
    // A Ctrl-C reaches the whole process group: under a run it is the run's to answer.
    releases.push(
      host.onSignal(() => {
        if (parent !== undefined) return;
        signals += 1;
        if (signals > 1) host.exitNow(0);
        stop();
      }),
    );
    if (parent === undefined) return;
    releases.push(
      parent.onDisconnect(stop),
      parent.onMessage((message) => {
        if (z.object({ type: z.literal("stop") }).safeParse(message).success) stop();
      }),
    );
  });
  return {
    requested,
    release: () => {
      for (const release of releases.splice(0)) release();
    },
  };
}
