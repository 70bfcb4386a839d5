import type { JSX } from "preact";

import { FAILURE_WORDS } from "../../../base/failure-words.ts";
import type { FailureExample } from "../failure-notes.ts";
import { countOf, formatCount, formatTime, NOT_MEASURED } from "../format.ts";
import type { FailureFacts, ReportData } from "../report-data.ts";
import { Name, Prose, Section } from "../section.tsx";
import { DataTable } from "../table.tsx";

interface Told extends FailureExample {
  readonly failureClass: string;
}

/** In one table: most classes have one wording. */
const toldOf = (failures: readonly FailureFacts[]): readonly Told[] =>
  failures.flatMap(({ failureClass, examples }) =>
    examples.map((example) => ({ ...example, failureClass })),
  );

/** What went wrong, by class: how often and where, what it means, what mends it, and what devices were told. */
export function Failures({ data }: { readonly data: ReportData }): JSX.Element {
  const { failures } = data;
  const { devices } = data.summary;
  const others = failures.reduce((sum, each) => sum + each.others, 0);
  return (
    <Section id="failures" title="Failures">
      {failures.length === 0 ? <p>No attempt failed, and no connection was lost.</p> : null}
      {devices.toBeRefused === 0 ? null : (
        <p class="note">
          {`${countOf(devices.toBeRefused, "device")} of the scenario were to be refused: what they were told is counted here too.`}
        </p>
      )}
      <DataTable
        caption="Failures by class, and where they hit"
        rows={failures}
        columns={[
          { name: "class", cell: ({ failureClass }) => <code>{failureClass}</code> },
          {
            name: "registrations",
            isNumber: true,
            cell: ({ registrations }) => formatCount(registrations),
          },
          {
            name: "connecting",
            isNumber: true,
            cell: ({ connections }) => formatCount(connections),
          },
          { name: "connections lost", isNumber: true, cell: ({ lost }) => formatCount(lost) },
          { name: "messages", isNumber: true, cell: ({ messages }) => formatCount(messages) },
          { name: "gave up", isNumber: true, cell: ({ final }) => formatCount(final) },
          {
            name: "what it means, and what mends it",
            cell: ({ failureClass }) => {
              const { means, mend } = FAILURE_WORDS[failureClass];
              return <Prose text={`${means} ${mend}`} />;
            },
          },
        ]}
      />
      <DataTable
        caption={`What devices were told${others === 0 ? "" : `; ${formatCount(others)} more in other words, see run.ndjson`}`}
        rows={toldOf(failures)}
        columns={[
          { name: "class", cell: ({ failureClass }) => <code>{failureClass}</code> },
          { name: "message", cell: ({ text }) => <bdi>{text}</bdi> },
          { name: "times", isNumber: true, cell: ({ times }) => formatCount(times) },
          { name: "first", isNumber: true, cell: ({ t }) => formatTime(t, { tenths: true }) },
          { name: "at", cell: ({ deviceId }) => <Name of={deviceId} /> },
          { name: "code", cell: ({ code }) => code ?? NOT_MEASURED },
          { name: "tracking id", cell: ({ trackingId }) => trackingId ?? NOT_MEASURED },
        ]}
      />
    </Section>
  );
}
