import type { JSX } from "preact";

import { formatDuration } from "../../../base/units.ts";
import { formatCount } from "../format.ts";
import type { ReportData } from "../report-data.ts";
import { Section } from "../section.tsx";

/** What was run, against what; without a secret. */
export function Configuration({ data }: { readonly data: ReportData }): JSX.Element {
  const { plan, enrollment } = data.course;
  const { run } = data.summary;
  const pairs: readonly (readonly [name: string, value: string])[] = [
    ["run", run.id],
    ["scenario", plan.scenario],
    ["target", plan.target],
    ["DPS", enrollment?.dps ?? "not told"],
    [
      "enrollment group",
      enrollment === undefined ? "none" : `${enrollment.group}, ${enrollment.done}`,
    ],
    ["devices", formatCount(plan.devices)],
    ["arrival ends at", formatDuration(plan.arrivalEndMs)],
    ["duration", plan.durationMs === null ? "until stopped" : formatDuration(plan.durationMs)],
    ["time scale of the devices", `×${plan.timeScale}`],
    ["seed", String(plan.seed)],
    ["version", `dps-fleet ${run.version}`],
  ];
  return (
    <Section id="configuration" title="Configuration">
      <dl class="pairs">
        {pairs.map(([name, value]) => (
          <>
            <dt key={name}>{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </>
        ))}
      </dl>
    </Section>
  );
}
