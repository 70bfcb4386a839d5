import { z } from "zod";
import { DPS_LIMITS, DPS_RATE_MAX } from "../base/azure-limits.ts";
import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show-value.ts";
import {
  formatRate,
  parseDuration,
  parsePerMinute,
  parseRate,
  RATE_PATTERN,
} from "../base/units.ts";
import {
  countField,
  durationField,
  fileField,
  positiveDurationField,
  textField,
} from "./fields.ts";

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

/** As fast as the services turn out to take them: the rate rises until they push back, and is held just below. */
export interface AdaptiveArrival {
  readonly way: "adaptive";
  /** Devices a second > 0 at the beginning. */
  readonly fromPerS: number;
  /** Devices a second that are never passed, >= `fromPerS`. */
  readonly maxPerS: number;
  /** By how much a registration may take longer (p95) than where nothing was in its way, ms > 0. */
  readonly latencyMs: number;
}

/** What says when devices start. */
export type ArrivalWay =
  | { readonly way: "rate"; readonly ratePerS: number }
  /** As fast as DPS takes them. */
  | { readonly way: "auto" }
  | AdaptiveArrival
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
  "a rate above 0 such as 10/s or 1000/m, auto, or adaptive",
  (text) => text === "auto" || text === "adaptive" || (parseRate(text) ?? 0) > 0,
).meta({ pattern: `^(auto|adaptive)$|${RATE_PATTERN.source}` });

/** Where `rate: adaptive` begins, ends and gives way unless the scenario says otherwise. */
const ADAPTIVE: AdaptiveArrival = { way: "adaptive", fromPerS: 5, maxPerS: 200, latencyMs: 2_000 };

/** A rate that `arrivalRateField` takes. */
export function arrivalOfRate(written: string): ArrivalWay {
  if (written === "auto") return { way: "auto" };
  return written === "adaptive" ? ADAPTIVE : { way: "rate", ratePerS: parseRate(written) ?? 0 };
}

const stageRateField = textField(
  "a rate such as 50/s or 0/s",
  (text) => parseRate(text) !== undefined,
  RATE_PATTERN,
);

const boundRateField = textField(
  "a rate above 0 such as 200/s",
  (text) => (parseRate(text) ?? 0) > 0,
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
      description:
        "Devices that start in a time, evenly; auto = 95 % of what DPS takes; adaptive = as many as the services turn out to take",
    }),
    stages: z
      .array(stage)
      .min(1, { error: "expected at least one stage" })
      .optional()
      .meta({ description: "Ramps of the rate, one after the other" }),
    from: stageRateField.optional().meta({
      description:
        "Rate at which the first stage begins, 0/s by default, or rate: adaptive, 5/s by default",
    }),
    max: boundRateField
      .optional()
      .meta({ default: "200/s", description: "Rate that rate: adaptive never passes" }),
    latency: positiveDurationField.optional().meta({
      default: "2s",
      description:
        "By how much registrations may take longer (p95) than at a low rate before rate: adaptive gives way",
    }),
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
  const isAdaptive = written["rate"] === "adaptive";
  if (written["from"] !== undefined && written["stages"] === undefined && !isAdaptive) {
    tell(["from"], "expected none without stages: or rate: adaptive, which it begins, got one");
  }
  for (const key of ["max", "latency"]) {
    if (written[key] === undefined || isAdaptive) continue;
    tell([key], "expected none without rate: adaptive, got one");
  }
  if (isAdaptive) adaptiveBounds(written, tell);
  const { times } = written;
  if (typeof times === "string" && parseDuration(times) !== undefined) {
    tell(["times"], `${timesError}, got ${showValue(times)}`);
  }
}

function adaptiveBounds(
  { from, max }: Readonly<Record<string, unknown>>,
  tell: (path: string[], message: string) => void,
): void {
  const fromPerS = typeof from === "string" ? parseRate(from) : ADAPTIVE.fromPerS;
  const maxPerS = typeof max === "string" ? parseRate(max) : ADAPTIVE.maxPerS;
  if (fromPerS === 0) tell(["from"], "expected a rate above 0 such as 5/s, got 0/s");
  // What is no rate, or none above 0, was told by its field.
  if (fromPerS === undefined || maxPerS === undefined || maxPerS === 0) return;
  if (fromPerS <= maxPerS) return;
  // Where one of them is not written, the other is the one to mend.
  if (max === undefined) {
    tell(["from"], `expected at most max, which is ${formatRate(maxPerS)}, got ${showValue(from)}`);
  } else {
    tell(
      ["max"],
      `expected at least from, which is ${formatRate(fromPerS)}, got ${showValue(max)}`,
    );
  }
}

/** The arrival of a checked scenario file. */
export function toArrival(written: z.output<typeof arrivalSection>): Arrival {
  const { concurrency, dpsLimit } = written;
  const dpsLimitPerMinute = dpsLimit === undefined ? undefined : parsePerMinute(dpsLimit);
  return { ...wayOf(written), concurrency, dpsLimitPerMinute };
}

function wayOf(written: z.output<typeof arrivalSection>): ArrivalWay {
  const { rate = "10/s", stages, from, burst: all, bursts, times } = written;
  if (stages !== undefined) {
    return {
      way: "stages",
      fromPerS: rateOf(from) ?? 0,
      stages: stages.map((one) => ({ forMs: msOf(one.for), toPerS: parseRate(one.to) ?? 0 })),
    };
  }
  if (all !== undefined) return { way: "bursts", bursts: [{ atMs: 0, percent: 100 }] };
  if (bursts !== undefined) return { way: "bursts", bursts: bursts.map(toBurst) };
  if (typeof times === "string") return { way: "file", file: times };
  if (times !== undefined) return { way: "times", atMs: times.map(msOf) };
  if (rate !== "adaptive") return arrivalOfRate(rate);
  return {
    way: "adaptive",
    fromPerS: rateOf(from) ?? ADAPTIVE.fromPerS,
    maxPerS: rateOf(written.max) ?? ADAPTIVE.maxPerS,
    latencyMs: written.latency === undefined ? ADAPTIVE.latencyMs : msOf(written.latency),
  };
}

function toBurst({ at, devices }: z.output<typeof burst>): ArrivalBurst {
  const atMs = msOf(at);
  return typeof devices === "number"
    ? { atMs, count: devices }
    : { atMs, percent: Number.parseFloat(devices) };
}

const rateOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : parseRate(text);

const msOf = (text: string): number => parseDuration(text) ?? 0;
