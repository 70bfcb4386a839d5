import type { FaultKind } from "../../base/fault-kind.ts";
import { DPS_SERVICE } from "../../base/fault-kind.ts";
import { patternTest, shareRank } from "../../base/device-patterns.ts";
import type { OperationKind } from "../../base/service-operations.ts";

/** Where a fault acts; what is left out narrows nothing. */
export interface FaultScope {
  /** `dps`, or a hub's host name in lower case. */
  readonly service?: string | undefined;
  /** Ids, or patterns in which `*` stands for any characters; case makes no difference. */
  readonly devices?: readonly string[] | undefined;
  /** Of the devices, 0 to 1. */
  readonly share?: number | undefined;
  readonly operations?: readonly OperationKind[] | undefined;
}

/** What could be struck. */
export interface FaultTarget {
  /** As in `FaultScope`. */
  readonly service: string;
  /** undefined where it is about no device, or about many. */
  readonly deviceId: string | undefined;
  /** undefined where it is no operation. */
  readonly operation?: OperationKind | undefined;
}

/**
 * A test of whether a target lies in a scope. What is about no single device is not among named ones, or in a share.
 *
 * @param at the services that have the kind of fault
 */
export function scopeTest(
  at: FaultKind["at"],
  scope: FaultScope,
  seed: number,
): (target: FaultTarget) => boolean {
  const { service, share } = scope;
  const isNamed = scope.devices && patternTest(scope.devices);
  const operations = scope.operations && new Set(scope.operations);
  return (target) => {
    if (at !== "everywhere" && (at === "dps") !== (target.service === DPS_SERVICE)) return false;
    if (service !== undefined && target.service !== service) return false;
    if (operations !== undefined)
      if (target.operation === undefined || !operations.has(target.operation)) return false;
    if (isNamed === undefined && share === undefined) return true;
    const id = target.deviceId;
    if (id === undefined) return false;
    if (isNamed !== undefined && !isNamed(id)) return false;
    return share === undefined || isInShare(id, share, seed);
  };
}

/**
 * Whether a device belongs to a share of all: always the same answer, for `share` of the devices in the mean; a larger
 * share has all devices of a smaller one. Another seed chooses others.
 */
export function isInShare(deviceId: string, share: number, seed: number): boolean {
  return shareRank(deviceId, seed) < share;
}
