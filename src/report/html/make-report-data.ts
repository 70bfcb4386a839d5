import { FAILURE_CLASSES } from "../../base/failure.ts";
import type { Aggregate } from "../../metrics/aggregate.ts";
import type { HistogramName } from "../../metrics/catalog.ts";
import type { DeviceRow } from "../../metrics/device-row.ts";
import { LATENCIES } from "../../metrics/latencies.ts";
import type { Labels } from "../../metrics/metric-key.ts";
import { failedDevices } from "../../output/failed-devices.ts";
import type { Results } from "../../output/results.ts";
import { runTrouble } from "../../output/run-trouble.ts";
import type {
  AlertFacts,
  FailureFacts,
  PercentileCurve,
  ReportData,
  SlowDevice,
  SplitRow,
} from "./report-data.ts";
import type { Course } from "./run-course.ts";

/** The latencies that are drawn as curves. */
const CURVES = [
  "registration_ms",
  "connection_ms",
  "telemetry_ms",
  "telemetry_delay_ms",
  "reported_ms",
  "twin_action_ms",
] as const satisfies readonly HistogramName[];

/** Devices in each table of the slowest. */
const SLOWEST = 20;

/** What is known of a run at its end, live or recorded. */
export interface ReportSource {
  readonly results: Results;
  readonly aggregate: Aggregate;
  readonly course: Course;
}

/** Puts together what the page shows; pure. */
export function makeReportData({ results, aggregate, course }: ReportSource): ReportData {
  const { rows, summary, exitCode } = results;
  return {
    summary,
    exitCode,
    trouble: runTrouble(results),
    course,
    streamed: rows.filter(({ acked }) => acked > 0).length,
    underway: rows.filter(({ wasConnected, state }) => !wasConnected && state !== "failed").length,
    keptOut: failedDevices(rows),
    latencies: latenciesOf(aggregate),
    curves: CURVES.map((metric) => curveOf(aggregate, metric)),
    hubs: splitBy(aggregate, "hub", []),
    models: splitBy(aggregate, "model", []),
    phases: splitBy(
      aggregate,
      "phase",
      course.plan.phases.map(({ name }) => name),
    ),
    failures: failuresOf(aggregate, course),
    alerts: alertsOf(aggregate),
    faults: aggregate.labelled("faults_begun", "kind"),
    slowest: {
      registration: slowest(rows, (row) => row.registrationMs),
      connection: slowest(rows, (row) => row.connectionMs),
    },
  };
}

const isLatency = (name: string): name is HistogramName => Object.hasOwn(LATENCIES, name);

const latenciesOf = (aggregate: Aggregate): ReportData["latencies"] =>
  Object.keys(LATENCIES)
    .filter(isLatency)
    // How the generator did is told by itself.
    .filter((metric) => metric !== "generator_loop_delay_ms")
    .map((metric) => ({ metric, ms: aggregate.percentiles(metric) }))
    .filter(({ ms }) => ms.count > 0);

/** Points of a curve between two nines: 0, 90, 99 and 99.9 % are equally far apart. */
const POINTS_PER_NINE = 20;
const MOST_NINES = 4;

function curveOf(aggregate: Aggregate, metric: HistogramName): PercentileCurve {
  const { count } = aggregate.percentiles(metric);
  const points: { percentile: number; ms: number }[] = [];
  for (let point = 0; point <= MOST_NINES * POINTS_PER_NINE; point += 1) {
    const above = 10 ** (-point / POINTS_PER_NINE);
    // Above it there must be a value, or the percentile would be but the maximum.
    if (above * count < 1) break;
    const percentile = 100 * (1 - above);
    const ms = aggregate.percentile(metric, percentile);
    if (ms !== null) points.push({ percentile, ms });
  }
  return { metric, count, points };
}

/** @param order of values that stand before all others, those that nothing was measured for too */
function splitBy(
  aggregate: Aggregate,
  label: "hub" | "model" | "phase",
  order: readonly string[],
): readonly SplitRow[] {
  const values = new Set(
    (["registration_assigned", "connection_opened", "telemetry_sent"] as const).flatMap((name) =>
      Object.keys(aggregate.labelled(name, label)),
    ),
  );
  return [...new Set([...order, ...[...values].toSorted()])].map((value): SplitRow => {
    const labels: Labels = { [label]: value };
    return {
      value,
      assigned: aggregate.counter("registration_assigned", labels),
      connected: aggregate.counter("connection_opened", labels),
      sent: aggregate.counter("telemetry_sent", labels),
      acked: aggregate.counter("telemetry_acked", labels),
      registrationMs: aggregate.percentiles("registration_ms", labels),
      connectionMs: aggregate.percentiles("connection_ms", labels),
      telemetryMs: aggregate.percentiles("telemetry_ms", labels),
    };
  });
}

/** What was counted of a class counts, also where no event told of it. */
function failuresOf(aggregate: Aggregate, { failures }: Course): readonly FailureFacts[] {
  const registrations = aggregate.labelled("registration_failed", "class");
  const connections = aggregate.labelled("connection_failed", "class");
  const messages = aggregate.labelled("telemetry_failed", "class");
  const noted = new Map(failures.map((note) => [note.failureClass, note]));
  return FAILURE_CLASSES.flatMap((failureClass): FailureFacts[] => {
    const counts = {
      registrations: registrations[failureClass] ?? 0,
      connections: connections[failureClass] ?? 0,
      messages: messages[failureClass] ?? 0,
    };
    const note = noted.get(failureClass);
    if (note === undefined && Object.values(counts).every((count) => count === 0)) return [];
    const none = { failureClass, attempts: 0, final: 0, lost: 0, examples: [], others: 0 };
    return [{ ...(note ?? none), ...counts }];
  });
}

const alertsOf = ({ alerts }: Aggregate): readonly AlertFacts[] =>
  alerts.names.map((alert) => ({
    alert,
    raised: alerts.raised(alert),
    devices: alerts.devices(alert),
    active: alerts.active(alert),
  }));

/** The devices that took longest, the slowest first. */
function slowest(
  rows: readonly DeviceRow[],
  msOf: (row: DeviceRow) => number | null,
): readonly SlowDevice[] {
  return rows
    .filter((row) => msOf(row) !== null)
    .toSorted((first, second) => (msOf(second) ?? 0) - (msOf(first) ?? 0))
    .slice(0, SLOWEST)
    .map(
      ({
        registrationId,
        model,
        hub,
        state,
        attempts,
        registrationMs,
        connectionMs,
        errorClass,
      }) => ({
        registrationId,
        model,
        hub,
        state,
        attempts,
        registrationMs,
        connectionMs,
        errorClass,
      }),
    );
}
