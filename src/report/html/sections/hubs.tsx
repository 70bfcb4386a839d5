import type { JSX } from "preact";

import { formatCount, formatMsColumn } from "../format.ts";
import type { ReportData, SplitRow } from "../report-data.ts";
import { Name, Section } from "../section.tsx";
import type { Column } from "../table.tsx";
import { DataTable } from "../table.tsx";

/** The columns of a table that splits what was measured by a label. */
export const splitColumns = (label: string): readonly Column<SplitRow>[] => [
  { name: label, cell: ({ value }) => <Name of={value} /> },
  { name: "assigned", isNumber: true, cell: ({ assigned }) => formatCount(assigned) },
  { name: "reg. p50", isNumber: true, cell: (row) => formatMsColumn(row.registrationMs.p50) },
  { name: "reg. p95", isNumber: true, cell: (row) => formatMsColumn(row.registrationMs.p95) },
  { name: "connections", isNumber: true, cell: ({ connected }) => formatCount(connected) },
  { name: "conn. p50", isNumber: true, cell: (row) => formatMsColumn(row.connectionMs.p50) },
  { name: "conn. p95", isNumber: true, cell: (row) => formatMsColumn(row.connectionMs.p95) },
];

/** What each hub got, and how fast it was. */
export function Hubs({ data }: { readonly data: ReportData }): JSX.Element {
  return (
    <Section id="hubs" title="Hubs">
      {data.hubs.length === 0 ? <p>No device came to a hub.</p> : null}
      <DataTable
        caption="By hub; registration and connection in ms, reconnects included"
        rows={data.hubs}
        columns={splitColumns("hub")}
      />
    </Section>
  );
}
