import { z } from "zod";
import { DPS_LIMITS, DPS_RATE_MAX } from "../base/azure-limits.ts";
import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show-value.ts";
import { parseDuration, parsePerMinute, parseRate, RATE_PATTERN } from "../base/units.ts";
import { countField, durationField, fileField, textField } from "./fields.ts";

/** A ramp: the rate goes evenly from what it was before to `toPerS`. */
export interface ArrivalStage {
  /** ms >= 0; 0 = the rate jumps. */
  readonly forMs: number;
  /** Devices a second >= 0. */
  readonly toPerS: number;
}

/** Devices that start all at once: so many, or a percentage of the fleet, above 0 and up to 100. */
export type ArrivalBurst = { readonly atMs: number } & (
  { readonly count: number } | { readonly percent: number }
);

/** What says when devices start. */
export type ArrivalWay =
  | { readonly way: "rate"; readonly ratePerS: number }
  /** As fast as DPS takes them. */
  | { readonly way: "auto" }
  | {
      readonly way: "stages";
      readonly fromPerS: number;
      readonly stages: readonly ArrivalStage[];
    }
  /** In any order. */
  | { readonly way: "bursts"; readonly bursts: readonly ArrivalBurst[] }
  /** A time for each device, in any order. */
  | { readonly way: "times"; readonly atMs: readonly number[] }
  /** The same in a file, relative to the scenario. */
  | { readonly way: "file"; readonly file: string };

/** When devices start, and how many of them may be busy. */
export type Arrival = ArrivalWay & {
  /** Devices of the whole fleet with a handshake or request under way; undefined = no bound. */
  readonly concurrency?: number | undefined;
  /** Registrations that DPS takes in 60 s; undefined = that of the run's own emulator, else Azure's. */
  readonly dpsLimitPerMinute?: number | undefined;
};

/** What `arrival.rate` and `--rate` take. */
export const arrivalRateField = textField(
  "a rate above 0 such as 10/s or 1000/m, or auto",
  (text) => text === "auto" || (parseRate(text) ?? 0) > 0,
).meta({ pattern: `^auto$|${RATE_PATTERN.source}` });

/** A rate that `arrivalRateField` takes. */
export function arrivalOfRate(written: string): ArrivalWay {
  return written === "auto" ? { way: "auto" } : { way: "rate", ratePerS: parseRate(written) ?? 0 };
}

const stageRateField = textField(
  "a rate such as 50/s or 0/s",
  (text) => parseRate(text) !== undefined,
  RATE_PATTERN,
);

const dpsLimitField = textField(
  `a rate from 1/m to ${DPS_RATE_MAX}/m such as 1000/m, whole in a minute`,
  (text) => {
    const perMinute = parsePerMinute(text) ?? 0;
    return perMinute >= 1 && perMinute <= DPS_RATE_MAX;
  },
  RATE_PATTERN,
);

const stage = z.strictObject({
  for: durationField.meta({ description: "How long the stage lasts; 0s = the rate jumps" }),
  to: stageRateField.meta({ description: "Rate at its end, reached evenly" }),
});

const partError = ({ input }: { readonly input?: unknown }): string =>
  `expected a number of devices, or a share of them such as 50%, got ${showValue(input)}`;

const burst = z.strictObject({
  at: durationField.meta({ description: "Time at which they start" }),
  devices: z
    .union(
      [
        z
          .int({ error: partError })
          .min(1, { error: partError })
          .max(DPS_LIMITS.registrationRecords, { error: partError }),
        z
          .string({ error: partError })
          .regex(/^(100|\d{1,2}(\.\d+)?)%$/, { error: partError })
          .refine((text) => Number.parseFloat(text) > 0, { error: partError }),
      ],
      { error: partError },
    )
    .meta({ description: "Devices that start then: a number, or a share of the fleet" }),
});

const WAYS = ["rate", "stages", "burst", "bursts", "times"] as const;
const timesError =
  "expected a list of times such as [0s, 2.5s], or the name of a file with one a line";

/** `arrival:` of a scenario file. */
export const arrivalSection = z
  .strictObject({
    rate: arrivalRateField.optional().meta({
      default: "10/s",
      description: "Devices that start in a time, evenly; auto = 95 % of what DPS takes",
    }),
    stages: z
      .array(stage)
      .min(1, { error: "expected at least one stage" })
      .optional()
      .meta({ description: "Ramps of the rate, one after the other" }),
    from: stageRateField
      .optional()
      .meta({ default: "0/s", description: "Rate at which the first stage begins" }),
    burst: z
      .literal("all", { error: ({ input }) => `expected all, got ${showValue(input)}` })
      .optional()
      .meta({ description: "All devices start at once" }),
    bursts: z
      .array(burst)
      .min(1, { error: "expected at least one burst" })
      .optional()
      .meta({ description: "Devices that start at once, together the whole fleet" }),
    times: z
      .union([z.array(durationField).min(1, { error: timesError }), fileField], {
        error: timesError,
      })
      .optional()
      .meta({
        description:
          "When each device starts: times, or a file with one a line, relative to this scenario",
      }),
    dpsLimit: dpsLimitField.optional().meta({
      description:
        "Registrations that DPS takes, for rate: auto; default: those of the run's own emulator, else 1000/m",
    }),
    concurrency: countField("a whole number above 0", 1_000_000).optional().meta({
      description:
        "Devices of the whole fleet with a handshake or request under way; absent = no bound",
    }),
  })
  .superRefine(oneWay, { when: () => true });

function oneWay(written: unknown, context: Pick<z.core.$RefinementCtx, "addIssue">): void {
  if (!isJsonObject(written)) return;
  const tell = (path: string[], message: string): void =>
    context.addIssue({ code: "custom", path, message });
  const ways = WAYS.filter((way) => written[way] !== undefined);
  if (ways.length > 1) {
    tell([], `expected one of ${WAYS.join(", ")}, got ${ways.join(" and ")}`);
  }
  if (written["from"] !== undefined && written["stages"] === undefined) {
    tell(["from"], "expected none without stages:, whose first rate it is, got one");
  }
  const { times } = written;
  if (typeof times === "string" && parseDuration(times) !== undefined) {
    tell(["times"], `${timesError}, got ${showValue(times)}`);
  }
}

/** The arrival of a checked scenario file. */
export function toArrival(written: z.output<typeof arrivalSection>): Arrival {
  const { concurrency, dpsLimit } = written;
  const dpsLimitPerMinute = dpsLimit === undefined ? undefined : parsePerMinute(dpsLimit);
  return { ...wayOf(written), concurrency, dpsLimitPerMinute };
}

function wayOf(written: z.output<typeof arrivalSection>): ArrivalWay {
  const { rate = "10/s", stages, from = "0/s", burst: all, bursts, times } = written;
  if (stages !== undefined) {
    return {
      way: "stages",
      fromPerS: parseRate(from) ?? 0,
      stages: stages.map((one) => ({ forMs: msOf(one.for), toPerS: parseRate(one.to) ?? 0 })),
    };
  }
  if (all !== undefined) return { way: "bursts", bursts: [{ atMs: 0, percent: 100 }] };
  if (bursts !== undefined) return { way: "bursts", bursts: bursts.map(toBurst) };
  if (typeof times === "string") return { way: "file", file: times };
  if (times !== undefined) return { way: "times", atMs: times.map(msOf) };
  return arrivalOfRate(rate);
}

function toBurst({ at, devices }: z.output<typeof burst>): ArrivalBurst {
  const atMs = msOf(at);
  return typeof devices === "number"
    ? { atMs, count: devices }
    : { atMs, percent: Number.parseFloat(devices) };
}

const msOf = (text: string): number => parseDuration(text) ?? 0;
