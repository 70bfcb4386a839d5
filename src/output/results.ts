import type { FleetError } from "../base/errors.ts";
import type { DeviceRow } from "../metrics/device-row.ts";
import type { Summary } from "./summary.ts";

/** All that the result files of a run are made of. */
export interface Results {
  readonly summary: Summary;
  /** Of each planned device. */
  readonly rows: readonly DeviceRow[];
  /** What the process will end with. */
  readonly exitCode: number;
  /** What broke the run off, if anything did. */
  readonly failure: FleetError | undefined;
}
