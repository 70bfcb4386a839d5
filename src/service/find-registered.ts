import type { FleetError } from "../base/errors.ts";
import type { CallProgress } from "./paced-calls.ts";
import { pacedCalls } from "./paced-calls.ts";
import { deviceOfRecord } from "./deprovision-group.ts";
import type { RegisteredDevice, RemovalServices } from "./remove-devices.ts";
import { ANY_HUB } from "./remove-devices.ts";

/** Where devices are by their registration records, and those whose record could not be read. */
export interface FoundRegistrations {
  readonly devices: readonly RegisteredDevice[];
  readonly failures: readonly { readonly deviceId: string; readonly error: FleetError }[];
}

/**
 * Looks devices up by their registration ids. One without a record may be at any hub: its record may be what an earlier
 * cleanup came to last.
 *
 * @throws the signal's reason where that aborts
 */
export async function findRegistered(
  { registrations, dpsPace }: RemovalServices,
  ids: readonly string[],
  {
    signal,
    onProgress,
  }: {
    readonly signal: AbortSignal;
    readonly onProgress: (progress: CallProgress) => void;
  },
): Promise<FoundRegistrations> {
  const outcomes = await pacedCalls({
    items: ids,
    paceOf: () => dpsPace,
    work: async (id): Promise<RegisteredDevice> => {
      const record = await registrations.find(id);
      return record === undefined
        ? { registrationId: id, deviceId: id, hub: ANY_HUB }
        : deviceOfRecord(record);
    },
    signal,
    onOutcome: (_outcome, progress) => onProgress(progress),
  });
  signal.throwIfAborted();
  return {
    devices: outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : [])),
    failures: outcomes.flatMap((outcome) =>
      outcome.ok ? [] : [{ deviceId: outcome.item, error: outcome.error }],
    ),
  };
}
