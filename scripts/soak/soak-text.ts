import { formatDuration, formatSize } from "../../src/base/units.ts";
import type { ProcessVerdict } from "./judge-soak.ts";
import type { Soaked } from "./run-soak.ts";
import type { Limit, SoakOptions } from "./soak-options.ts";

/** All that a soak found. */
export interface SoakResult extends Soaked {
  readonly options: SoakOptions;
  readonly verdicts: readonly ProcessVerdict[];
}

/** What a run has: two services' emulator, a supervisor and at least one worker. */
const PROCESSES_MIN = 3;

export function isPassed(result: SoakResult): boolean {
  return result.exitCode === 0 && troublesOf(result).length === 0;
}

/** What was found, as a table, each trouble with its mend. */
export function soakText(result: SoakResult): string {
  const { options, verdicts, reconnects, out } = result;
  const { devices, durationMs, warmUpMs, limit } = options;
  const hours = ((durationMs - warmUpMs) / 3_600_000) * devices;
  const troubles = troublesOf(result);
  const head = [
    `soak: ${devices} devices, ${formatDuration(durationMs)}, ${reconnects} reconnects, ` +
      `judged over ${hours.toFixed(1)} device-hours after ${formatDuration(warmUpMs)}`,
    `  ${row("process", "devices", "looks", `growth a ${limit.per}`, "95 % of it", "heap + external", "resident")}`,
  ];
  const rows = verdicts.map((verdict) => {
    const { name, devices: own, looks, slope, growth } = verdict;
    const { firstBytes, lastBytes, firstRssBytes, lastRssBytes } = verdict;
    const mark = growth === "holds" ? "✓" : "✗";
    return `${mark} ${row(
      name,
      String(own),
      String(looks),
      kibibytes(slope.slope),
      `${kibibytes(slope.low)} to ${kibibytes(slope.high)}`,
      `${mebibytes(firstBytes)} -> ${mebibytes(lastBytes)}`,
      `${mebibytes(firstRssBytes)} -> ${mebibytes(lastRssBytes)}`,
    )}`;
  });
  const passed = isPassed(result);
  const found = troubles.map(({ what, mend }) => `- ${what}\n  → ${mend}`);
  const end = passed
    ? `passed: no process grows by ${limitText(limit)}, and no count does`
    : "failed";
  return `${[...head, ...rows, "", ...found, end, `results: ${out}`].join("\n")}\n`;
}

interface Trouble {
  readonly what: string;
  readonly mend: string;
}

function troublesOf({ exitCode, verdicts, missedMs, options, out }: SoakResult): Trouble[] {
  const run: Trouble[] =
    exitCode === 0
      ? []
      : [{ what: `the run ended with exit code ${exitCode}`, mend: `see ${out}` }];
  const looks = Math.max(0, ...verdicts.map((verdict) => verdict.looks));
  const gone = verdicts.filter((verdict) => verdict.looks < looks);
  const short: Trouble[] =
    verdicts.length < PROCESSES_MIN || gone.length > 0
      ? [
          {
            what: `processes were not there all the time: ${gone.map(({ name }) => name).join(", ")}`,
            mend: `see events "worker" in ${out}/run.ndjson`,
          },
        ]
      : [];
  const missed: Trouble[] =
    missedMs.length === 0
      ? []
      : [
          {
            what: `no look at ${missedMs.map((ms) => formatDuration(ms)).join(", ")}`,
            mend: `the machine was too busy to look in time, or devices did not return: see ${out}/run.ndjson; a longer --interval`,
          },
        ];
  return [...run, ...short, ...missed, ...verdicts.flatMap((of) => troublesIn(of, options))];
}

function troublesIn(verdict: ProcessVerdict, { limit }: SoakOptions): Trouble[] {
  const { name, growth, slope, grown } = verdict;
  const troubles: Trouble[] = [];
  if (grown === undefined) {
    troubles.push({
      what: `${name} was not counted at both ends`,
      mend: "the machine was too busy to look in time: a longer --interval, or fewer devices",
    });
  } else if (grown.length > 0) {
    const counts = grown.map(({ name: of, before, after }) => `${of} ${before} -> ${after}`);
    troubles.push({
      what: `${name} holds more than it held: ${counts.join(", ")}`,
      mend: "whoever makes them must let go of them when a connection ends",
    });
  }
  if (growth === "grows") {
    troubles.push({
      what: `${name} grows by ${kibibytes(slope.slope)} a ${limit.per}, more than ${formatSize(limit.bytes)}`,
      mend: "compare its heap at the begin and at the end: --heap-snapshots DIR, and Memory in Chrome's DevTools",
    });
  } else if (growth === "unsure") {
    troubles.push({
      what: `${name}: its growth is ${kibibytes(slope.low)} to ${kibibytes(slope.high)} a ${limit.per}; whether above or below ${formatSize(limit.bytes)} it does not tell`,
      mend: "soak for longer, or with more devices",
    });
  }
  return troubles;
}

const limitText = ({ bytes, per }: Limit): string => `${formatSize(bytes)} a ${per}`;

const WIDTHS = [11, 8, 6, 21, 24, 22, 22];
const row = (...cells: readonly string[]): string =>
  cells
    .map((cell, at) => (at === 0 ? cell.padEnd(WIDTHS[at] ?? 0) : cell.padStart(WIDTHS[at] ?? 0)))
    .join(" ");

const kibibytes = (bytes: number): string => `${(bytes / 1_024).toFixed(2)} KiB`;
const mebibytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1);
