import { z } from "zod";

import { FAILURE_CLASSES } from "../../base/failure.ts";
import type { DeviceRow } from "../../metrics/device-row.ts";
import { DEVICE_STATES } from "../../metrics/device-row.ts";
import { countOf } from "../../metrics/seq-ranges.ts";

const count = z.int().nonnegative();
const ms = z.number().nonnegative();
/** Runs of numbers, ascending and disjoint. */
export const seqRanges = z
  .array(z.tuple([z.int().positive(), z.int().positive()]).readonly())
  .readonly()
  .refine(
    (ranges) =>
      ranges.every(([first, last], at) => first <= last && first > (ranges[at - 1]?.[1] ?? 0)),
    "expected runs of numbers, ascending and disjoint",
  );

/** What a worker told of a device, in one of its boots; what is as it was at first is left out. */
export const journalRow = z.strictObject({
  id: z.string().min(1),
  boot: z.int().positive(),
  worker: count,
  state: z.enum(DEVICE_STATES),
  /** Absent = the registration id. */
  deviceId: z.string().optional(),
  hub: z.string().optional(),
  attempts: count.optional(),
  registrationMs: ms.optional(),
  connectionMs: ms.optional(),
  reconnects: count.optional(),
  firstSeq: z.int().positive().optional(),
  sent: count.optional(),
  acked: seqRanges.optional(),
  failed: seqRanges.optional(),
  errorClass: z.enum(FAILURE_CLASSES).optional(),
  error: z.string().optional(),
  isUp: z.literal(true).optional(),
});

export type JournalRow = z.output<typeof journalRow>;

const some = <Value>(value: Value, none: Value): { readonly value?: Value } =>
  value === none ? {} : { value };

/** A row as the journal has it. */
export function toJournalRow(row: DeviceRow): JournalRow {
  const { registrationId: id, boot, worker, state, deviceId, ackedSeqs, failedSeqs } = row;
  const entries = Object.entries({
    deviceId: some(deviceId, row.hub === "" ? "" : id).value,
    hub: some(row.hub, "").value,
    attempts: some(row.attempts, 0).value,
    registrationMs: row.registrationMs ?? undefined,
    connectionMs: row.connectionMs ?? undefined,
    reconnects: some(row.reconnects, 0).value,
    firstSeq: row.firstSeq,
    sent: some(row.sent, 0).value,
    acked: ackedSeqs.length === 0 ? undefined : ackedSeqs,
    failed: failedSeqs.length === 0 ? undefined : failedSeqs,
    errorClass: row.errorClass ?? undefined,
    error: row.error ?? undefined,
    isUp: row.isUp ? true : undefined,
  }).filter(([, value]) => value !== undefined);
  return { id, boot, worker, state, ...Object.fromEntries(entries) };
}

/** The row again. @param model name of the device's model */
export function fromJournalRow(row: JournalRow, model: string): DeviceRow {
  const { id, boot, worker, state, hub = "", acked = [], failed = [], firstSeq } = row;
  const { registrationMs = null, connectionMs = null } = row;
  return {
    registrationId: id,
    model,
    deviceId: row.deviceId ?? (hub === "" ? "" : id),
    hub,
    state,
    boot,
    worker,
    attempts: row.attempts ?? 0,
    registrationMs,
    connectionMs,
    reconnects: row.reconnects ?? 0,
    ...(firstSeq === undefined ? {} : { firstSeq }),
    sent: row.sent ?? 0,
    acked: countOf(acked),
    failed: countOf(failed),
    ackedSeqs: acked,
    failedSeqs: failed,
    isUp: row.isUp ?? false,
    wasAssigned: hub !== "",
    wasConnected: connectionMs !== null,
    errorClass: row.errorClass ?? null,
    error: row.error ?? null,
  };
}
