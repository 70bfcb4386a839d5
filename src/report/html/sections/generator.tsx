import type { JSX } from "preact";

import { formatBytes, formatCount } from "../format.ts";
import type { ReportData } from "../report-data.ts";
import { Section } from "../section.tsx";

/** What the machine that ran the devices had to do. */
export function Generator({ data }: { readonly data: ReportData }): JSX.Element {
  const { workers, resources, run } = data.summary;
  return (
    <Section id="generator" title="Generator">
      <dl class="pairs">
        <dt>worker processes</dt>
        <dd>
          {`${formatCount(workers.planned)}, ${formatCount(workers.lost)} lost, ${formatCount(workers.restarted)} restarted`}
        </dd>
        <dt>CPU of the workers</dt>
        <dd>{`${resources.cpuS.toFixed(1)} s within ${run.durationS.toFixed(1)} s`}</dd>
        <dt>memory of the workers at its highest</dt>
        <dd>{formatBytes(resources.peakRssBytes)}</dd>
      </dl>
    </Section>
  );
}
