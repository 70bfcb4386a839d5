import { errorCode } from "../../base/error-code.ts";
import { FleetError, messageOf } from "../../base/errors.ts";
import { networkHint } from "../../base/network-hint.ts";
import { TimeoutError, withTimeout } from "../../base/retry.ts";
import type { Area, Finding } from "../finding.ts";
import { fail, ofError } from "../finding.ts";

/** How long something may be waited for. */
export interface ProbeLimit {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A probe with its limit; what goes wrong on the way is the finding. */
export async function probed(
  area: Area,
  what: string,
  { timeoutMs, signal }: ProbeLimit,
  work: (signal: AbortSignal) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await withTimeout({ what, timeoutMs, signal }, work);
  } catch (error) {
    signal?.throwIfAborted();
    const code = error instanceof TimeoutError ? "ETIMEDOUT" : errorCode(error);
    if (error instanceof FleetError) return ofError(area, error);
    if (code === undefined) throw error;
    return [fail(area, `${what}: ${messageOf(error)}`, networkHint(code))];
  }
}
