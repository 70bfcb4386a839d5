import { EXIT_CODES, FleetError } from "../base/errors.ts";
import { formatFleetError } from "../base/fleet-error-text.ts";
import type { HostOutput } from "./host.ts";

/**
 * Tells a failure to the user: a `FleetError` in words, anything else (a bug) with its stack.
 *
 * @returns the exit code it ends the process with
 */
export function printError(error: unknown, output: HostOutput): number {
  if (error instanceof FleetError) {
    output.write(formatFleetError(error));
    return EXIT_CODES[error.code];
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  output.write(`This is a bug in dps-fleet, please report it:\n${text}\n`);
  return 1;
}
