import type { JSX } from "preact";

import { METRICS } from "../../../metrics/catalog.ts";
import { PercentileChart } from "../charts/percentile-chart.tsx";
import { metricTitle } from "../metric-titles.ts";
import { percentileColumns } from "../percentile-columns.ts";
import type { ReportData } from "../report-data.ts";
import { Section } from "../section.tsx";
import { DataTable } from "../table.tsx";

/** Steps of a registration and of a connection stand under what they are steps of. */
const isStep = (metric: string): boolean => /^(?:registration|connection)_\w+_ms$/.test(metric);

/** Percentiles of every latency, and curves of the ones that users wait for. */
export function Latencies({ data }: { readonly data: ReportData }): JSX.Element {
  const { latencies, curves } = data;
  if (latencies.length === 0) {
    return (
      <Section id="latencies" title="Latencies">
        <p>No latency was measured.</p>
      </Section>
    );
  }
  return (
    <Section id="latencies" title="Latencies">
      <p class="note">
        From the moment at which the work was due, so that a stalled sender shows. Within 0.1 % of
        the exact values; min, mean and max are exact. A percentile that there were too few values
        for is left out.
      </p>
      <PercentileChart curves={curves} />
      <DataTable
        caption="Percentiles, in ms; steps are indented under the whole"
        rows={latencies}
        columns={[
          {
            name: "latency",
            cell: ({ metric }) => (
              <span class={isStep(metric) ? "step" : undefined} title={METRICS[metric].help}>
                {metricTitle(metric)}
              </span>
            ),
          },
          ...percentileColumns<ReportData["latencies"][number]>(({ ms }) => ms),
        ]}
      />
    </Section>
  );
}
