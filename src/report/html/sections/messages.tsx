import type { JSX } from "preact";

import type { DeviceLedger, MessageTrouble } from "../../../output/ledger.ts";
import { formatMs } from "../../../output/format-ms.ts";
import { MESSAGE_TROUBLES } from "../../../output/ledger.ts";
import { formatBytes, formatCount, formatShare } from "../format.ts";
import type { ReportData } from "../report-data.ts";
import { Name, Section } from "../section.tsx";
import type { Column } from "../table.tsx";
import { DataTable } from "../table.tsx";

interface Account {
  readonly name: string;
  readonly count: number;
  readonly whole: number;
  readonly means: string;
}

function accounts({ summary }: ReportData): readonly Account[] {
  const { telemetry, ledger } = summary;
  const { sent, acked, failed, unacked } = telemetry;
  const ofSent: Account[] = [
    { name: "due", count: sent, whole: sent, means: "acknowledged + failed + open" },
    { name: "acknowledged", count: acked, whole: sent, means: "the hub's PUBACK came" },
    { name: "failed", count: failed, whole: sent, means: "could not be handed over" },
    { name: "open", count: unacked, whole: sent, means: "neither, when the run ended" },
  ];
  if (ledger === null) return ofSent;
  const { acked: whole, ingested, missing, duplicated, outOfOrder, unconfirmed } = ledger;
  return [
    ...ofSent,
    { name: "ingested", count: ingested, whole, means: "distinct messages that the hub holds" },
    { name: "missing", count: missing, whole, means: "acknowledged, and not ingested" },
    { name: "duplicated", count: duplicated, whole, means: "ingested again" },
    { name: "out of order", count: outOfOrder, whole, means: "ingested after a later one" },
    {
      name: "unconfirmed",
      count: unconfirmed,
      whole,
      means: "ingested, and not known to be acknowledged: a PUBACK that was lost or late",
    },
  ];
}

const TROUBLE_NAMES: Readonly<Record<MessageTrouble, string>> = {
  missing: "missing",
  duplicated: "duplicated",
  outOfOrder: "out of order",
  unacked: "open",
  unconfirmed: "unconfirmed",
};

/** `missing 1/17 1/18; duplicated 2/4`. */
const firstText = (first: DeviceLedger["first"]): string =>
  MESSAGE_TROUBLES.flatMap((trouble) => {
    const messages = first[trouble] ?? [];
    if (messages.length === 0) return [];
    return [
      `${TROUBLE_NAMES[trouble]} ${messages.map(({ boot, seq }) => `${boot}/${seq}`).join(" ")}`,
    ];
  }).join("; ");

function moreDevices({ summary }: ReportData): string {
  const more = summary.ledger?.moreDevices ?? 0;
  return more === 0 ? "" : `; ${formatCount(more)} more are in run.ndjson`;
}

/** Where every message is. */
export function Messages({ data }: { readonly data: ReportData }): JSX.Element {
  const { telemetry, ledger, methods } = data.summary;
  return (
    <Section id="messages" title="Messages">
      <p class="note">
        {`${formatBytes(telemetry.bytes)} of message bodies. `}
        {ledger === null
          ? "What the hub ingested could not be read in this run: what is missing, duplicated or out of order was not measured."
          : "What the hub ingested was read back and compared with what devices saw acknowledged, by device, boot and sequence number."}
        {ledger === null || ledger.delayMs.count === 0
          ? ""
          : ` From device to hub: median ${formatMs(ledger.delayMs.p50)}, p95 ${formatMs(ledger.delayMs.p95)}, at most ${formatMs(ledger.delayMs.max)}.`}
        {methods.received === 0
          ? ""
          : ` Direct methods: ${formatCount(methods.received)} received, ${formatCount(methods.failed)} failed.`}
      </p>
      <DataTable
        caption="Account of the messages"
        rows={accounts(data)}
        columns={[
          { name: "messages", cell: ({ name }) => name },
          { name: "count", isNumber: true, cell: ({ count }) => formatCount(count) },
          { name: "share", isNumber: true, cell: ({ count, whole }) => formatShare(count, whole) },
          { name: "means", cell: ({ means }) => means },
        ]}
      />
      <DataTable
        caption={`Devices with whose messages something is amiss, the worst first${moreDevices(data)}`}
        rows={ledger?.devices ?? []}
        columns={[
          { name: "device", cell: ({ deviceId }) => <Name of={deviceId} /> },
          ...MESSAGE_TROUBLES.map((trouble): Column<DeviceLedger> => ({
            name: TROUBLE_NAMES[trouble],
            isNumber: true,
            cell: (device) => formatCount(device[trouble]),
          })),
          { name: "first of them, as boot/seq", cell: ({ first }) => firstText(first) },
        ]}
      />
    </Section>
  );
}
