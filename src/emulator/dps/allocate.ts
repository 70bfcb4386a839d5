import { ServiceFault } from "../fault.ts";
import type { Surroundings } from "../surroundings.ts";
import { chooseHub } from "./allocation.ts";
import type { AttestedDevice } from "./attested-device.ts";
import type { Allocation } from "./custom-allocation.ts";
import { allocateByWebhook } from "./custom-allocation.ts";
import type { Enrollment } from "./enrollments.ts";
import type { LinkedHub, LinkedHubs } from "./linked-hubs.ts";

export interface AllocationContext {
  readonly around: Surroundings;
  readonly linkedHubs: LinkedHubs;
  /** By host name, in ms; 0 where it is not told. */
  readonly latencies: ReadonlyMap<string, number>;
  /** Ends the waiting for a webhook. */
  readonly signal: AbortSignal;
}

/** Which hub a device gets, and what came with it. */
export type ChosenHub = Omit<Allocation, "hostName"> & { readonly link: LinkedHub };

/**
 * Finds the hub for a device.
 * Source: Microsoft Learn, "How to use allocation policies to provision devices across IoT hubs".
 *
 * @throws {ServiceFault} `linkedHubUnauthorized`, `noHubSpecified`, or as `allocateByWebhook` does
 * @throws what ended the wait, when `context.signal` does
 */
export async function allocate(
  context: AllocationContext,
  device: AttestedDevice,
): Promise<ChosenHub> {
  const { linkedHubs } = context;
  const { enrollment } = device;
  const policy = enrollment.allocationPolicy ?? linkedHubs.settings.allocationPolicy;
  const kept = keptHub(linkedHubs, device);
  const candidates = kept === undefined ? candidatesOf(enrollment, policy, linkedHubs) : [kept];
  if (policy === "custom") {
    const allocation = await allocateByWebhook(context, {
      device,
      linkedHubs: candidates.map(({ hub }) => hub.hostName),
    });
    // It may have been unlinked while the webhook was asked.
    return { ...allocation, link: linkOf(linkedHubs, allocation.hostName) };
  }
  const hostName = chooseHub(
    kept === undefined ? policy : "static",
    device.registrationId,
    candidates.map(({ hub, allocationWeight }) => ({
      hostName: hub.hostName,
      weight: allocationWeight,
      latencyMs: context.latencies.get(hub.hostName) ?? 0,
    })),
  );
  return { link: linkOf(linkedHubs, hostName), initialTwin: undefined, payload: undefined };
}

/**
 * The hub of a device that never moves: it does not, not even from a hub that DPS may not write any more (`?`).
 *
 * @throws {ServiceFault} `linkedHubUnauthorized`
 */
function keptHub(
  linkedHubs: LinkedHubs,
  { before, policy }: AttestedDevice,
): LinkedHub | undefined {
  if (before === undefined || policy.updateHubAssignment) return undefined;
  const link = linkedHubs.find(before.hub);
  if (link === undefined)
    throw new ServiceFault("linkedHubUnauthorized", `The IoT hub ${before.hub} is not linked.`);
  return link;
}

/** The linked hubs that an enrollment names, or all; a hub that the policy does not apply to is none of them. */
function candidatesOf(
  { iotHubs }: Enrollment,
  policy: Enrollment["allocationPolicy"],
  linkedHubs: LinkedHubs,
): readonly LinkedHub[] {
  const named = iotHubs.length > 0 || policy === "static";
  return linkedHubs.settings.iotHubs.filter(
    ({ hub, applyAllocationPolicy }) =>
      applyAllocationPolicy && (!named || iotHubs.includes(hub.hostName)),
  );
}

/** @throws {ServiceFault} `noHubSpecified` */
function linkOf(linkedHubs: LinkedHubs, hostName: string | undefined): LinkedHub {
  const link = hostName === undefined ? undefined : linkedHubs.find(hostName);
  if (link === undefined)
    throw new ServiceFault("noHubSpecified", "No linked IoT hub fits the enrollment.");
  return link;
}
