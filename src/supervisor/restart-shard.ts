import type { KeptAssignment } from "../plan/plan.ts";
import type { ShardStart } from "../worker/protocol.ts";

export type AssignmentOf = (registrationId: string) => KeptAssignment | undefined;

/**
 * The shard of a lost worker for its next life. Devices that were due already start again from `atMs` on, as far apart
 * as they were at first, so that the fleet's arrival rate holds; the others keep their time. Who is known to be assigned
 * goes to its hub, without asking DPS again: losing a worker is no boot of a device.
 *
 * @param atMs ms after time 0 at which the new worker is started
 * @param assignmentOf where a device belongs, by registration id, as far as it has told
 */
export function restartShard(
  shard: ShardStart,
  atMs: number,
  assignmentOf: AssignmentOf = () => undefined,
): ShardStart {
  const isDue = (startMs: number | null): startMs is number => startMs !== null && startMs <= atMs;
  const dueMs = shard.devices.map((device) => device.startMs).filter(isDue);
  const firstMs = dueMs.reduce((least, startMs) => Math.min(least, startMs), Infinity);
  return {
    ...shard,
    boot: shard.boot + 1,
    devices: shard.devices.map((device) => {
      const assignment = device.hub === undefined ? assignmentOf(device.registrationId) : undefined;
      const known = assignment === undefined ? device : { ...device, assignment };
      return isDue(device.startMs) ? { ...known, startMs: atMs + device.startMs - firstMs } : known;
    }),
  };
}
