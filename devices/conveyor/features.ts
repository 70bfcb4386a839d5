import { roundTo } from "../shared/rounding.ts";
import type { IsoZone } from "./physical/iso-zone.ts";

/** What a belt tells in its logging message where `features` is on, unrounded. */
export interface BeltFeatures {
  /** m/s². */
  readonly vibrationRms: number;
  /** m/s². */
  readonly vibrationPeak: number;
  readonly crestFactor: number;
  /** m/s. */
  readonly velocityRms: number;
  /** Packages that fell off since the start. */
  readonly dropped: number;
  /** Absent where the standard has no measure for the belt. */
  readonly isoZone?: IsoZone;
}

/** As messages have them: a machine that runs well moves by tenths of a millimetre a second. */
export function roundedFeatures(features: BeltFeatures): BeltFeatures {
  return {
    ...features,
    vibrationRms: roundTo(features.vibrationRms, 4),
    vibrationPeak: roundTo(features.vibrationPeak, 4),
    crestFactor: roundTo(features.crestFactor, 3),
    velocityRms: roundTo(features.velocityRms, 6),
  };
}
