import { expect, test } from "vitest";
import type { ProcessVerdict } from "../../../../scripts/soak/judge-soak.ts";
import { readSoakOptions } from "../../../../scripts/soak/soak-options.ts";
import type { SoakResult } from "../../../../scripts/soak/soak-text.ts";
import { isPassed, soakText } from "../../../../scripts/soak/soak-text.ts";

const verdict = (name: string, changes: Partial<ProcessVerdict> = {}): ProcessVerdict => ({
  name,
  devices: 500,
  looks: 20,
  slope: { slope: 512, low: -256, high: 1_024 },
  growth: "holds",
  firstBytes: 30 * 1_048_576,
  lastBytes: 31 * 1_048_576,
  firstRssBytes: 90 * 1_048_576,
  lastRssBytes: 95 * 1_048_576,
  grown: [],
  ...changes,
});

function result(changes: Partial<SoakResult> = {}, args: readonly string[] = []): SoakResult {
  const options = readSoakOptions(args);
  if (options === undefined) throw new TypeError("no options");
  return {
    options,
    exitCode: 0,
    series: [],
    missedMs: [],
    reconnects: 470,
    out: "runs/soak-1",
    printedTail: "",
    verdicts: ["emulator", "supervisor", "worker 0"].map((name) => verdict(name)),
    ...changes,
  };
}

/** What is said to be wrong, each in its line. */
const troublesOf = (changes: Partial<SoakResult>, args?: readonly string[]): readonly string[] => {
  const soaked = result(changes, args);
  const lines = soakText(soaked).split("\n");
  expect(isPassed(soaked)).toBe(false);
  expect(lines).toContain("failed");
  return lines.filter((line) => line.startsWith("- "));
};

const withLast = (changes: Partial<ProcessVerdict>): Partial<SoakResult> => ({
  verdicts: [verdict("emulator"), verdict("supervisor"), verdict("worker 0", changes)],
});

test("a soak in which nothing grows tells each process and has passed", () => {
  const text = soakText(result());
  expect(isPassed(result())).toBe(true);
  expect(text).toContain("soak: 500 devices, 20m, 470 reconnects, judged over 141.7 device-hours");
  expect(text).toMatch(/^✓ worker 0 +500 +20 +0\.50 KiB +-0\.25 KiB to 1\.00 KiB +30\.0 -> 31\.0/m);
  expect(text).toContain("passed: no process grows by 2KiB a device-hour, and no count does");
  expect(text.endsWith("results: runs/soak-1\n")).toBe(true);
});

test("growth is told by process and slope, in the unit of the limit", () => {
  const grows = withLast({ growth: "grows", slope: { slope: 3_072, low: 2_560, high: 3_584 } });
  expect(troublesOf(grows)).toEqual(["- worker 0 grows by 3.00 KiB a device-hour, more than 2KiB"]);
  expect(troublesOf(grows, ["--limit", "768B/reconnect"])).toEqual([
    "- worker 0 grows by 3.00 KiB a reconnect, more than 768B",
  ]);
  expect(soakText(result(grows))).toContain("✗ worker 0");
});

test("a soak that does not tell has not passed", () => {
  const slope = { slope: 1_024, low: -1_024, high: 3_072 };
  expect(troublesOf(withLast({ growth: "unsure", slope }))).toEqual([
    "- worker 0: its growth is -1.00 KiB to 3.00 KiB a device-hour; whether above or below 2KiB it does not tell",
  ]);
  expect(troublesOf(withLast({ grown: undefined }))).toEqual([
    "- worker 0 was not counted at both ends",
  ]);
  expect(troublesOf({ missedMs: [90_000] })).toEqual(["- no look at 90s"]);
});

test("counts that are higher than they were are told with both", () => {
  const grown = [{ name: "listeners Socket error", before: 1, after: 20 }];
  expect(troublesOf(withLast({ grown }))).toEqual([
    "- worker 0 holds more than it held: listeners Socket error 1 -> 20",
  ]);
});

test("a process that was lost on the way, or never came, is told", () => {
  expect(troublesOf(withLast({ looks: 3 }))).toEqual([
    "- processes were not there all the time: worker 0",
  ]);
  const verdicts = [verdict("emulator"), verdict("supervisor")];
  expect(troublesOf({ verdicts })[0]).toMatch(/^- processes were not there/);
});

test("a run that failed has not passed, whatever it held", () => {
  expect(troublesOf({ exitCode: 99 })).toEqual(["- the run ended with exit code 99"]);
});
