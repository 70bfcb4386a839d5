import { z } from "zod";

import { MESSAGE_TROUBLES } from "../../output/ledger.ts";
import { journalRow, seqRanges } from "./journal-row.ts";

const count = z.int().nonnegative();
const port = z.int().min(1).max(65_535);

/** A process of this machine, so that no later one of the same number is taken for it. */
const processMark = z.strictObject({ pid: z.int().positive(), started: z.string() });

/** What a hub ingested of a device, and what was amiss with that so far. */
const ingestedDevice = z.strictObject({
  id: z.string(),
  lives: z.array(z.strictObject({ boot: z.int().positive(), seqs: seqRanges })).readonly(),
  amiss: z
    .array(
      z.strictObject({
        trouble: z.enum(MESSAGE_TROUBLES),
        count: z.int().positive(),
        first: z
          .array(z.strictObject({ boot: z.int().positive(), seq: z.int().positive() }))
          .readonly(),
      }),
    )
    .readonly(),
});

const journalLine = z.discriminatedUnion("type", [
  /** First: how the run was asked for. Nothing in it is secret. */
  z.strictObject({
    type: z.literal("run"),
    version: z.string(),
    /** What paths among the flags are relative to. */
    cwd: z.string(),
    flags: z.record(z.string(), z.union([z.string(), z.boolean(), z.array(z.string()).readonly()])),
  }),
  /** A supervisor took the run over; its workers begin with this boot. */
  z.strictObject({
    type: z.literal("life"),
    boot: z.int().positive(),
    process: processMark.optional(),
  }),
  /** Where the run's own emulator listens. */
  z.strictObject({
    type: z.literal("emulator"),
    mqttPort: port,
    httpsPort: port,
    process: processMark.optional(),
  }),
  /** A worker is started again with this boot. */
  z.strictObject({ type: z.literal("boot"), boot: z.int().positive() }),
  /** What a worker told: counts since it last did, rows as they are. */
  z.strictObject({
    type: z.literal("told"),
    worker: count,
    boot: z.int().positive(),
    counters: z.record(z.string(), z.number()),
    rows: z.array(journalRow).readonly(),
    cpuS: z.number().nonnegative(),
    rssBytes: count,
  }),
  /** What hubs ingested: where the reading stands, and the devices that it has changed. */
  z.strictObject({
    type: z.literal("ingested"),
    position: z.string(),
    lost: count,
    devices: z.array(ingestedDevice).readonly(),
  }),
]);

/** A line of `journal.ndjson`. */
export type JournalLine = z.output<typeof journalLine>;
export type LineOf<Type extends JournalLine["type"]> = Extract<
  JournalLine,
  { readonly type: Type }
>;
export type ProcessMark = z.output<typeof processMark>;
export type IngestedDevice = z.output<typeof ingestedDevice>;

/** @throws {z.ZodError} where it is none */
export function parseJournalLine(raw: unknown): JournalLine {
  return journalLine.parse(raw);
}
