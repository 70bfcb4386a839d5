import { z } from "zod";

import type { ErrorCode } from "../base/errors.ts";
import { EXIT_CODES, FleetError } from "../base/errors.ts";
import { DEVICE_STATES } from "../metrics/device-row.ts";

const count = z.int().nonnegative();

const fleetStatus = z.strictObject({
  runId: z.string(),
  scenario: z.string(),
  /** Absolute; where the results will be. */
  dir: z.string(),
  /** `ending`: devices are stopped, nothing can be steered any more. */
  phase: z.enum(["settingUp", "running", "ending"]),
  /** ms after time 0. */
  t: z.number().nonnegative(),
  /** null = until stopped. */
  durationMs: z.number().nullable(),
  /** null while it is set up. */
  arrival: z
    .strictObject({
      /** Devices whose moment has come, or is so near that nobody takes it back. */
      started: count,
      total: count,
      isPaused: z.boolean(),
      /** Devices a second at which the rest start; null = each at its time in the plan. */
      ratePerS: z.number().nullable(),
    })
    .nullable(),
  /** How many devices are wanted, of how many there are, and how many are still on their way there. */
  scale: z.strictObject({ wanted: count, of: count, left: count }).nullable(),
  /** Devices by state. */
  devices: z.record(z.enum(DEVICE_STATES), count),
});

/** How far a running fleet is. */
export type FleetStatus = z.output<typeof fleetStatus>;

const done = z.strictObject({
  ok: z.literal(true),
  /** False: it was so already. */
  changed: z.boolean(),
  /** Where it was about some devices: how many. */
  selected: count.optional(),
  /** By which number the results know an action that was asked for. */
  action: count.optional(),
  /** Of the fleet after it. */
  status: fleetStatus,
});

/** What came of a request. */
export type ControlDone = z.output<typeof done>;

const problem = z.strictObject({
  place: z.string(),
  message: z.string(),
  hint: z.string().optional(),
});

const refused = z.strictObject({
  ok: z.literal(false),
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
    problems: z.array(problem),
  }),
});

/** One for each request, in their order. */
export const controlAnswer = z.discriminatedUnion("ok", [done, refused]);
export type ControlAnswer = z.output<typeof controlAnswer>;

const isErrorCode = (code: string): code is ErrorCode => code in EXIT_CODES;

/** A refusal as it is sent. */
export const refusal = ({ code, message, hint, problems }: FleetError): ControlAnswer => ({
  ok: false,
  error: {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    problems: problems.map(({ place, message: text, hint: mend }) => ({
      place,
      message: text,
      ...(mend === undefined ? {} : { hint: mend }),
    })),
  },
});

/** @throws {FleetError} the refusal as the error that it was */
export function requireDone(answer: ControlAnswer): ControlDone {
  if (answer.ok) return answer;
  const { code, message, hint, problems } = answer.error;
  throw new FleetError(isErrorCode(code) ? code : "REFUSED", message, { hint, problems });
}
