import type { ShardStart } from "../worker/protocol.ts";

/**
 * The shard of a lost worker for its next life. Devices that were due already start again from `atMs` on, as far apart
 * as they were at first, so that the fleet's arrival rate holds; the others keep their time.
 *
 * @param atMs ms after time 0 at which the new worker is started
 */
export function restartShard(shard: ShardStart, atMs: number): ShardStart {
  const isDue = (startMs: number | null): startMs is number => startMs !== null && startMs <= atMs;
  const dueMs = shard.devices.map((device) => device.startMs).filter(isDue);
  const firstMs = dueMs.reduce((least, startMs) => Math.min(least, startMs), Infinity);
  return {
    ...shard,
    boot: shard.boot + 1,
    devices: shard.devices.map((device) =>
      isDue(device.startMs) ? { ...device, startMs: atMs + device.startMs - firstMs } : device,
    ),
  };
}
