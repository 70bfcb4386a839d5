import type { JSX } from "preact";

import { formatTime } from "../format.ts";
import { PLOT_HEIGHT, PLOT_TOP } from "./chart-frame.tsx";
import type { ChartTime } from "./chart-time.ts";
import { markLabels, percentX, timeX } from "./chart-time.ts";

/** What lies over every course: phases, the marks with their numbers, and what was measured where one points. */
export function TimeOverlay(props: {
  readonly time: ChartTime;
  /** What to tell of a bin. */
  readonly tell: (bin: number) => string;
}): JSX.Element {
  const { time, tell } = props;
  const x = timeX(time);
  return (
    <>
      {time.phases.map(({ name, atMs }) => (
        <g key={name}>
          <line
            class="phase"
            x1={percentX(x(atMs))}
            x2={percentX(x(atMs))}
            y1={PLOT_TOP}
            y2={PLOT_TOP + PLOT_HEIGHT}
          />
          <text class="phase" x={percentX(x(atMs))} dx="4" y={PLOT_TOP + 11}>
            {name}
          </text>
        </g>
      ))}
      {time.marks.map(({ number, t, isTrouble }) => (
        <line
          key={number}
          class={isTrouble ? "mark trouble" : "mark"}
          x1={percentX(x(t))}
          x2={percentX(x(t))}
          y1={PLOT_TOP - 3}
          y2={PLOT_TOP + PLOT_HEIGHT}
        />
      ))}
      {time.bins.map(({ fromMs, toMs }, index) => (
        <rect
          key={fromMs}
          class="spot"
          x={percentX(x(fromMs))}
          width={percentX(x(toMs) - x(fromMs))}
          y={PLOT_TOP}
          height={PLOT_HEIGHT}
        >
          <title>{`${formatTime(fromMs)}–${formatTime(toMs)}\n${tell(index)}`}</title>
        </rect>
      ))}
      {markLabels(time).map(({ x: at, label, isTrouble, text }) => (
        <text
          key={label}
          class={isTrouble ? "mark trouble" : "mark"}
          x={percentX(at)}
          y={PLOT_TOP - 6}
          text-anchor="middle"
        >
          {label}
          <title>{text}</title>
        </text>
      ))}
    </>
  );
}
