import { FleetError, messageOf } from "../base/errors.ts";
import type { Problem } from "../base/errors.ts";

/** What `doctor` looks at, in the order in which it is told. */
export const AREAS = [
  "node",
  "scenario",
  "files",
  "limits",
  "identities",
  "DNS",
  "mqtt",
  "mqtt-ws",
  "TLS",
  "clock",
  "DPS",
  "hub",
  "enrollment",
] as const;
export type Area = (typeof AREAS)[number];

/** One line of `doctor`. */
export interface Finding {
  readonly area: Area;
  /** `fail`: a run would fail by it; `warn`: it may, or will soon. */
  readonly state: "ok" | "warn" | "fail";
  /** What was looked at and what was found. Never a secret. */
  readonly what: string;
  /** What to change; undefined where nothing is to. */
  readonly mend?: string | undefined;
}

export const ok = (area: Area, what: string): Finding => ({ area, state: "ok", what });
export const warn = (area: Area, what: string, mend: string): Finding => ({
  area,
  state: "warn",
  what,
  mend,
});
export const fail = (area: Area, what: string, mend?: string): Finding => ({
  area,
  state: "fail",
  what,
  mend,
});

/** Each problem as a line. */
export const ofProblems = (
  area: Area,
  state: "warn" | "fail",
  problems: readonly Problem[],
): readonly Finding[] =>
  problems.map(({ place, message, hint }) => ({
    area,
    state,
    what: `${place}: ${message}`,
    mend: hint,
  }));

/** An expected failure as lines; anything else is a bug and thrown again. */
export function ofError(area: Area, error: unknown): readonly Finding[] {
  if (!(error instanceof FleetError) || error.code === "INTERRUPTED") throw error;
  if (error.problems.length === 0) return [fail(area, messageOf(error), error.hint)];
  return error.problems.map(({ place, message, hint }) =>
    fail(area, `${place}: ${message}`, hint ?? error.hint),
  );
}
