import type { JSX } from "preact";

import { formatCount, formatMsColumn, NOT_MEASURED } from "../format.ts";
import type { ReportData, SlowDevice } from "../report-data.ts";
import { Name, Section } from "../section.tsx";
import type { Column } from "../table.tsx";
import { DataTable } from "../table.tsx";

const COLUMNS: readonly Column<SlowDevice>[] = [
  { name: "device", cell: ({ registrationId }) => <Name of={registrationId} /> },
  {
    name: "registration ms",
    isNumber: true,
    cell: ({ registrationMs }) => formatMsColumn(registrationMs),
  },
  {
    name: "connection ms",
    isNumber: true,
    cell: ({ connectionMs }) => formatMsColumn(connectionMs),
  },
  { name: "attempts", isNumber: true, cell: ({ attempts }) => formatCount(attempts) },
  { name: "model", cell: ({ model }) => <Name of={model} /> },
  { name: "hub", cell: ({ hub }) => (hub === "" ? NOT_MEASURED : <Name of={hub} />) },
  { name: "state", cell: ({ state }) => state },
  { name: "last failure", cell: ({ errorClass }) => errorClass ?? NOT_MEASURED },
];

/** The devices that took longest to register, and to connect. */
export function Slowest({ data }: { readonly data: ReportData }): JSX.Element {
  const { registration, connection } = data.slowest;
  return (
    <Section id="slowest" title="Slowest devices">
      {registration.length + connection.length === 0 ? <p>No device was measured.</p> : null}
      <details>
        <summary>{`The ${formatCount(registration.length)} slowest to register`}</summary>
        <DataTable caption="By registration" rows={registration} columns={COLUMNS} />
      </details>
      <details>
        <summary>{`The ${formatCount(connection.length)} slowest to connect`}</summary>
        <DataTable caption="By first connection" rows={connection} columns={COLUMNS} />
      </details>
    </Section>
  );
}
