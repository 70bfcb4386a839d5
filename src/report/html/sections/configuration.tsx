import type { JSX } from "preact";
import { Fragment } from "preact";
import { stringify } from "yaml";

import type { Json, JsonObject } from "../../../base/json.ts";
import { formatDuration } from "../../../base/units.ts";
import { formatCount } from "../format.ts";
import { partsText } from "../../../output/parts-text.ts";
import type { ReportData } from "../report-data.ts";
import { Section } from "../section.tsx";

/** YAML without anchors and line breaks of its own. */
const yamlText = (value: JsonObject): string =>
  stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 }).trimEnd();

const valueText = (value: Json): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** What was run, against what; without a secret. */
export function Configuration({ data }: { readonly data: ReportData }): JSX.Element {
  const { plan, enrollment, configuration } = data.course;
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
    [
      "arrival ends at",
      plan.arrivalEndMs === null ? "adaptive" : formatDuration(plan.arrivalEndMs),
    ],
    ["duration", plan.durationMs === null ? "until stopped" : formatDuration(plan.durationMs)],
    ["time scale of the devices", `×${plan.timeScale}`],
    ["seed", String(plan.seed)],
    ["part of the plan", partsText(run) ?? "all of it"],
    ["fingerprint of the plan", run.planFingerprint],
    ["version", `dps-fleet ${run.version}`],
    ...Object.entries(configuration?.overrides ?? {}).map(
      ([name, value]) => [`given: ${name}`, valueText(value)] as const,
    ),
  ];
  return (
    <Section id="configuration" title="Configuration">
      <dl class="pairs">
        {pairs.map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </Fragment>
        ))}
      </dl>
      {configuration === undefined ? null : (
        <details>
          <summary>The scenario, with all that was given and all defaults</summary>
          <pre>{yamlText(configuration.scenario)}</pre>
        </details>
      )}
    </Section>
  );
}
