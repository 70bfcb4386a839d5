import { DIVERGENCE_KINDS } from "./divergence.ts";
import { z } from "zod";

import { FAILURE_CLASSES, REFUSAL_CLASSES } from "../base/failure.ts";
import { generator } from "./generator-schema.ts";
import { ledgerSummarySchema } from "./ledger-schema.ts";
import { percentiles } from "./percentiles-schema.ts";
import type { Summary } from "./summary.ts";
import { twinAction } from "./twin-action-schema.ts";

const count = z.int().nonnegative();
const ms = z.number().nonnegative().nullable();
const byName = z.record(z.string(), count);

const timelineAction = z.strictObject({
  action: count.describe("Its position in the scenario's timeline, from 0."),
  name: z.string().nullable(),
  kind: z.string().describe("twin, mark, …: the member of the entry that says what is done."),
  at: z.string().describe("When it is due, as the scenario has it."),
  notDue: z.boolean().describe("True where the run ended before its time."),
  rounds: count.describe("How often it is to be done."),
  roundsEnded: count,
  beganS: ms.describe("Seconds after time 0 at which the first round began."),
  endedS: ms.describe("Seconds after time 0 at which the last round ended."),
  selected: count.describe("Devices of one round."),
  done: count.describe("To how many it was done, over all rounds."),
  failed: count.describe("To how many it could not be done, over all rounds."),
  error: z.string().nullable().describe("Why it failed at first."),
  calls: z
    .strictObject({ answers: z.record(z.string(), count), ms: percentiles })
    .nullable()
    .describe("What devices answered, by class of status, and how long calls took."),
});

const twinVersions = z.strictObject({
  deviceId: z.string(),
  duplicate: count,
  outOfOrder: count,
  missed: count,
  notHealed: count.describe("Of the missed ones, those that no read of the whole section brought."),
});

const twinDivergences = z.strictObject({
  looks: count,
  failed: count.describe("Looks at devices that failed, because their twin could not be read."),
  devices: count.describe("Devices that were looked at."),
  notEchoed: count.describe("Properties of which neither twin nor device ever said anything."),
  begun: count,
  ended: count,
  named: z.array(
    z.strictObject({
      deviceId: z.string(),
      property: z.string(),
      kind: z.enum(DIVERGENCE_KINDS),
      version: count,
      desired: z.json(),
      reported: z.json().optional(),
      ac: z.int().optional(),
      inner: z.json().optional().describe("What the device takes it to be, where it says so."),
      sinceS: z.number(),
      endedS: z.number().nullable().describe("null where it was still so at the end."),
    }),
  ),
});

const perS = z.number().nonnegative();
const seconds = z.number().nonnegative();

const arrival = z.strictObject({
  way: z.literal("adaptive"),
  started: count.describe("Devices that were started."),
  endS: seconds.nullable().describe("When the last one was; null where the run ended before."),
  highestPerS: perS.describe("The highest rate that there was, in devices a second."),
  heldPerS: perS
    .nullable()
    .describe("The rate that the last push-back led to, at most; null where nothing pushed back."),
  pushBacks: z
    .strictObject({ throttled: count, latency: count })
    .describe("How often services refused devices, or became slow."),
  firstPushBack: z
    .strictObject({
      reason: z.enum(["throttled", "latency"]),
      atS: seconds,
      ratePerS: perS.describe("The rate at which it came."),
    })
    .nullable(),
});

const control = z.strictObject({
  atS: seconds,
  by: z.enum(["ctl"]).describe("The way that they took."),
  request: z.record(z.string(), z.json()).describe("What to do, and its parameters, as sent."),
  outcome: z.enum(["done", "unchanged", "refused"]).describe("unchanged: it was so already."),
});

const threshold = z.strictObject({
  expression: z.string(),
  observed: z.number().nullable(),
  unit: z.string(),
  passed: z.boolean().nullable().describe("null: cannot be measured in this run; decides nothing."),
  abortedAtS: z
    .number()
    .nonnegative()
    .optional()
    .describe("Seconds after time 0 at which its failure ended the run, observed as it was then."),
  hint: z
    .string()
    .optional()
    .describe("What is odd about the threshold itself: it names a hub that no device was at."),
});

const unexpected = z.strictObject({
  expected: z
    .enum(["admitted", ...REFUSAL_CLASSES])
    .describe("admitted: to be let in; else the class with which they are to be refused."),
  observed: z
    .enum(["admitted", "pending", ...FAILURE_CLASSES])
    .describe("pending: neither let in nor refused for good; else the class of the refusal."),
  count,
  registrationIds: z.array(z.string()).describe("The first few of them."),
  error: z.string().nullable().describe("What the first of them was told last."),
});

/** `summary.json`, exactly. */
export const summarySchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    run: z.strictObject({
      id: z.string(),
      scenario: z.string(),
      seed: z.int(),
      target: z.enum(["emulator", "azure"]),
      startedAt: z.iso.datetime(),
      durationS: z.number().nonnegative().describe("From time 0 to the end of the run."),
      version: z.string(),
      resumed: z.boolean(),
      shard: z
        .strictObject({ index: z.int().positive(), of: z.int().positive() })
        .nullable()
        .describe("The part of a plan that this run did (--shard); null: all of it."),
      planFingerprint: z
        .string()
        .describe("The same for all parts of one plan, and for no other plan."),
      merged: z
        .strictObject({ parts: z.array(z.int().positive()), of: z.int().positive() })
        .nullable()
        .describe("Which parts of how many were merged (report merge); null: it is of one run."),
    }),
    verdict: z.enum(["passed", "failed", "interrupted"]),
    devices: z
      .strictObject({
        planned: count,
        assigned: count,
        connected: count,
        failed: count,
        toBeRefused: count.describe("Of the plan: those with `expect: refused`."),
        refused: count.describe("Gave up for good before they were let in, expected or not."),
        unexpected: count.describe("Went another way than the scenario expects."),
      })
      .describe("Distinct devices that reached the state at least once."),
    unexpected: z
      .array(unexpected)
      .describe("Devices that went another way than the scenario expects, by what came."),
    arrival: arrival
      .nullable()
      .describe("What rate: adaptive found out; null where the plan said when devices start."),
    control: z
      .array(control)
      .describe("What somebody asked of the run while it went on; at most a thousand."),
    registration: z.strictObject({
      attempts: count,
      assigned: count,
      failed: byName.describe("By failure class."),
      throttled: count,
      byHub: byName,
      ms: percentiles,
      phases: z.strictObject({
        tcp: percentiles,
        tls: percentiles,
        connack: percentiles,
        accepted: percentiles,
        assigned: percentiles,
      }),
    }),
    connection: z.strictObject({
      attempts: z
        .strictObject({
          dps: count.describe("Registration requests, throttled repeats included."),
          hub: count.describe("Connections and token renewals."),
          peakPerS: count.describe("The most of both that began within one second."),
        })
        .describe("Attempts to connect."),
      opened: count,
      lost: count,
      reconnected: count,
      failed: byName.describe("By failure class."),
      ms: percentiles,
      phases: z.strictObject({
        tls: percentiles,
        connack: percentiles,
        twin: percentiles,
        firstAck: percentiles,
      }),
    }),
    telemetry: z.strictObject({
      sent: count,
      acked: count,
      failed: count,
      unacked: count,
      bytes: count,
      ms: percentiles,
    }),
    twin: z.strictObject({
      desiredReceived: count,
      desiredDuplicate: count.describe("Pushed patches whose version had been pushed before."),
      desiredOutOfOrder: count.describe("Pushed patches that came after newer ones."),
      desiredMissed: count.describe("Versions that were never pushed, summed over devices."),
      reportedSent: count,
      reportedAcked: count,
      actions: z.array(twinAction),
      versions: z
        .array(twinVersions)
        .describe(
          "Devices whose desired versions did not come as the hub counts them, most first.",
        ),
      divergences: twinDivergences
        .nullable()
        .describe("What the oracle found; null where the scenario has none."),
    }),
    methods: z.strictObject({ received: count, failed: count, ms: percentiles }),
    timeline: z
      .array(timelineAction)
      .describe("Actions of the timeline, but for faults that devices have by their own plan."),
    hubs: z
      .record(z.string(), z.strictObject({ connection: percentiles, telemetry: percentiles }))
      .describe("Latencies at each hub that a device was connected to, by host name."),
    ledger: ledgerSummarySchema
      .nullable()
      .describe("null where what the hub ingested cannot be read."),
    thresholds: z.array(threshold),
    workers: z.strictObject({ planned: count, lost: count, restarted: count }),
    resources: z.strictObject({ cpuS: z.number().nonnegative(), peakRssBytes: count }),
    generator: generator
      .nullable()
      .describe("Whether what ran the devices was the limit; null where it came to no devices."),
    strict: z
      .array(
        z.strictObject({
          kind: z.enum(["generator", "unmeasured", "lostFiles"]),
          text: z.string(),
        }),
      )
      .nullable()
      .describe("What failed the run because of --strict; null without it."),
  })
  .meta({ title: "summary.json of dps-fleet" });

/**
 * A parsed `summary.json`. That schema and type describe one thing is checked here at compile time: what the schema
 * gives must fit the type.
 *
 * @throws {z.ZodError} listing every place where it is not one
 */
export function parseSummary(raw: unknown): Summary {
  return summarySchema.parse(raw);
}

/** The published JSON Schema, as `docs/summary.schema.json` has it. */
export function summaryJsonSchema(): object {
  return z.toJSONSchema(summarySchema);
}
