import { groupedBy } from "../base/grouped-by.ts";
import type { DeviceLedger, LedgerSummary, MessageNumber, MessageTrouble } from "./ledger.ts";
import type { Summary } from "./summary.ts";
import { printable } from "./text-width.ts";

/** One thing that is amiss with a run's messages. */
export interface AccountLine {
  /** The metric that counts it. */
  readonly metric: string;
  /** `3 messages acknowledged but not ingested: cave-7 (boot 1, seq 12, 13, 40)`. */
  readonly text: string;
}

/** How many devices a line names. */
const DEVICES_NAMED = 3;

const messages = (count: number): string => `${count} message${count === 1 ? "" : "s"}`;

/** What is amiss with the messages of a run, in words, naming devices and messages; empty where nothing is. */
export function accountLines({ telemetry, ledger }: Summary): readonly AccountLine[] {
  const { unacked } = telemetry;
  if (ledger === null) {
    const text = `${messages(unacked)} unacknowledged at the end`;
    return unacked === 0 ? [] : [{ metric: "telemetry_unacked", text }];
  }
  const { unconfirmed, unconfirmedBy: by } = ledger;
  const lines: readonly (readonly [metric: string, MessageTrouble, count: number, what: string])[] =
    [
      ["telemetry_missing", "missing", ledger.missing, "acknowledged but not ingested"],
      ["telemetry_duplicated", "duplicated", ledger.duplicated, "duplicated"],
      ["telemetry_out_of_order", "outOfOrder", ledger.outOfOrder, "out of order"],
      [
        "telemetry_unacked",
        "unacked",
        unacked,
        `unacknowledged at the end${pubackLost(unacked, by.unacked)}`,
      ],
      [
        "telemetry_unconfirmed",
        "unconfirmed",
        by.failed + by.untold === 0 ? 0 : unconfirmed,
        `ingested though not acknowledged, ${partsOf(ledger)}`,
      ],
    ];
  return lines
    .filter(([, , count]) => count > 0)
    .map(([metric, trouble, count, what]) => ({
      metric,
      text: `${messages(count)} ${what}${whose(ledger, trouble, count)}`,
    }));
}

function pubackLost(unacked: number, ingested: number): string {
  if (ingested === 0) return "";
  const which = ingested === unacked ? "yet ingested" : `${ingested} of them ingested`;
  return `, ${which}, so that the PUBACK was lost or late`;
}

/** Why nobody knows of a PUBACK: `1 unacknowledged at the end, 2 given up`. */
function partsOf({ unconfirmedBy: { unacked, failed, untold } }: LedgerSummary): string {
  const parts: readonly (readonly [number, string])[] = [
    [unacked, "unacknowledged at the end"],
    [failed, "given up before the PUBACK came"],
    [untold, "of a worker that was lost before it told"],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(", ");
}

/** `: cave-7 (boot 1, seq 12, 13), cave-9 (boot 1, seq 4), and 20 of other devices`. */
function whose({ devices }: LedgerSummary, trouble: MessageTrouble, count: number): string {
  const named = devices
    .filter((device) => device[trouble] > 0)
    .toSorted((one, other) => other[trouble] - one[trouble])
    .slice(0, DEVICES_NAMED);
  if (named.length === 0) return "";
  const rest = named.reduce((left, device) => left - device[trouble], count);
  const texts = named.map((device) => deviceText(device, trouble));
  return `: ${texts.join(", ")}${rest > 0 ? `, and ${rest} of other devices` : ""}`;
}

function deviceText({ deviceId, first, ...counts }: DeviceLedger, trouble: MessageTrouble): string {
  const few = first[trouble] ?? [];
  const rest = counts[trouble] > few.length ? " …" : "";
  return `${printable(deviceId)} (${numbersText(few)}${rest})`;
}

/** `boot 1, seq 3, 4; boot 2, seq 1`. */
function numbersText(numbers: readonly MessageNumber[]): string {
  return [...groupedBy(numbers, ({ boot }) => boot)]
    .map(([boot, some]) => `boot ${boot}, seq ${some.map(({ seq }) => seq).join(", ")}`)
    .join("; ");
}
