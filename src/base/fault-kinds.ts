/**
 * Every kind of fault that can be put on: what it does, with what parameters, what a client sees of it and how it ends.
 * The emulator's API, its documents (`docs/faults.md`) and whoever names a fault take it from here.
 */

/** Where a fault acts: in a device, on the way between device and service, or in a service. */
export type FaultLayer = "device" | "network" | "service";

/** A number of a range, or one of some values; `does` is a noun phrase. */
export type FaultParameter =
  | {
      readonly does: string;
      readonly unit: "ms" | "s" | "code" | "bytes";
      readonly whole: boolean;
      readonly least: number;
      readonly most: number;
      readonly default: number;
    }
  | {
      readonly does: string;
      readonly values: readonly (string | number)[];
      readonly default: string | number;
    };

export interface FaultKind {
  readonly layer: FaultLayer;
  /** One sentence. */
  readonly does: string;
  readonly parameters: Readonly<Record<string, FaultParameter>>;
  /** Which services have it. */
  readonly at: "everywhere" | "hubs" | "dps";
  /** By what a fault can be narrowed, beside the service: devices (named ones, or a share), operations. */
  readonly by: readonly ("devices" | "operations")[];
  /** What counts towards `times`. */
  readonly counts: string;
  /** What Microsoft's SDKs for Node.js make of it. */
  readonly seen: string;
  /** How it ends, beside its time, its count and its removal; what is left of it then. */
  readonly ends: string;
}

export const FAULT_KINDS = {
  throttled: {
    layer: "service",
    does: "Refuses operations as a service beyond its limits does: 429001 ThrottlingException.",
    parameters: {
      retryAfterS: {
        does: "what the refusal tells as retry-after",
        unit: "s",
        whole: true,
        least: 0,
        most: 3600,
        default: 10,
      },
    },
    at: "everywhere",
    by: ["devices", "operations"],
    counts: "operations refused",
    seen:
      "Service clients: `ThrottlingError`. A registration: repeated after retry-after, without an end. Twin: an " +
      "`Error`, not repeated. Telemetry: the connection is closed. Connecting: CONNACK 3, repeated for 4 minutes.",
    ends: "Nothing is left of it.",
  },
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
