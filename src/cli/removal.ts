import type { CallProgress } from "../service/paced-calls.ts";
import type { RemovalServices, RemovedDevices } from "../service/remove-devices.ts";
import type { Host } from "./host.ts";
import type { DpsFlags } from "./open-dps.ts";
import { openDps } from "./open-dps.ts";
import type { Progress } from "./progress.ts";
import { openProgress } from "./progress.ts";
import { withHubs } from "./selection/hub-session.ts";
import type { HubFlags } from "./selection/selection-flags.ts";

/**
 * Opens the DPS instance and the hubs that the command line names, for as long as `work` takes.
 *
 * @throws {FleetError} `USAGE`, `FILE_INVALID`, `UNREACHABLE`, `REFUSED`; `INTERRUPTED`; whatever `work` throws
 */
export async function withRemovalServices(
  flags: HubFlags & DpsFlags,
  host: Host,
  work: (services: RemovalServices, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  await withHubs(flags, host, async ({ hubs, signal }) => {
    const dps = await openDps(flags, host, signal);
    try {
      const { enrollments, registrations } = dps;
      const services = { enrollments, registrations, hubs, dpsPace: await dps.pace() };
      await work(services, signal);
    } finally {
      dps.close();
    }
  });
}

/** `one-hub…: 12, two-hub…: 3`. */
export function byHubText(hubs: readonly (string | null)[]): string {
  const counts = new Map<string, number>();
  for (const hub of hubs) if (hub !== null) counts.set(hub, (counts.get(hub) ?? 0) + 1);
  return [...counts].map(([hub, count]) => `${count} at ${hub}`).join(", ");
}

/** What was removed, in lines. */
export function removalResult({ identities, records }: RemovedDevices): string {
  const { deleted, disabled, absent } = identities;
  const parts = [
    ...(deleted > 0 ? [`${deleted} deleted`] : []),
    ...(disabled > 0 ? [`${disabled} disabled`] : []),
    ...(absent > 0 ? [`${absent} were gone already`] : []),
  ];
  return `identities: ${parts.join(", ") || "none"}\nregistration records: ${records.deleted} deleted\n`;
}

/** The progress of work in several steps, one after the other. */
export function openSteps(host: Pick<Host, "stderr" | "now">): {
  readonly onProgress: (doing: string, progress: CallProgress) => void;
  /** Safe to call twice. */
  readonly end: () => void;
} {
  let now: { readonly doing: string; readonly progress: Progress } | undefined;
  return {
    onProgress: (doing, { done, total, failed }) => {
      if (now?.doing !== doing) {
        now?.progress.end();
        now = { doing, progress: openProgress(host, doing) };
      }
      now.progress.update(done, total, failed);
    },
    end: () => now?.progress.end(),
  };
}
