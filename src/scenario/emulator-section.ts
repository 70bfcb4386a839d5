import { z } from "zod";
import { DPS_LIMITS, DPS_RATE_MAX } from "../base/azure-limits.ts";
import type { EmulatorTier } from "../base/hub-tiers.ts";
import { EMULATOR_TIERS, UNITS_MAX, unitsProblem } from "../base/hub-tiers.ts";
import { latencyProblems } from "../base/latencies.ts";
import {
  countField,
  enumField,
  fileField,
  hubNameField,
  latencyField,
  secondsField,
} from "./fields.ts";

/** Of any tier. */
export const UNITS_HIGHEST = Math.max(...Object.values(UNITS_MAX));

/** Settings that the command line can give too, in the same form. */
export const sizeFields = {
  tier: enumField(EMULATOR_TIERS),
  units: countField(`a whole number of units, 1 to ${UNITS_HIGHEST}`, UNITS_HIGHEST),
  dpsRegistrationsPerMinute: countField(`a whole number, 1 to ${DPS_RATE_MAX}`, DPS_RATE_MAX),
} as const;

/** Of the emulator that the run starts; what is undefined is as its configuration file, else its default, has it. */
export interface EmulatorSettings {
  readonly retryAfterS?: number | undefined;
  readonly tier?: EmulatorTier | undefined;
  readonly units?: number | undefined;
  readonly dpsRegistrationsPerMinute?: number | undefined;
  readonly hubs?: readonly string[] | undefined;
  /** ms by host name, for each of `hubs`. */
  readonly latencies?: Readonly<Record<string, number>> | undefined;
  /** The configuration file, relative to the scenario. */
  readonly config?: string | undefined;
}

/** `emulator:` of a scenario file. */
export const emulatorSection = z
  .strictObject({
    retryAfterS: secondsField(120)
      .optional()
      .meta({ description: "retry-after of DPS answers in seconds; Azure's is 3" }),
    tier: sizeFields.tier
      .optional()
      .meta({ description: "What each hub is sized like, and throttled; none = nothing is" }),
    units: sizeFields.units.optional().meta({ description: "Of the tier, for each hub; 1" }),
    dpsRegistrationsPerMinute: sizeFields.dpsRegistrationsPerMinute.optional().meta({
      description: "Registrations that DPS takes in 60 s; 1000 with a tier, else without limit",
    }),
    hubs: z
      .array(hubNameField)
      .min(1)
      .max(DPS_LIMITS.linkedHubs)
      .optional()
      .meta({ description: "Host names of the hubs linked to DPS" }),
    latencies: z.record(hubNameField, latencyField).optional().meta({
      description: "Milliseconds from the devices to each of the hubs, for geoLatency",
    }),
    config: fileField.optional().meta({
      description:
        "Configuration of the emulator, relative to this file; what stands here beats it",
    }),
  })
  .superRefine(({ hubs = [], latencies = {}, tier, units, config }, context) => {
    for (const message of latencyProblems(Object.keys(latencies), hubs))
      context.addIssue({ code: "custom", path: ["latencies"], message });
    // What is no number of units at all was told by its field, and without a tier here the configuration may have one.
    const isJudged =
      sizeFields.units.safeParse(units).success && (tier !== undefined || config === undefined);
    const message = isJudged ? unitsProblem(tier ?? "none", units) : undefined;
    if (message !== undefined) context.addIssue({ code: "custom", path: ["units"], message });
  });
