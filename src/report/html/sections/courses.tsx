import type { JSX } from "preact";

import type { BinnedCounter, BinnedLatency } from "../binned-metrics.ts";
import { BINNED_LATENCIES } from "../binned-metrics.ts";
import { chartTime } from "../charts/chart-time.ts";
import type { LineSeries } from "../charts/line-chart.tsx";
import { LineChart } from "../charts/line-chart.tsx";
import { StateChart } from "../charts/state-chart.tsx";
import { formatCount, formatTime } from "../format.ts";
import { metricTitle } from "../metric-titles.ts";
import type { ReportData } from "../report-data.ts";
import { Section } from "../section.tsx";
import { DataTable } from "../table.tsx";
import type { TimeBin } from "../time-bins.ts";

/** Rates that are drawn together. */
const RATES: readonly {
  readonly id: string;
  readonly title: string;
  readonly series: readonly {
    readonly counter: BinnedCounter;
    readonly name: string;
    readonly tone: LineSeries["tone"];
  }[];
}[] = [
  {
    id: "registration-rate",
    title: "Registrations a second",
    series: [
      { counter: "registration_assigned", name: "assigned", tone: "accent" },
      { counter: "registration_attempts", name: "attempts", tone: "ink" },
      { counter: "throttled", name: "throttled", tone: "warn" },
      { counter: "registration_failed", name: "failed", tone: "bad" },
    ],
  },
  {
    id: "connection-rate",
    title: "Hub connections a second",
    series: [
      { counter: "connection_opened", name: "opened", tone: "accent" },
      { counter: "connection_lost", name: "lost", tone: "warn" },
      { counter: "connection_failed", name: "failed", tone: "bad" },
    ],
  },
  {
    id: "message-rate",
    title: "Telemetry messages a second",
    series: [
      { counter: "telemetry_acked", name: "acknowledged", tone: "accent" },
      { counter: "telemetry_sent", name: "due", tone: "ink" },
      { counter: "telemetry_failed", name: "failed", tone: "bad" },
    ],
  },
];

/** The rate that an adaptive arrival had at the end of each bin; no line where there was none. */
function arrivalSeries({ arrival, bins }: ReportData["course"]): readonly LineSeries[] {
  if (arrival.length === 0) return [];
  const values = bins.map(({ toMs }) => arrival.findLast(({ t }) => t <= toMs)?.ratePerS ?? null);
  return [{ name: "rate of the arrival, at most", tone: "soft", values }];
}

/** Workers tell once a second. */
const TELL_MS = 1_000;

/**
 * How often a second within each bin. At the end workers tell all that they have, more than what a last short bin is
 * the time of: its rate would be none.
 */
function ratesIn(bins: readonly TimeBin[], counter: BinnedCounter): LineSeries["values"] {
  return bins.map(({ fromMs, toMs, counts }, index) => {
    const isCut = index === bins.length - 1 && index > 0 && toMs - fromMs < 2 * TELL_MS;
    return isCut || toMs <= fromMs ? null : (1_000 * counts[counter]) / (toMs - fromMs);
  });
}

function latencySeries(bins: readonly TimeBin[], metric: BinnedLatency): readonly LineSeries[] {
  const of = (name: "p50" | "p95" | "p99"): LineSeries["values"] =>
    bins.map(({ latencies }) => latencies[metric][name]);
  return [
    { name: "p50", tone: "accent", values: of("p50") },
    { name: "p95", tone: "ink", values: of("p95") },
    { name: "p99", tone: "soft", values: of("p99") },
  ];
}

/** Rates, states and latencies over time, under the marks of the timeline. */
export function Courses({ data }: { readonly data: ReportData }): JSX.Element {
  const { course, summary } = data;
  const { bins } = course;
  const time = chartTime(course);
  if (time === undefined) {
    return (
      <Section id="time" title="Over time">
        <p>Nothing was measured over time: the run ended before its devices began.</p>
      </Section>
    );
  }
  const seen = (metric: BinnedLatency): boolean =>
    bins.some(({ latencies }) => latencies[metric].count > 0);
  return (
    <Section id="time" title="Over time">
      <p class="note">
        {`Minutes and seconds since the first device was due. Each point is what was measured within ${formatCount(course.binMs / 1_000)} s; where nothing was, lines have gaps. Numbers above the charts are the marks in the table below them.`}
      </p>
      <div class="charts">
        <StateChart time={time} bins={bins} planned={summary.devices.planned} />
        {RATES.map(({ id, title, series }) => (
          <LineChart
            key={id}
            id={id}
            title={title}
            time={time}
            quantity="rate"
            series={[
              ...series.map(({ counter, name, tone }) => ({
                name,
                tone,
                values: ratesIn(bins, counter),
              })),
              ...(id === "registration-rate" ? arrivalSeries(course) : []),
            ]}
          />
        ))}
        {BINNED_LATENCIES.filter(seen).map((metric) => (
          <LineChart
            key={metric}
            id={metric}
            title={`${metricTitle(metric)}: latency`}
            time={time}
            quantity="ms"
            series={latencySeries(bins, metric)}
          />
        ))}
      </div>
      <DataTable
        caption="Marks: the timeline, and what went wrong for all to see"
        rows={time.marks}
        columns={[
          { name: "mark", isNumber: true, cell: ({ number }) => number },
          { name: "time", isNumber: true, cell: ({ t }) => formatTime(t, { tenths: true }) },
          {
            name: "until",
            isNumber: true,
            cell: ({ untilMs }) =>
              untilMs === undefined ? "" : formatTime(untilMs, { tenths: true }),
          },
          { name: "kind", cell: ({ kind }) => kind },
          { name: "what", cell: ({ text }) => <bdi>{text}</bdi> },
        ]}
      />
    </Section>
  );
}
