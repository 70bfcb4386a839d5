import type { FaultKind } from "./fault-kind.ts";
import { NETWORK_FAULT_KINDS } from "./network-fault-kinds.ts";
import { SERVICE_FAULT_KINDS } from "./service-fault-kinds.ts";

/**
 * Every kind of fault that can be put on: what it does, with what parameters, what a client sees of it and how it ends.
 * The emulator's API, its documents (`docs/faults.md`) and whoever names a fault take it from here.
 */
export const FAULT_KINDS = {
  ...SERVICE_FAULT_KINDS,
  ...NETWORK_FAULT_KINDS,
} as const satisfies Readonly<Record<string, FaultKind>>;

export type FaultName = keyof typeof FAULT_KINDS;

export const FAULT_NAMES: readonly FaultName[] = Object.keys(FAULT_KINDS).filter(isFaultName);

/** What is known of a kind. */
export function faultKind(name: FaultName): FaultKind {
  return FAULT_KINDS[name];
}

/** @param name whatever was given */
export function isFaultName(name: unknown): name is FaultName {
  return typeof name === "string" && Object.hasOwn(FAULT_KINDS, name);
}
