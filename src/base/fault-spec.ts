import type { JsonObject } from "./json.ts";

/** When a fault of a device is on; times are in ms. Without `forMs` it stays, or is over at once where its kind is of a moment. */
export type FaultTimes =
  /** Once, so long after time 0. */
  | {
      readonly by: "script";
      readonly atMs: number;
      /** As the user wrote it (`12s`). */
      readonly at: string;
      readonly forMs?: number | undefined;
    }
  /** Each time that the device has been sending for so long, in its own time; ascending. */
  | { readonly by: "age"; readonly atMs: readonly number[]; readonly forMs?: number | undefined }
  /** Again and again in its own time: `everyMs` from begin to begin in the mean, > `forMs`; what lies between is exponential. */
  | {
      readonly by: "chance";
      readonly everyMs: number;
      readonly forMs?: number | undefined;
    };

/** A fault that devices have, and when. */
export interface FaultSpec {
  /** One of the fleet's own kinds (`device-fault-kinds.ts`), or one of the device's model. */
  readonly kind: string;
  /** As the scenario writes them. */
  readonly parameters: JsonObject;
  readonly times: FaultTimes;
}
