import { z } from "zod";

import type { Json } from "../base/json.ts";
import { parseDuration, parseRate } from "../base/units.ts";

/** Slower nothing would be seen to happen. */
const SLOWEST = "1/h";
const FASTEST = "10000/s";

const perS = (rate: string): number => parseRate(rate) ?? Number.NaN;

/** A rate of devices such as `20/s`, from 1/h to 10000/s. */
export const askedRate = z
  .string()
  .refine((rate) => perS(rate) >= perS(SLOWEST) && perS(rate) <= perS(FASTEST), {
    error: ({ input }) =>
      `expected a rate from ${SLOWEST} to ${FASTEST} such as 20/s, got "${String(input)}"`,
  });

const SHORTEST = "10ms";
const LONGEST = "24h";

const msOf = (interval: string): number => parseDuration(interval) ?? Number.NaN;

/** A telemetry interval such as `2s`, from 10ms to 24h. */
export const askedInterval = z
  .string()
  .refine((text) => msOf(text) >= msOf(SHORTEST) && msOf(text) <= msOf(LONGEST), {
    error: ({ input }) =>
      `expected an interval from ${SHORTEST} to ${LONGEST} such as 2s, got "${String(input)}"`,
  });

const json: z.ZodType<Json> = z.json();

const requests = [
  /** How far the fleet is; changes nothing. */
  z.strictObject({ do: z.literal("status") }),
  /** No further device starts. */
  z.strictObject({ do: z.literal("pause") }),
  /** Devices go on starting. */
  z.strictObject({ do: z.literal("resume") }),
  /** So many devices are on, the first of the plan; the others go off in good order. */
  z.strictObject({
    do: z.literal("scale"),
    devices: z.int().nonnegative(),
    /** How fast devices come back; default that of the arrival. */
    rate: askedRate.optional(),
  }),
  /** How fast the devices to come start, and how often devices send; at least one of them. */
  z.strictObject({
    do: z.literal("rate"),
    arrival: askedRate.optional(),
    telemetry: askedInterval.optional(),
    /** Who sends so often, as a scenario's timeline says it; default all. */
    devices: json.optional(),
  }),
  /** Does what an entry of a scenario's timeline does, now: a twin change, a fault, and all the others. */
  z.strictObject({ do: z.literal("act"), action: z.record(z.string(), json) }),
  /** Ends the run in good order, and with its verdict. */
  z.strictObject({ do: z.literal("stop") }),
] as const;

/** What can be asked of a running fleet, as it is sent. */
export const controlRequest = z.discriminatedUnion("do", requests, {
  error: `expected one of ${requests.map(({ shape }) => shape.do.value).join(", ")}`,
});
export type ControlRequest = z.output<typeof controlRequest>;
