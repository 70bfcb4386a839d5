import { z } from "zod";

import { EXIT_CODES } from "../base/errors.ts";
import { REFUSAL_CLASSES } from "../base/failure.ts";
import { DEVICE_STATES } from "../metrics/device-row.ts";
import { generatorSample } from "../metrics/generator/health-schema.ts";
import { ledgerResultSchema } from "../output/ledger-schema.ts";
import type { RunEvent } from "../output/output.ts";
import { summarySchema } from "../output/summary-schema.ts";
import { deviceEvents, failureClass } from "./device-event-schema.ts";
import { divergence, oracle } from "./oracle-event-schema.ts";

const t = z.number();
const count = z.int().nonnegative();
const ms = z.number().nonnegative();
const target = z.enum(["emulator", "azure"]);
const errorCode = z.literal(
  // Object.keys gives plain strings; these are its keys.
  Object.keys(EXIT_CODES).filter((key): key is keyof typeof EXIT_CODES => key in EXIT_CODES),
);

const expectedRefusal = z.enum(REFUSAL_CLASSES).optional();

const histogram = z.strictObject({ count, min: ms, max: ms, sum: ms, data: z.string() });

const plan = z.strictObject({
  type: z.literal("plan"),
  t,
  runId: z.string(),
  scenario: z.string(),
  seed: z.int(),
  target,
  startedAt: z.iso.datetime(),
  devices: count,
  arrivalEndMs: ms.nullable(),
  durationMs: ms.nullable(),
  timeScale: z.number().positive(),
  workers: count,
  phases: z.array(z.strictObject({ name: z.string(), atMs: ms })),
  thresholds: z.array(z.string()),
  version: z.string(),
  asksDps: z.boolean(),
  shard: summarySchema.shape.run.shape.shard,
  planFingerprint: z.string(),
  merged: summarySchema.shape.run.shape.merged,
  strict: z.boolean(),
});

const begin = z.strictObject({ type: z.literal("begin"), t, at: z.iso.datetime() });

const resume = z.strictObject({
  type: z.literal("resume"),
  t,
  at: z.iso.datetime(),
  boot: z.int().positive(),
});

const configuration = z.strictObject({
  type: z.literal("configuration"),
  t,
  scenario: z.record(z.string(), z.json()),
  overrides: z.record(z.string(), z.json()),
});

const fleet = z.strictObject({
  type: z.literal("fleet"),
  t,
  devices: z.array(
    z.strictObject({ registrationId: z.string(), model: z.string(), expectedRefusal }),
  ),
});

const enrollment = z.strictObject({
  type: z.literal("enrollment"),
  t,
  dps: z.string().nullable(),
  group: z.string(),
  done: z.enum(["created", "kept", "unchecked"]),
  ownEmulator: z.boolean(),
});

const individualEnrollments = z.strictObject({
  type: z.literal("individualEnrollments"),
  t,
  dps: z.string(),
  created: z.array(z.string()),
  kept: count,
  ownEmulator: z.boolean(),
});

const arrival = z.strictObject({
  type: z.literal("arrival"),
  t,
  reason: z.enum(["begin", "raise", "throttled", "latency", "refine", "asked", "complete"]),
  ratePerS: ms,
  beforePerS: ms,
  started: count,
});

const control = z.strictObject({
  type: z.literal("control"),
  t,
  by: summarySchema.shape.control.element.shape.by,
  request: summarySchema.shape.control.element.shape.request,
  outcome: summarySchema.shape.control.element.shape.outcome,
  error: z.string().optional(),
});

const action = z.strictObject({
  type: z.literal("action"),
  t,
  action: count,
  name: z.string().optional(),
  kind: z.string(),
  at: z.string(),
  state: z.enum(["begun", "ended", "notDue"]),
  round: count,
  rounds: count,
  selected: count,
  done: count,
  failed: count,
  what: z.record(z.string(), z.json()),
  error: z.string().optional(),
  calls: z.strictObject({ answers: z.record(z.string(), count), times: histogram }).optional(),
});

const twinPatch = z.strictObject({
  type: z.literal("twinPatch"),
  t,
  ms,
  waitedMs: ms,
  deviceId: z.string(),
  action: count,
  round: count,
  at: z.string(),
  version: count,
});

const methodCall = z.strictObject({
  type: z.literal("methodCall"),
  t,
  ms,
  waitedMs: ms,
  deviceId: z.string(),
  action: count,
  round: count,
  name: z.string(),
  status: z.number(),
});

const worker = z.strictObject({
  type: z.literal("worker"),
  t,
  worker: count,
  boot: count,
  state: z.enum(["started", "ready", "silent", "lost", "restarting", "stopped"]),
  detail: z.string().optional(),
});

const snapshot = z.strictObject({
  type: z.literal("snapshot"),
  t,
  states: z.record(z.enum(DEVICE_STATES), count),
  byHub: z.record(z.string(), count),
  counters: z.record(z.string(), ms),
  histograms: z.record(z.string(), histogram),
  perSecond: z.record(z.string(), z.record(z.string().regex(/^\d{1,7}$/), count)).optional(),
  generator: generatorSample.optional(),
});

const row = z.strictObject({
  registrationId: z.string(),
  model: z.string(),
  deviceId: z.string(),
  hub: z.string(),
  state: z.enum(DEVICE_STATES),
  boot: count,
  worker: count,
  attempts: count,
  registrationMs: ms.nullable(),
  connectionMs: ms.nullable(),
  reconnects: count,
  sent: count,
  acked: count,
  failed: count,
  wasAssigned: z.boolean(),
  wasConnected: z.boolean(),
  isUp: z.boolean(),
  errorClass: failureClass.nullable(),
  error: z.string().nullable(),
  expectedRefusal,
});

const devices = z.strictObject({ type: z.literal("devices"), t, rows: z.array(row) });

const summary = summarySchema.shape;

const ledger = z.strictObject({
  type: z.literal("ledger"),
  t,
  ledger: ledgerResultSchema.nullable(),
});

const end = z.strictObject({
  type: z.literal("end"),
  t,
  interrupted: z.boolean(),
  stoppedArriving: z.boolean(),
  failure: z
    .strictObject({
      code: errorCode,
      message: z.string(),
      hint: z.string().optional(),
      problems: z.array(
        z.strictObject({
          place: z.string(),
          message: z.string(),
          hint: z.string().optional(),
        }),
      ),
    })
    .nullable(),
  aborted: z.strictObject({ expression: z.string(), t, observed: z.number() }).nullable(),
  lostFiles: z.array(z.string()),
  actions: z.array(
    z.strictObject({
      ...summary.twin.shape.actions.element.omit({
        ms: true,
        receivedMs: true,
        answerMs: true,
        seenMs: true,
        pacedMs: true,
      }).shape,
      times: z.strictObject({
        acknowledged: histogram,
        received: histogram,
        answer: histogram,
        seen: histogram,
        paced: histogram,
      }),
    }),
  ),
  workers: z.strictObject({ planned: count, lost: count, restarted: count, gone: count }),
  resources: summary.resources,
});

const told = z.strictObject({ type: z.literal("summary"), t, summary: summarySchema });

const runEvent = z.discriminatedUnion("type", [
  plan,
  configuration,
  fleet,
  begin,
  resume,
  enrollment,
  individualEnrollments,
  arrival,
  control,
  ...deviceEvents,
  action,
  twinPatch,
  methodCall,
  divergence,
  oracle,
  worker,
  snapshot,
  devices,
  ledger,
  end,
  told,
]);

/**
 * One event of a run, as a line of `run.ndjson` holds it. That schema and type describe one thing is checked here at
 * compile time, and by every run that a test reads back: nothing unknown is let through.
 *
 * @throws {z.ZodError} listing every place where it is not one
 */
export function parseRunEvent(raw: unknown): RunEvent {
  return runEvent.parse(raw);
}
