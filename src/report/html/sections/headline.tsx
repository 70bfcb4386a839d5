import type { JSX } from "preact";

import { decidingDevices } from "../../../output/unexpected-devices.ts";
import { formatMs } from "../../../output/format-ms.ts";
import { countOf, formatCount, formatDate, formatShare, NOT_MEASURED } from "../format.ts";
import type { ReportData } from "../report-data.ts";
import { Name } from "../section.tsx";
import type { Verdict } from "../../../output/summary.ts";

const MARKS: Readonly<Record<Verdict, string>> = { passed: "✓", failed: "✗", interrupted: "!" };

/** Why the verdict is what it is, in a line. */
function reason({ trouble, summary }: ReportData): string {
  if (trouble !== undefined) return trouble.message;
  const [strict] = summary.strict ?? [];
  const failed = summary.thresholds.filter(({ passed }) => passed === false).length;
  const open = summary.thresholds.filter(({ passed }) => passed === null).length;
  const whole = countOf(summary.thresholds.length, "threshold");
  if (failed > 0) return `${formatCount(failed)} of ${whole} failed`;
  const unexpected = decidingDevices(summary).reduce((sum, { count }) => sum + count, 0);
  if (failed === 0 && unexpected > 0) {
    return `${countOf(unexpected, "device")} went another way than the scenario expects`;
  }
  if (strict !== undefined) return `failed because of --strict: ${strict.text}`;
  const held =
    open === 0
      ? `all of ${whole} hold`
      : `${formatCount(open)} of ${whole} could not be measured, the others hold`;
  return summary.thresholds.length === 0 ? "the run had no thresholds" : held;
}

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

/** What one wants to know first. */
function figures({ summary }: ReportData): readonly Figure[] {
  const { devices, registration, connection, telemetry, ledger } = summary;
  return [
    {
      name: "connected",
      value: formatCount(devices.connected),
      note: `of ${countOf(devices.planned, "device")}, ${formatShare(devices.connected, devices.planned)}`,
    },
    {
      name: "registration p95",
      value: formatMs(registration.ms.p95),
      note: `median ${formatMs(registration.ms.p50)}`,
    },
    {
      name: "connection p95",
      value: formatMs(connection.ms.p95),
      note: `median ${formatMs(connection.ms.p50)}`,
    },
    {
      name: "telemetry p95",
      value: formatMs(telemetry.ms.p95),
      note: `median ${formatMs(telemetry.ms.p50)}`,
    },
    {
      name: "acknowledged",
      value: formatCount(telemetry.acked),
      note: `of ${countOf(telemetry.sent, "message")}`,
    },
    {
      name: "missing",
      value: ledger === null ? NOT_MEASURED : formatCount(ledger.missing),
      note: ledger === null ? "not measured" : `of ${formatCount(ledger.acked)} acknowledged`,
    },
    {
      name: "throttled",
      value: formatCount(registration.throttled),
      note: `of ${countOf(registration.attempts, "registration")}`,
    },
  ];
}

/** The top of the page: what was run, the verdict, the figures that matter most. */
export function Headline({ data }: { readonly data: ReportData }): JSX.Element {
  const { summary, exitCode } = data;
  const { run, verdict, devices } = summary;
  return (
    <header>
      <p class="product">dps-fleet · report of a run</p>
      <h1>
        <Name of={run.scenario} />
      </h1>
      <p class="facts">
        {`${countOf(devices.planned, "device")} against ${run.target} · ${formatDate(run.startedAt)} · ${formatCount(run.durationS)} s · dps-fleet ${run.version}`}
      </p>
      <p class={`verdict ${verdict}`}>
        <strong>
          <span aria-hidden="true">{`${MARKS[verdict]} `}</span>
          {verdict}
        </strong>
        <span>{`${reason(data)} · exit code ${exitCode}`}</span>
      </p>
      <dl class="figures">
        {figures(data).map(({ name, value, note }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
            <dd class="note">{note}</dd>
          </div>
        ))}
      </dl>
    </header>
  );
}
