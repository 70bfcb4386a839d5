import { scaleLog } from "d3-scale";
import { line } from "d3-shape";
import type { JSX } from "preact";

import type { TwinActionResult } from "../../../output/twin-summary.ts";
import { countOf, formatCount, formatTickMs } from "../format.ts";
import { ChartFrame, PLOT_HEIGHT, PLOT_TOP } from "./chart-frame.tsx";
import { percentX, PLOT_WIDTH } from "./chart-time.ts";
import type { Tone } from "./line-chart.tsx";
import { logBounds, logTicks } from "./ticks.ts";

const SERIES = [
  { name: "p50", tone: "accent" },
  { name: "p95", tone: "ink" },
  { name: "max", tone: "warn" },
] as const satisfies readonly { readonly name: "p50" | "p95" | "max"; readonly tone: Tone }[];

interface Point {
  readonly selected: number;
  readonly action: string;
  readonly ms: TwinActionResult["ms"];
}

/** From the patch to the acknowledged reported value over the number of devices: a point for each action; nothing where all are of one size. */
export function FanOutChart(props: {
  readonly actions: readonly TwinActionResult[];
}): JSX.Element | null {
  const points = props.actions
    .filter(({ ms }) => ms.count > 0)
    .map(({ selected, name, at, ms }): Point => ({ selected, action: name ?? at, ms }))
    .toSorted((a, b) => a.selected - b.selected);
  if (new Set(points.map(({ selected }) => selected)).size < 2) return null;
  const [fewest, most] = logBounds(points.map(({ selected }) => selected));
  const [low, high] = logBounds(
    points.flatMap(({ ms }) => SERIES.map(({ name }) => ms[name] ?? 0)),
  );
  const x = scaleLog([fewest, most], [0, PLOT_WIDTH]).clamp(true);
  const y = scaleLog([low, high], [PLOT_HEIGHT, 0]).clamp(true);
  const shape = (name: "p50" | "p95" | "max"): string =>
    line<Point>(
      ({ selected }) => x(selected),
      ({ ms }) => y(ms[name] ?? low),
    ).digits(1)([...points]) ?? "";
  return (
    <ChartFrame
      id="fan-out"
      title="Fan-out: patch to acknowledged, by the number of devices"
      description={points
        .map(
          ({ selected, ms }) =>
            `${countOf(selected, "device")}: ${SERIES.map(({ name }) => `${name} ${formatTickMs(ms[name] ?? 0)}`).join(", ")}.`,
        )
        .join(" ")}
      legend={SERIES.map(({ name, tone }) => ({ name, tone, kind: "line" }))}
      xTicks={logTicks(fewest, most).map((tick) => ({ x: x(tick), label: formatCount(tick) }))}
      yTicks={logTicks(low, high).map((tick) => ({ y: y(tick), label: formatTickMs(tick) }))}
      paths={SERIES.map(({ name, tone }) => (
        <path key={name} class={`line ${tone}`} d={shape(name)} />
      ))}
    >
      {points.map(({ selected, action, ms }, index) =>
        SERIES.map(({ name, tone }) => (
          <circle
            key={`${index}${name}`}
            class={`dot ${tone}`}
            cx={percentX(x(selected))}
            cy={PLOT_TOP + y(ms[name] ?? low)}
            r="3.5"
          >
            <title>{`${action}, ${countOf(selected, "device")}: ${name} ${formatTickMs(ms[name] ?? 0)}`}</title>
          </circle>
        )),
      )}
    </ChartFrame>
  );
}
