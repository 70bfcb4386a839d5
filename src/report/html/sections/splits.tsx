import type { JSX } from "preact";

import { formatCount, formatMsColumn } from "../format.ts";
import type { ReportData, SplitRow } from "../report-data.ts";
import { Name, Section } from "../section.tsx";
import type { Column } from "../table.tsx";
import { DataTable } from "../table.tsx";

const columns = (label: string): readonly Column<SplitRow>[] => [
  { name: label, cell: ({ value }) => <Name of={value} /> },
  { name: "assigned", isNumber: true, cell: ({ assigned }) => formatCount(assigned) },
  { name: "reg. p50", isNumber: true, cell: (row) => formatMsColumn(row.registrationMs.p50) },
  { name: "reg. p95", isNumber: true, cell: (row) => formatMsColumn(row.registrationMs.p95) },
  { name: "connections", isNumber: true, cell: ({ connected }) => formatCount(connected) },
  { name: "conn. p50", isNumber: true, cell: (row) => formatMsColumn(row.connectionMs.p50) },
  { name: "conn. p95", isNumber: true, cell: (row) => formatMsColumn(row.connectionMs.p95) },
  { name: "due", isNumber: true, cell: ({ sent }) => formatCount(sent) },
  { name: "acknowledged", isNumber: true, cell: ({ acked }) => formatCount(acked) },
  { name: "tel. p50", isNumber: true, cell: (row) => formatMsColumn(row.telemetryMs.p50) },
  { name: "tel. p95", isNumber: true, cell: (row) => formatMsColumn(row.telemetryMs.p95) },
];

const MEANS = "registration, connection (reconnects included) and telemetry, in ms";

/** What each hub, each device model and each phase of the run had, side by side. */
export function Splits({ data }: { readonly data: ReportData }): JSX.Element {
  const { hubs, models, phases } = data;
  return (
    <Section
      id="splits"
      title={phases.length === 0 ? "Hubs and models" : "Phases, hubs and models"}
    >
      {hubs.length === 0 ? <p>No device came to a hub.</p> : null}
      <DataTable
        caption={`By phase of the run, in its order: ${MEANS}`}
        rows={phases}
        columns={columns("phase")}
      />
      <DataTable caption={`By hub: ${MEANS}`} rows={hubs} columns={columns("hub")} />
      <DataTable caption={`By device model: ${MEANS}`} rows={models} columns={columns("model")} />
    </Section>
  );
}
