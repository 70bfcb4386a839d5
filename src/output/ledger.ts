import type { Percentiles } from "../metrics/percentiles.ts";

/**
 * What can be amiss with a device's messages: acknowledged and not ingested, ingested again, ingested after a later one,
 * neither acknowledged nor failed at the end, ingested and not known to be acknowledged.
 */
export const MESSAGE_TROUBLES = [
  "missing",
  "duplicated",
  "outOfOrder",
  "unacked",
  "unconfirmed",
] as const;

export type MessageTrouble = (typeof MESSAGE_TROUBLES)[number];

/** How a device numbers a message: `seq` from 1 in each `boot`. */
export interface MessageNumber {
  readonly boot: number;
  readonly seq: number;
}

/** One device with whose messages something is amiss. */
export interface DeviceLedger extends Readonly<Record<MessageTrouble, number>> {
  readonly deviceId: string;
  /** The first few messages of each trouble that it has. */
  readonly first: Readonly<Partial<Record<MessageTrouble, readonly MessageNumber[]>>>;
}

/** Those that lost most come first, then those that got most twice, and so on down the troubles; equal ones by their ids. */
export function byWorst(one: DeviceLedger, other: DeviceLedger): number {
  for (const trouble of MESSAGE_TROUBLES) {
    if (one[trouble] !== other[trouble]) return other[trouble] - one[trouble];
  }
  return one.deviceId < other.deviceId ? -1 : 1;
}

/** Messages that a hub ingested and no device is known to have got a PUBACK for, by what their device says of them. */
export interface UnconfirmedBy {
  /** Neither acknowledged nor failed: the PUBACK was lost, or came too late. */
  readonly unacked: number;
  /** Given up, by a time-out or with its connection. */
  readonly failed: number;
  /** Nothing: its worker was lost before it told. */
  readonly untold: number;
}

/** What was acknowledged to devices against what was ingested: ingested + missing = acked + unconfirmed. */
export interface LedgerTotals {
  readonly acked: number;
  /** Distinct messages of this run's devices. */
  readonly ingested: number;
  /** Acknowledged to the device, and not ingested. */
  readonly missing: number;
  /** Ingested again, over the first time. */
  readonly duplicated: number;
  /** Ingested after a later one of the same device and boot. */
  readonly outOfOrder: number;
  /** Ingested, and not known to be acknowledged. */
  readonly unconfirmed: number;
  readonly unconfirmedBy: UnconfirmedBy;
}

/** The whole ledger, as `run.ndjson` has it. */
export interface LedgerResult extends LedgerTotals {
  /** Every device with whose messages something is amiss, the worst first. */
  readonly devices: readonly DeviceLedger[];
}

/** The ledger as `summary.json` has it. */
export interface LedgerSummary extends LedgerTotals {
  /** From the moment a message was due to its hub's taking it. */
  readonly delayMs: Percentiles;
  /** The worst of those with whose messages something is amiss. */
  readonly devices: readonly DeviceLedger[];
  /** How many there are beside them. */
  readonly moreDevices: number;
}

/** How many devices `summary.json` names; `run.ndjson` has all. */
const DEVICES_NAMED = 20;

/** What of a ledger goes into `summary.json`. */
export function summedLedger(ledger: LedgerResult, delayMs: Percentiles): LedgerSummary {
  const { devices, acked, ingested, missing, duplicated, outOfOrder, unconfirmed, unconfirmedBy } =
    ledger;
  // One by one: a ledger that was read back has its members in another order, and the file is to be the same.
  return {
    acked,
    ingested,
    missing,
    duplicated,
    outOfOrder,
    unconfirmed,
    unconfirmedBy,
    delayMs,
    devices: devices.slice(0, DEVICES_NAMED),
    moreDevices: Math.max(0, devices.length - DEVICES_NAMED),
  };
}
