import type { JSX } from "preact";

import { accountLines } from "../../../output/account-text.ts";
import { arrivalText } from "../../../output/arrival-text.ts";
import { GENERATOR_LIMITED } from "../../../output/generator-text.ts";
import { slowHubs, slowHubText } from "../../../output/slow-hubs.ts";
import type { Summary, ThresholdResult } from "../../../output/summary.ts";
import { decidingDevices, unexpectedText } from "../../../output/unexpected-devices.ts";
import { observedText } from "../../../output/threshold-text.ts";
import type { ReportData } from "../report-data.ts";
import { Section } from "../section.tsx";
import { DataTable } from "../table.tsx";

function Mark({ passed }: Pick<ThresholdResult, "passed">): JSX.Element {
  if (passed === null) return <span class="open">○ not measured</span>;
  return passed ? <span class="good">✓ holds</span> : <span class="bad">✗ failed</span>;
}

/** What the run found, whether a threshold looks at it or not. */
const findings = (summary: Summary): readonly string[] => [
  ...decidingDevices(summary).map(unexpectedText),
  ...(summary.strict ?? []).map(({ text }) => `--strict: ${text}`),
  ...(summary.generator?.limited === true ? [GENERATOR_LIMITED] : []),
  ...(summary.arrival === null ? [] : [`arrival, adaptive: ${arrivalText(summary.arrival)}`]),
  ...slowHubs(summary).map(slowHubText),
  ...accountLines(summary).map(({ text }) => text),
];

/** What kept the run from its end, each threshold with what it was held against, and what else was found. */
export function Thresholds({ data }: { readonly data: ReportData }): JSX.Element {
  const { trouble, summary } = data;
  const found = findings(summary);
  return (
    <Section id="verdict" title="Verdict">
      {trouble?.type === "broken" ? (
        <pre class="trouble">{trouble.detail.trimEnd()}</pre>
      ) : trouble === undefined ? null : (
        <p class="trouble">{trouble.message}</p>
      )}
      {summary.thresholds.length === 0 ? <p>The run had no thresholds.</p> : null}
      <DataTable
        caption="Thresholds, and what they were held against"
        rows={summary.thresholds}
        columns={[
          { name: "threshold", cell: ({ expression }) => <code>{expression}</code> },
          { name: "observed", isNumber: true, cell: (result) => observedText(result) },
          { name: "verdict", cell: ({ passed }) => <Mark passed={passed} /> },
        ]}
      />
      {found.length === 0 ? null : (
        <>
          <p class="note">What was found, whether a threshold looks at it or not:</p>
          <ul>
            {found.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}
