/** The exit code that each expected failure ends the process with; `docs/errors.md` lists the same codes. */
export const EXIT_CODES = {
  USAGE: 2,
  SCENARIO_INVALID: 2,
  FILE_INVALID: 2,
  CERTIFICATE_INVALID: 2,
  FOREIGN_FILE: 2,
  DATA_IN_USE: 2,
  ADDRESS_IN_USE: 3,
  UNREACHABLE: 3,
  REFUSED: 3,
  NOTHING_PROVISIONED: 3,
  WORKER_LOST: 4,
  THRESHOLD_FAILED: 99,
  INTERRUPTED: 130,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

/** One thing that is wrong with an input, at its place (`fleet[0].telemetry.interval`, a path, a flag). */
export interface Problem {
  readonly place: string;
  /** What was expected and what was found. */
  readonly message: string;
  /** What to change, where we know it. */
  readonly hint?: string | undefined;
}

export interface FleetErrorOptions {
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  readonly problems?: readonly Problem[] | undefined;
}

/** An expected failure. `code` is stable; `hint` tells the operator what to change; `problems` lists every fault found. */
export class FleetError extends Error {
  override readonly name = "FleetError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, message: string, options: FleetErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.problems = options.problems ?? [];
  }
}

/** The text of anything that was thrown; never throws. */
export function messageOf(error: unknown): string {
  // Node's, of a name with several addresses none of which answered: it says nothing itself.
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(messageOf).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}
