import type { ThresholdResult } from "./summary.ts";

/** Decimals that are shown: latencies are kept to the microsecond, a share may be that of one device in a million. */
const decimalsOf = (unit: string): number => (unit === "ms" ? 3 : 6);

/**
 * What a threshold was held against: `3212.4 ms`, `no sample`, `cannot be measured in this run`; and when it ended the
 * run, where it did; and what is odd about the threshold itself.
 */
export function observedText(result: ThresholdResult): string {
  const { abortedAtS, hint } = result;
  const ended =
    abortedAtS === undefined ? "" : ` at ${abortedAtS.toFixed(1)} s, which ended the run`;
  return `${valueText(result)}${ended}${hint === undefined ? "" : `; ${hint}`}`;
}

function valueText({ observed, unit, passed }: ThresholdResult): string {
  if (observed === null) return passed === null ? "cannot be measured in this run" : "no sample";
  const shown = unit === "" || unit === "1" ? "" : ` ${unit}`;
  return `${Number(observed.toFixed(decimalsOf(unit)))}${shown}`;
}

/** Why a threshold failed, in a line: what was expected and what was found. */
export const failedText = (result: ThresholdResult): string =>
  `expected ${result.expression}, ${result.observed === null ? "got" : "observed"} ${observedText(result)}`;
