import { scaleLinear } from "d3-scale";

import type { Phase } from "../../../metrics/phases.ts";
import { formatTime } from "../format.ts";
import type { Course } from "../run-course.ts";
import type { TimeMark } from "../run-marks.ts";
import { timeTicks } from "./ticks.ts";

/** Units across a plot; a hundredth of them is a percent of its width, whatever that is in pixels. */
export const PLOT_WIDTH = 1_000;

/** A mark with the number that courses show for it. */
export interface NumberedMark extends TimeMark {
  readonly number: number;
}

/** The axis that all courses share. */
export interface ChartTime {
  readonly endMs: number;
  readonly bins: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly marks: readonly NumberedMark[];
  /** Named parts of the run, each until the next. */
  readonly phases: readonly Phase[];
}

/** The axis of a run; undefined where nothing was measured over time. */
export function chartTime({ plan, bins, marks }: Course): ChartTime | undefined {
  const endMs = bins.at(-1)?.toMs ?? 0;
  if (endMs <= 0) return undefined;
  const numbered = marks.map((mark, index) => ({ ...mark, number: index + 1 }));
  return { endMs, bins, marks: numbered, phases: plan.phases.filter(({ atMs }) => atMs < endMs) };
}

/** Where a time is, in units of the plot. */
export function timeX({ endMs }: Pick<ChartTime, "endMs">): (ms: number) => number {
  return scaleLinear([0, endMs], [0, PLOT_WIDTH]).clamp(true);
}

/** A place across the plot as SVG has it in percent: texts and lines keep their size at any width. */
export const percentX = (x: number): string => `${Number(((100 * x) / PLOT_WIDTH).toFixed(2))}%`;

/** The labels of the axis. */
export const timeAxis = (
  time: ChartTime,
): readonly { readonly x: number; readonly label: string }[] => {
  const x = timeX(time);
  return timeTicks(time.endMs).map((tick) => ({ x: x(tick), label: formatTime(tick) }));
};

/** Marks whose numbers would stand on each other share one: `2–4`. */
export interface MarkLabel {
  readonly x: number;
  readonly label: string;
  readonly isTrouble: boolean;
  readonly text: string;
}

/** As near as this the numbers of two marks would touch on a small screen. */
const NEAR = 45;

/** The numbers above the plot, from left to right. */
export function markLabels(time: ChartTime): readonly MarkLabel[] {
  const x = timeX(time);
  const groups: NumberedMark[][] = [];
  for (const mark of time.marks) {
    const group = groups.at(-1);
    if (group?.[0] !== undefined && x(mark.t) - x(group[0].t) < NEAR) group.push(mark);
    else groups.push([mark]);
  }
  return groups.flatMap((group) => {
    const [first, last] = [group[0], group.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [
      {
        x: x(first.t),
        label: group.length === 1 ? `${first.number}` : `${first.number}–${last.number}`,
        isTrouble: group.some(({ isTrouble }) => isTrouble),
        text: group
          .map(({ number, t, text }) => `${number}: ${formatTime(t, { tenths: true })} ${text}`)
          .join("\n"),
      },
    ];
  });
}
