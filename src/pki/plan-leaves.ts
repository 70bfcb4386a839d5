import { setImmediate as nextTurn } from "node:timers/promises";
import type { ParsedCertificates } from "./identity-check.ts";
import type { CertsLayout } from "./layout.ts";
import type { JudgementOptions } from "./leaf-judgement.ts";
import type { FleetDevice, LeafPlan } from "./leaf-plan.ts";
import { planLeaf } from "./leaf-plan.ts";

const DEVICES_PER_TURN = 20;

/**
 * What has to be done for each of many devices, in their order; gives way to the event loop now and then.
 *
 * @throws the signal's reason
 */
export async function planLeaves(
  layout: CertsLayout,
  devices: readonly FleetDevice[],
  judgement: Omit<JudgementOptions, "parsed" | "keyKind">,
  signal: AbortSignal | undefined,
): Promise<LeafPlan[]> {
  let parsed: ParsedCertificates = new Map();
  const plans: LeafPlan[] = [];
  for (const [at, device] of devices.entries()) {
    signal?.throwIfAborted();
    const { keyKind } = device;
    plans.push(await planLeaf(layout, device, { ...judgement, keyKind, parsed }));
    if (at % DEVICES_PER_TURN !== DEVICES_PER_TURN - 1) continue;
    // Old leaves are let go; the CAs are parsed again, once for so many devices.
    parsed = new Map();
    await nextTurn();
  }
  return plans;
}
