import type { JSX } from "preact";

import { formatCount } from "../format.ts";
import type { ReportData } from "../report-data.ts";
import { Name, Section } from "../section.tsx";
import { DataTable } from "../table.tsx";

/** Alerts of the scenario that came on, and faults of the scenario that began. */
export function Alerts({ data }: { readonly data: ReportData }): JSX.Element {
  const faults = Object.entries(data.faults);
  return (
    <Section id="alerts" title="Alerts and faults">
      {data.alerts.length === 0 ? <p>No alert of the scenario came on.</p> : null}
      <DataTable
        caption="Alerts of the scenario"
        rows={data.alerts}
        columns={[
          { name: "alert", cell: ({ alert }) => <Name of={alert} /> },
          { name: "came on", isNumber: true, cell: ({ raised }) => formatCount(raised) },
          { name: "devices", isNumber: true, cell: ({ devices }) => formatCount(devices) },
          { name: "on at the end", isNumber: true, cell: ({ active }) => formatCount(active) },
        ]}
      />
      <DataTable
        caption="Faults of the scenario, those of devices' own schedules included"
        rows={faults}
        columns={[
          { name: "fault", cell: ([kind]) => <Name of={kind} /> },
          { name: "began", isNumber: true, cell: ([, count]) => formatCount(count) },
        ]}
      />
    </Section>
  );
}
