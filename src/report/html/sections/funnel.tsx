import type { JSX } from "preact";

import { refusedAsExpected } from "../../../output/unexpected-devices.ts";
import { formatCount, formatMsColumn, formatShare, NOT_MEASURED } from "../format.ts";
import type { ReportData } from "../report-data.ts";
import { Name, Section } from "../section.tsx";
import { DataTable } from "../table.tsx";
import type { Percentiles } from "../../../metrics/percentiles.ts";

interface Stage {
  readonly name: string;
  readonly count: number;
  readonly tone: string;
  readonly ms: Percentiles | undefined;
}

function stages({ summary, streamed, underway }: ReportData): readonly Stage[] {
  const { devices, registration, connection, telemetry } = summary;
  return [
    { name: "planned", count: devices.planned, tone: "waiting", ms: undefined },
    { name: "assigned by DPS", count: devices.assigned, tone: "assigned", ms: registration.ms },
    { name: "connected to a hub", count: devices.connected, tone: "connecting", ms: connection.ms },
    { name: "had a message acknowledged", count: streamed, tone: "streaming", ms: telemetry.ms },
    { name: "still on their way at the end", count: underway, tone: "registering", ms: undefined },
    {
      name: devices.toBeRefused === 0 ? "gave up" : "gave up otherwise",
      count: Math.max(0, devices.failed - refusedAsExpected(summary)),
      tone: "failed",
      ms: undefined,
    },
    ...(devices.toBeRefused === 0
      ? []
      : [
          {
            name: "refused, as the scenario expects",
            count: refusedAsExpected(summary),
            tone: "stopped",
            ms: undefined,
          },
          {
            name: "went another way than expected",
            count: devices.unexpected,
            tone: "failed",
            ms: undefined,
          },
        ]),
  ];
}

/** How many devices got how far, how long each step took, and who did not make it. */
export function Funnel({ data }: { readonly data: ReportData }): JSX.Element {
  const { planned } = data.summary.devices;
  return (
    <Section id="funnel" title="How far the devices got">
      <DataTable
        caption="Distinct devices that reached a state at least once; times of the step that led there, in ms"
        rows={stages(data)}
        columns={[
          { name: "state", cell: ({ name }) => name },
          { name: "devices", isNumber: true, cell: ({ count }) => formatCount(count) },
          { name: "share", isNumber: true, cell: ({ count }) => formatShare(count, planned) },
          {
            name: "of the fleet",
            cell: ({ count, tone }) => (
              <svg class="bar" height="12" aria-hidden="true">
                <rect class="whole" width="100%" height="12" />
                <rect
                  class={`area ${tone}`}
                  width={`${planned === 0 ? 0 : Number(((100 * count) / planned).toFixed(2))}%`}
                  height="12"
                />
              </svg>
            ),
          },
          { name: "p50", isNumber: true, cell: ({ ms }) => formatMsColumn(ms?.p50 ?? null) },
          { name: "p95", isNumber: true, cell: ({ ms }) => formatMsColumn(ms?.p95 ?? null) },
          { name: "max", isNumber: true, cell: ({ ms }) => formatMsColumn(ms?.max ?? null) },
        ]}
      />
      <DataTable
        caption="Devices that did not make it, by what they were told"
        rows={data.keptOut}
        columns={[
          { name: "class", cell: ({ errorClass }) => errorClass },
          { name: "devices", isNumber: true, cell: ({ count }) => formatCount(count) },
          { name: "for example", cell: ({ registrationId }) => <Name of={registrationId} /> },
          { name: "was told", cell: ({ error }) => (error === "" ? NOT_MEASURED : error) },
        ]}
      />
    </Section>
  );
}
