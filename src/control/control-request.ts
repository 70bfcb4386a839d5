import { z } from "zod";

import { parseRate } from "../base/units.ts";

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

const requests = [
  /** How far the fleet is; changes nothing. */
  z.strictObject({ do: z.literal("status") }),
  /** No further device starts. */
  z.strictObject({ do: z.literal("pause") }),
  /** Devices go on starting. */
  z.strictObject({ do: z.literal("resume") }),
  /** How fast the devices to come start. */
  z.strictObject({ do: z.literal("rate"), arrival: askedRate }),
  /** Ends the run in good order, and with its verdict. */
  z.strictObject({ do: z.literal("stop") }),
] as const;

/** What can be asked of a running fleet, as it is sent. */
export const controlRequest = z.discriminatedUnion("do", requests, {
  error: `expected one of ${requests.map(({ shape }) => shape.do.value).join(", ")}`,
});
export type ControlRequest = z.output<typeof controlRequest>;
