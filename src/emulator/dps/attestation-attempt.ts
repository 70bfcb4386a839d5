import type { Outcome } from "../operations/operation-gate.ts";
import type { Operation } from "../operations/operation.ts";

/**
 * Whether a device has shown that it belongs to an enrollment; undefined where an operation did not come that far, or is
 * none that registers. What MQTT refuses at CONNECT, HTTPS refuses at register: both are attempts. Azure does not
 * document which requests are.
 */
export function attestationOf(
  { kind }: Operation,
  { fault }: Outcome,
): "Success" | "Failure" | undefined {
  const isRefused = fault?.status === 401 || fault?.kind === "enrollmentNotFound";
  if (kind !== "connectToDps" && kind !== "registerDevice") return undefined;
  if (isRefused) return "Failure";
  if (kind === "connectToDps") return undefined;
  // Another registration of the same device is under way.
  return fault === undefined || fault.kind === "registrationConflict" ? "Success" : undefined;
}
