import type { JSX } from "preact";

import type {
  MissedDevice,
  TwinActionResult,
  TwinStraggler,
} from "../../../output/twin-summary.ts";
import { missedText, stragglerText } from "../../../output/twin-action-text.ts";
import { FanOutChart } from "../charts/fan-out-chart.tsx";
import { formatCount } from "../format.ts";
import { percentileColumns } from "../percentile-columns.ts";
import type { ReportData } from "../report-data.ts";
import { Name, Section } from "../section.tsx";
import type { Column } from "../table.tsx";
import { DataTable } from "../table.tsx";

const nameOf = ({ name, at, notDue }: TwinActionResult): string =>
  `${name === null ? at : `${name}, ${at}`}${notDue ? ", not due" : ""}`;

const action: Column<TwinActionResult> = {
  name: "action",
  cell: (row) => <Name of={nameOf(row)} />,
};

const counted = (
  name: string,
  of: (row: TwinActionResult) => number | null,
): Column<TwinActionResult> => ({ name, isNumber: true, cell: (row) => formatCount(of(row)) });

const COUNTS: readonly Column<TwinActionResult>[] = [
  action,
  counted("rounds", ({ roundsBegun }) => roundsBegun),
  counted("selected", ({ selected }) => selected),
  counted("patched", ({ patched }) => patched),
  counted("received", ({ received }) => received),
  counted("acknowledged", ({ acknowledged }) => acknowledged),
  counted("seen", ({ seen }) => seen),
  counted("overtaken", ({ superseded }) => superseded),
  counted("refused", ({ refused }) => refused),
  counted("not echoed", ({ notEchoed }) => notEchoed),
  counted("never pushed", ({ missed }) => missed),
  counted("twice", ({ duplicate }) => duplicate),
  counted("out of order", ({ outOfOrder }) => outOfOrder),
  counted("others", ({ receivedByOthers }) => receivedByOthers),
  counted("in time", ({ converged }) => converged),
  counted("stragglers", ({ stragglers }) => stragglers),
];

const TIMES = [
  ["patch to device", "receivedMs"],
  ["device to acknowledged", "answerMs"],
  ["patch to acknowledged", "ms"],
  ["patch to seen by the service", "seenMs"],
  ["held by the pace, part of no other", "pacedMs"],
] as const satisfies readonly (readonly [string, keyof TwinActionResult])[];

interface Time {
  readonly action: string;
  readonly what: string;
  readonly ms: TwinActionResult["ms"];
}

const timesOf = (row: TwinActionResult): readonly Time[] =>
  TIMES.map(([what, key]) => ({ action: nameOf(row), what, ms: row[key] })).filter(
    ({ ms }) => ms.count > 0,
  );

/** One list of devices by name; nothing where there is none. */
function Devices<Row extends TwinStraggler | MissedDevice>(props: {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly textOf: (row: Row) => string;
}): JSX.Element | null {
  const { title, rows, textOf } = props;
  if (rows.length === 0) return null;
  return (
    <details open={rows.length <= 5}>
      <summary>{title}</summary>
      <ul>
        {rows.map((row) => (
          <li key={row.registrationId}>
            <Name of={textOf(row)} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** What became of the twin changes of the timeline, how long it took, and who did not follow. */
export function Twins({ data }: { readonly data: ReportData }): JSX.Element | null {
  const { actions } = data.summary.twin;
  if (actions.length === 0) return null;
  return (
    <Section id="twins" title="Twin changes">
      <FanOutChart actions={actions} />
      <DataTable
        caption="Twin changes of the timeline: selected, others, in time and stragglers in devices, all else in devices and rounds"
        rows={actions}
        columns={COUNTS}
      />
      <DataTable
        caption="How long they took, in ms, over all devices and rounds"
        rows={actions.flatMap(timesOf)}
        columns={[
          { name: "action", cell: (row) => <Name of={row.action} /> },
          { name: "time", cell: ({ what }) => what },
          ...percentileColumns<Time>(({ ms }) => ms),
        ]}
      />
      {actions.map((row) => (
        <div key={row.action}>
          <Devices
            title={`${nameOf(row)}: ${formatCount(row.stragglers)} of ${formatCount(row.selected)} did not show the last values in time`}
            rows={row.stragglersNamed}
            textOf={stragglerText}
          />
          <Devices
            title={`${nameOf(row)}: devices that were never pushed some rounds`}
            rows={row.missedBy}
            textOf={missedText}
          />
        </div>
      ))}
    </Section>
  );
}
