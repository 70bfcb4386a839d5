import type { DeviceFailure } from "../base/failure.ts";

/** How one connection ended. */
export interface ConnectionEnd {
  /** Whether it ever served. */
  readonly connected: boolean;
  /** Absent = it was left for the next passport. */
  readonly failure?: DeviceFailure;
}
