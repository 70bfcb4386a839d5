import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import type { JSX } from "preact";

import { countOf, formatTickMs } from "../format.ts";
import { metricTitle } from "../metric-titles.ts";
import type { PercentileCurve } from "../report-data.ts";
import { ChartFrame, PLOT_HEIGHT, PLOT_TOP } from "./chart-frame.tsx";
import { percentX, PLOT_WIDTH } from "./chart-time.ts";
import type { Tone } from "./line-chart.tsx";
import { logBounds, logTicks } from "./ticks.ts";

/** Where the axis is labelled, in percent. */
const TICKS = [0, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99];
const TONES: readonly Tone[] = ["accent", "ink", "soft", "good", "warn", "bad"];

/** How many nines a percentile has: 90 % is 1, 99 % is 2. */
const nines = (percentile: number): number => -Math.log10(1 - percentile / 100);

/** Latencies over percentiles, on axes that give the slow ones the room: each nine is as wide as the one before. */
export function PercentileChart(props: {
  readonly curves: readonly PercentileCurve[];
}): JSX.Element {
  const curves = props.curves.filter(({ points }) => points.length > 0);
  const reached = curves.flatMap(({ points }) => points.map(({ percentile }) => percentile));
  const most = Math.max(90, ...reached);
  const x = scaleLinear([0, nines(most)], [0, PLOT_WIDTH]);
  const [low, high] = logBounds(curves.flatMap(({ points }) => points.map(({ ms }) => ms)));
  const y = scaleLog([low, high], [PLOT_HEIGHT, 0]).clamp(true);
  const shape = line<PercentileCurve["points"][number]>(
    ({ percentile }) => x(nines(percentile)),
    ({ ms }) => y(ms),
  ).digits(1);
  return (
    <ChartFrame
      id="percentiles"
      title="Latency by percentile"
      description={curves
        .map(({ metric, count, points }) => {
          const last = points.at(-1);
          const value = last === undefined ? "" : formatTickMs(last.ms);
          const at = last === undefined ? "" : formatPercentile(last.percentile);
          return `${metricTitle(metric)}: ${countOf(count, "value")}, up to ${value} at p${at}.`;
        })
        .join(" ")}
      legend={curves.map(({ metric, count }, index) => ({
        name: metricTitle(metric),
        tone: TONES[index] ?? "ink",
        kind: "line",
        figure: countOf(count, "value"),
      }))}
      xTicks={TICKS.filter((tick) => tick <= most + 1e-9).map((tick) => ({
        x: x(nines(tick)),
        label: tick === 0 ? "min" : `p${tick}`,
      }))}
      yTicks={logTicks(low, high).map((tick) => ({ y: y(tick), label: formatTickMs(tick) }))}
      paths={curves.map(({ metric, points }, index) => (
        <path key={metric} class={`line ${TONES[index] ?? "ink"}`} d={shape([...points]) ?? ""} />
      ))}
    >
      {curves.map(({ metric, points }) =>
        points.map(({ percentile, ms }) => (
          <circle
            key={`${metric}${percentile}`}
            class="spot"
            cx={percentX(x(nines(percentile)))}
            cy={PLOT_TOP + y(ms)}
            r="5"
          >
            <title>{`${metricTitle(metric)} p${formatPercentile(percentile)}: ${formatTickMs(ms)}`}</title>
          </circle>
        )),
      )}
    </ChartFrame>
  );
}

const formatPercentile = (percentile: number): string => String(Number(percentile.toFixed(2)));
