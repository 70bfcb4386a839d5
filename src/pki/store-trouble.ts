import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";

/**
 * What keeps a store of certificates from being used, all of it in one failure.
 *
 * @param problems at least one
 * @param foreign some files are not ours to replace
 */
export function storeTrouble(problems: readonly Problem[], foreign: boolean): FleetError {
  const [first] = problems;
  const text =
    problems.length === 1 && first !== undefined
      ? `${first.place}: ${first.message}`
      : `certificates cannot be used: ${problems.length} problems`;
  return new FleetError(foreign ? "FOREIGN_FILE" : "CERTIFICATE_INVALID", text, {
    hint: first?.hint,
    problems,
  });
}
