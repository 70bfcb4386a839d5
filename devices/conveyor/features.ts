import type { JsonObject } from "../../src/model/model.ts";
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
  /** Samples in m/s² from the moment of the message on; absent = not asked for. */
  readonly waveform?: readonly number[];
  /** Samples of it a second. */
  readonly sampleRateHz?: number;
}

/** What the DTDL interface has of it, rounded: a machine that runs well moves by tenths of a millimetre a second. */
export function vibrationMembers(features: BeltFeatures): JsonObject {
  return {
    vibrationRms: roundTo(features.vibrationRms, 4),
    vibrationPeak: roundTo(features.vibrationPeak, 4),
    crestFactor: roundTo(features.crestFactor, 3),
    velocityRms: roundTo(features.velocityRms, 6),
  };
}

/** All of it as members of a message. */
export function featureMembers(features: BeltFeatures): JsonObject {
  const { dropped, isoZone, waveform, sampleRateHz } = features;
  return {
    ...vibrationMembers(features),
    dropped,
    ...(isoZone === undefined ? {} : { isoZone }),
    ...(waveform === undefined || sampleRateHz === undefined
      ? {}
      : { sampleRate: sampleRateHz, waveform: waveform.map((sample) => roundTo(sample, 3)) }),
  };
}
