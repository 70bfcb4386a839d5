import type { Verdict } from "../broker.ts";
import type { FaultsAt } from "./faults-at.ts";

/** What becomes of the PUBACK of a message that a hub has taken. @throws {ServiceFault} as `Delays.hold` does */
export function pubackVerdict(faults: FaultsAt, deviceId: string): Verdict | Promise<Verdict> {
  if (faults.strike("pubackLost", deviceId) !== undefined) return "forget";
  const late = faults.strike("pubackLate", deviceId);
  const held = late && faults.hold(late, deviceId).then((): Verdict => "acknowledge");
  return faults.pubacks.after<Verdict>(deviceId, held ?? "acknowledge");
}
