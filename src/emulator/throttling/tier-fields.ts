import { z } from "zod";
import { DPS_RATE_MAX } from "../../base/azure-limits.ts";
import { EMULATOR_TIERS } from "../../base/hub-tiers.ts";
import { count, numeric, oneOf, positive, positiveRate } from "../field-kinds.ts";
import type { TierLimits, TierOptions } from "./tier-options.ts";

const tierLimitFields = {
  registryOperationsPerS: positiveRate,
  connectionsPerS: positiveRate,
  telemetryPerS: positiveRate,
  commandsPerS: positiveRate,
  methodBytesPerS: positiveRate,
  queriesPerS: positiveRate,
  twinReadsPerS: positiveRate,
  twinUpdatesPerS: positiveRate,
  jobOperationsPerS: positiveRate,
  messagesPerDay: count,
  meterBytes: positive,
} as const satisfies { readonly [K in keyof TierLimits]: z.ZodType<TierLimits[K]> };

/** What each option of a tier may be; `unitsProblem` judges tier and units together. */
export const tierFields = {
  tier: oneOf(EMULATOR_TIERS).optional(),
  units: positive.optional(),
  dpsRegistrationsPerMinute: numeric(1, DPS_RATE_MAX, "whole number").optional(),
  tierLimits: z.strictObject(tierLimitFields).partial().optional(),
} as const satisfies { readonly [K in keyof TierOptions]-?: z.ZodType<TierOptions[K]> };
