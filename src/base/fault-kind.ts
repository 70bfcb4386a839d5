/** Where a fault acts: on the way between device and service, or in a service. Those in devices: `device-fault-kinds.ts`. */
export type FaultLayer = "network" | "service";

/** The name under which faults are put on DPS. */
export const DPS_SERVICE = "dps";

/** A number of a range, or one of some values; `does` is a noun phrase. */
export type FaultParameter =
  | {
      readonly does: string;
      readonly unit: "ms" | "s";
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
  /** It is on or off: no number of strikes ends it. */
  readonly isState?: true;
  /** What counts as a strike, towards `times`. */
  readonly counts: string;
  /** What Microsoft's SDKs for Node.js make of it. */
  readonly seen: string;
  /** How it ends, beside its time, its count and its removal; what is left of it then. */
  readonly ends: string;
}
