import { scaleLinear } from "d3-scale";
import { area, curveStepBefore, stack } from "d3-shape";
import type { JSX } from "preact";

import type { DeviceState } from "../../../metrics/device-row.ts";
import { DEVICE_STATES } from "../../../metrics/device-row.ts";
import { formatCount } from "../format.ts";
import type { TimeBin } from "../time-bins.ts";
import { ChartFrame, PLOT_HEIGHT } from "./chart-frame.tsx";
import type { ChartTime } from "./chart-time.ts";
import { timeAxis, timeX } from "./chart-time.ts";
import { TimeOverlay } from "./time-overlay.tsx";

/** From the axis upwards: what a fleet should be doing lies below. */
const ORDER: readonly DeviceState[] = [
  "streaming",
  "connecting",
  "assigned",
  "registering",
  "waiting",
  "stopped",
  "reconnecting",
  "failed",
];

/** Devices by state, stacked: the whole is the fleet. */
export function StateChart(props: {
  readonly time: ChartTime;
  readonly bins: readonly TimeBin[];
  readonly planned: number;
}): JSX.Element {
  const { time, bins, planned } = props;
  const x = timeX(time);
  const y = scaleLinear([0, Math.max(1, planned)], [PLOT_HEIGHT, 0]);
  // What is told last is a fleet that was stopped.
  const lived = bins.length > 1 ? bins.slice(0, -1) : bins;
  const most = (state: DeviceState): number =>
    lived.reduce((high, { states }) => Math.max(high, states[state]), 0);
  const used = ORDER.filter((state) => most(state) > 0);
  const [first] = lived;
  // A state is told at the end of its bin, and drawn for the whole of it.
  const drawn = first === undefined ? [] : [{ ...first, toMs: first.fromMs }, ...lived];
  const layers = stack<TimeBin, DeviceState>()
    .keys(used)
    .value(({ states }, state) => states[state])(drawn);
  const shape = area<(typeof layers)[number][number]>()
    .x(({ data }) => x(data.toMs))
    .y0(([low]) => y(low))
    .y1(([, high]) => y(high))
    .curve(curveStepBefore)
    .digits(1);
  return (
    <ChartFrame
      id="states"
      title="Devices by state"
      description={used.map((state) => `${state}: at most ${formatCount(most(state))}.`).join(" ")}
      legend={used.map((state) => ({
        name: state,
        tone: state,
        kind: "area",
        figure: `max ${formatCount(most(state))}`,
      }))}
      xTicks={timeAxis(time)}
      yTicks={y.ticks(4).map((tick) => ({ y: y(tick), label: formatCount(tick) }))}
      paths={layers.map((layer) => (
        <path key={layer.key} class={`area ${layer.key}`} d={shape(layer) ?? ""} />
      ))}
    >
      <TimeOverlay time={time} tell={(bin) => statesText(bins[bin])} />
    </ChartFrame>
  );
}

const statesText = (bin: TimeBin | undefined): string =>
  DEVICE_STATES.filter((state) => (bin?.states[state] ?? 0) > 0)
    .map((state) => `${state} ${formatCount(bin?.states[state] ?? 0)}`)
    .join("\n");
