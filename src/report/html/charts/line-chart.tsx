import { scaleLinear, scaleLog } from "d3-scale";
import { area, line } from "d3-shape";
import type { JSX } from "preact";

import { formatRate, formatTickMs, formatTime, formatWholeShare, NOT_MEASURED } from "../format.ts";
import type { ValueTick } from "./chart-frame.tsx";
import { ChartFrame, PLOT_HEIGHT, PLOT_TOP } from "./chart-frame.tsx";
import type { ChartTime } from "./chart-time.ts";
import { percentX, timeAxis, timeX } from "./chart-time.ts";
import { logBounds, logTicks } from "./ticks.ts";
import { TimeOverlay } from "./time-overlay.tsx";

/** How a line is drawn; each differs in dashes too. */
export type Tone = "accent" | "soft" | "ink" | "bad" | "warn" | "good";

export interface LineSeries {
  readonly name: string;
  readonly tone: Tone;
  /** One for each bin; null where nothing was measured. */
  readonly values: readonly (number | null)[];
}

interface ValueAxis {
  readonly y: (value: number) => number;
  readonly ticks: readonly ValueTick[];
  readonly text: (value: number) => string;
}

/** Things a second: from 0, linear. */
function rateAxis(values: readonly number[]): ValueAxis {
  const most = values.reduce((high, value) => Math.max(high, value), 0);
  const y = scaleLinear([0, most === 0 ? 1 : most], [PLOT_HEIGHT, 0]).nice(4);
  const ticks = y.ticks(4).map((tick) => ({ y: y(tick), label: formatRate(tick) }));
  return { y, ticks, text: (value) => `${formatRate(value)}/s` };
}

/** Shares of a whole: from 0, linear, up to the whole at least; more than one core can be used. */
function shareAxis(values: readonly number[]): ValueAxis {
  const most = values.reduce((high, value) => Math.max(high, value), 1);
  const y = scaleLinear([0, most], [PLOT_HEIGHT, 0]).nice(4);
  const ticks = y.ticks(4).map((tick) => ({ y: y(tick), label: formatWholeShare(tick) }));
  return { y, ticks, text: formatWholeShare };
}

/** Latencies, from the least to the most, logarithmic. */
function msAxis(values: readonly number[]): ValueAxis {
  const [low, high] = logBounds(values);
  const y = scaleLog([low, high], [PLOT_HEIGHT, 0]).clamp(true);
  const ticks = logTicks(low, high).map((tick) => ({ y: y(tick), label: formatTickMs(tick) }));
  return { y, ticks, text: formatTickMs };
}

/** By what is drawn: things a second, latencies, shares of a whole. */
const AXES = { rate: rateAxis, ms: msAxis, share: shareAxis } as const;

/** The highest value of a series and when it was. */
function peakOf(
  { values }: LineSeries,
  { bins }: ChartTime,
): { readonly value: number; readonly t: number } | undefined {
  let peak: { value: number; t: number } | undefined;
  for (const [index, value] of values.entries()) {
    if (value === null || (peak !== undefined && value <= peak.value)) continue;
    peak = { value, t: bins[index]?.fromMs ?? 0 };
  }
  return peak;
}

/** Several courses of one quantity. The first one is filled down to the axis where it counts things. */
export function LineChart(props: {
  readonly id: string;
  readonly title: string;
  readonly time: ChartTime;
  readonly quantity: keyof typeof AXES;
  readonly series: readonly LineSeries[];
}): JSX.Element {
  const { id, title, time, quantity, series } = props;
  const measured = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const axis = AXES[quantity](measured);
  const x = timeX(time);
  const middles = time.bins.map(({ fromMs, toMs }) => x((fromMs + toMs) / 2));
  const points = (values: LineSeries["values"]): readonly Point[] =>
    values.map((value, index) => ({
      x: middles[index] ?? 0,
      y: value === null ? null : axis.y(value),
    }));
  const [first] = series;
  const peaks = series.map((each) => ({ name: each.name, peak: peakOf(each, time) }));
  return (
    <ChartFrame
      id={id}
      title={title}
      description={peaks
        .map(({ name, peak }) =>
          peak === undefined
            ? `${name}: nothing was measured.`
            : `${name}: at most ${axis.text(peak.value)}, at ${formatTime(peak.t)}.`,
        )
        .join(" ")}
      legend={series.map(({ name, tone }, index) => {
        const peak = peaks[index]?.peak;
        const most = peak?.value === 0 ? "none" : `max ${axis.text(peak?.value ?? 0)}`;
        const figure = peak === undefined ? NOT_MEASURED : most;
        return { name, tone, kind: "line", figure };
      })}
      xTicks={timeAxis(time)}
      yTicks={axis.ticks}
      paths={
        <>
          {quantity === "rate" && first !== undefined ? (
            <path class={`area ${first.tone}`} d={fill(points(first.values))} />
          ) : null}
          {series.filter(isSeen).map(({ name, tone, values }) => (
            <path key={name} class={`line ${tone}`} d={stroke(points(values))} />
          ))}
        </>
      }
    >
      {series.map(({ name, tone, values }) =>
        points(values)
          .filter(isLonely)
          .map(({ x: at, y }) => (
            <circle
              key={`${name}${at}`}
              class={`dot ${tone}`}
              cx={percentX(at)}
              cy={PLOT_TOP + (y ?? 0)}
              r="2"
            />
          )),
      )}
      <TimeOverlay
        time={time}
        tell={(bin) =>
          series
            .map(({ name, values }) => {
              const value = values[bin] ?? null;
              return `${name} ${value === null ? NOT_MEASURED : axis.text(value)}`;
            })
            .join("\n")
        }
      />
    </ChartFrame>
  );
}

interface Point {
  readonly x: number;
  readonly y: number | null;
}

/** A line that never leaves the axis would but hide it. */
const isSeen = ({ values }: LineSeries): boolean =>
  values.some((value) => value !== null && value > 0);

/** No line goes through a point that has no neighbour. */
const isLonely = ({ y }: Point, index: number, all: readonly Point[]): boolean =>
  y !== null && (all[index - 1]?.y ?? null) === null && (all[index + 1]?.y ?? null) === null;

const isMeasured = ({ y }: Point): boolean => y !== null;

const stroke = (points: readonly Point[]): string =>
  line<Point>(
    (point) => point.x,
    (point) => point.y ?? 0,
  )
    .defined(isMeasured)
    .digits(1)([...points]) ?? "";

const fill = (points: readonly Point[]): string =>
  area<Point>(
    (point) => point.x,
    PLOT_HEIGHT,
    (point) => point.y ?? 0,
  )
    .defined(isMeasured)
    .digits(1)([...points]) ?? "";
