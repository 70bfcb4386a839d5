import type { JSX } from "preact";

import { formatCount, formatMsColumn } from "../format.ts";
import type { ReportData } from "../report-data.ts";
import { Section } from "../section.tsx";
import { DataTable } from "../table.tsx";

/** What became of the twin changes of the timeline. */
export function Twins({ data }: { readonly data: ReportData }): JSX.Element | null {
  const { actions } = data.summary.twin;
  if (actions.length === 0) return null;
  return (
    <Section id="twins" title="Twin changes">
      <DataTable
        caption="Twin changes of the timeline, in devices; from the patch to the acknowledged reported value in ms"
        rows={actions}
        columns={[
          { name: "at", cell: ({ at, notDue }) => (notDue ? `${at}, not due` : at) },
          { name: "selected", isNumber: true, cell: ({ selected }) => formatCount(selected) },
          { name: "patched", isNumber: true, cell: ({ patched }) => formatCount(patched) },
          { name: "received", isNumber: true, cell: ({ received }) => formatCount(received) },
          {
            name: "acknowledged",
            isNumber: true,
            cell: ({ acknowledged }) => formatCount(acknowledged),
          },
          { name: "not echoed", isNumber: true, cell: ({ notEchoed }) => formatCount(notEchoed) },
          {
            name: "others",
            isNumber: true,
            cell: ({ receivedByOthers }) => formatCount(receivedByOthers),
          },
          { name: "p50", isNumber: true, cell: ({ ms }) => formatMsColumn(ms.p50) },
          { name: "p95", isNumber: true, cell: ({ ms }) => formatMsColumn(ms.p95) },
          { name: "max", isNumber: true, cell: ({ ms }) => formatMsColumn(ms.max) },
        ]}
      />
    </Section>
  );
}
