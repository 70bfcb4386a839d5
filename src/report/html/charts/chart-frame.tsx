import type { ComponentChildren, JSX } from "preact";

import { percentX, PLOT_WIDTH } from "./chart-time.ts";

/** Rows of pixels: numbers of marks, the plot, labels of the axis. */
export const PLOT_TOP = 18;
export const PLOT_HEIGHT = 150;
const PLOT_BOTTOM = PLOT_TOP + PLOT_HEIGHT;
const AXIS_HEIGHT = 20;

/** A label beside the plot; `y` in pixels from its top. */
export interface ValueTick {
  readonly y: number;
  readonly label: string;
}

export interface LegendEntry {
  readonly name: string;
  /** The class that draws the series. */
  readonly tone: string;
  readonly kind: "line" | "area";
  /** Its most telling figure. */
  readonly figure?: string | undefined;
}

/** A sample of how a series is drawn, and its name: colour never tells it alone. */
function Legend({ entries }: { readonly entries: readonly LegendEntry[] }): JSX.Element {
  return (
    <ul class="legend">
      {entries.map(({ name, tone, kind, figure }) => (
        <li key={name}>
          <svg width="22" height="10" aria-hidden="true">
            {kind === "line" ? (
              <line class={`line ${tone}`} x1="1" x2="21" y1="5" y2="5" />
            ) : (
              <rect class={`area ${tone}`} width="22" height="10" />
            )}
          </svg>
          {name}
          {figure === undefined ? null : <span class="figure">{figure}</span>}
        </li>
      ))}
    </ul>
  );
}

/**
 * A chart as wide as its place: paths are stretched, texts are not. Its left labels stand before the plot.
 *
 * @param props `id` is unique on the page; `paths` are in units of the plot, `children` in percent and pixels of the whole
 */
export function ChartFrame(props: {
  readonly id: string;
  readonly title: string;
  /** What it shows, for those who do not see it. */
  readonly description: string;
  readonly legend: readonly LegendEntry[];
  readonly xTicks: readonly { readonly x: number; readonly label: string }[];
  readonly yTicks: readonly ValueTick[];
  readonly paths: ComponentChildren;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const { id, title, description, legend, xTicks, yTicks, paths, children } = props;
  return (
    <figure class="chart">
      <figcaption>
        <span class="name">{title}</span>
        <Legend entries={legend} />
      </figcaption>
      <svg
        class="plot"
        height={PLOT_BOTTOM + AXIS_HEIGHT}
        role="img"
        aria-labelledby={`${id}-title ${id}-desc`}
      >
        <title id={`${id}-title`}>{title}</title>
        <desc id={`${id}-desc`}>{description}</desc>
        {yTicks.map(({ y, label }) => (
          <g key={label}>
            <line class="grid" x1="0" x2="100%" y1={PLOT_TOP + y} y2={PLOT_TOP + y} />
            <text class="tick" x="-6" y={PLOT_TOP + y + 4} text-anchor="end">
              {label}
            </text>
          </g>
        ))}
        {xTicks.map(({ x, label }) => (
          <g key={label}>
            <line class="grid" x1={percentX(x)} x2={percentX(x)} y1={PLOT_TOP} y2={PLOT_BOTTOM} />
            <text class="tick" x={percentX(x)} y={PLOT_BOTTOM + 15} text-anchor="middle">
              {label}
            </text>
          </g>
        ))}
        <svg
          y={PLOT_TOP}
          width="100%"
          height={PLOT_HEIGHT}
          viewBox={`0 0 ${PLOT_WIDTH} ${PLOT_HEIGHT}`}
          preserveAspectRatio="none"
          overflow="visible"
        >
          {paths}
        </svg>
        {children}
      </svg>
    </figure>
  );
}
