import { restartShard } from "../../supervisor/restart-shard.ts";
import type { AssignmentOf } from "../../supervisor/restart-shard.ts";
import type { ShardStart } from "../../worker/protocol.ts";

/**
 * A shard of the plan for the workers of a run that goes on: its devices start as those of a lost worker do, and number
 * their messages on.
 *
 * @param given `atMs` where the run goes on, ms after time 0; `firstSeqOf` the number of a device's next message;
 *   `hasStarted` whether a device that has no time in the plan had started; `isOff` whether it was switched off: it stays so
 */
export function resumedShard(
  shard: ShardStart,
  given: {
    readonly atMs: number;
    readonly boot: number;
    readonly assignmentOf: AssignmentOf;
    readonly firstSeqOf: (registrationId: string) => number;
    readonly hasStarted: (registrationId: string) => boolean;
    readonly isOff: (registrationId: string) => boolean;
  },
): ShardStart {
  const { atMs, boot, assignmentOf, firstSeqOf, hasStarted, isOff } = given;
  const started = shard.devices.map((device) => {
    if (isOff(device.registrationId)) return { ...device, startMs: null };
    const wasDue = device.startMs === null && hasStarted(device.registrationId);
    return wasDue ? { ...device, startMs: atMs } : device;
  });
  const moved = restartShard({ ...shard, devices: started }, atMs, assignmentOf);
  return {
    ...moved,
    boot,
    devices: moved.devices.map((device) => {
      const firstSeq = firstSeqOf(device.registrationId);
      return firstSeq === 1 ? device : { ...device, firstSeq };
    }),
  };
}
