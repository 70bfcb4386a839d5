import type { Aggregate } from "../metrics/aggregate.ts";
import { common, countOf } from "../metrics/seq-ranges.ts";

/**
 * Holds a finished fleet against what must be so however it ended: a message is acknowledged, failed or neither, never
 * two of them, and devices and counters tell the same.
 *
 * @throws {Error} naming the first device, or the counter: that is a bug, and no figure of the run can be trusted
 */
export function checkBalance(aggregate: Pick<Aggregate, "told" | "counter">): void {
  const sums = { sent: 0, acked: 0, failed: 0 };
  for (const { deviceId, boot, first = 1, sent, acked, failed } of aggregate.told()) {
    const settled = [countOf(acked), countOf(failed)] as const;
    const twice = countOf(common(acked, failed));
    const last = first + sent - 1;
    const beyond = Math.max(acked.at(-1)?.[1] ?? 0, failed.at(-1)?.[1] ?? 0) > last;
    if (twice > 0 || beyond) {
      const account = `${sent} sent, ${settled.join(" acknowledged, ")} failed, ${twice} of them both`;
      throw new Error(`the messages of ${deviceId} do not add up (boot ${boot}): ${account}`);
    }
    sums.sent += sent;
    sums.acked += settled[0];
    sums.failed += settled[1];
  }
  for (const name of ["sent", "acked", "failed"] as const) {
    const counted = aggregate.counter(`telemetry_${name}`);
    if (counted !== sums[name]) {
      throw new Error(`telemetry_${name} does not add up: ${counted} counted, ${sums[name]} told`);
    }
  }
}
