import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { isToBeAdmitted } from "../metrics/device-outcome.ts";
import type { DeviceSpec, SymmetricKeySpec } from "../plan/plan.ts";
import { readSymmetricKey } from "../secrets/symmetric-key-secret.ts";
import type { KeyedDevice } from "../service/ensure-individual-enrollments.ts";
import type { RunContext } from "./run-options.ts";

/** The symmetric keys of a fleet, for the enrollments that the run makes or checks. */
export interface FleetKeys {
  /** base64; undefined = no device derives its key from one. */
  readonly groupKey: string | undefined;
  /** Devices with a key of their own. */
  readonly own: readonly KeyedDevice[];
}

type Keyed = DeviceSpec & { readonly credentials: SymmetricKeySpec };

/**
 * Reads and judges every symmetric key of the fleet, each once.
 *
 * @throws {FleetError} `FILE_INVALID` with every problem
 */
export async function readFleetKeys(
  devices: readonly DeviceSpec[],
  env: RunContext["env"],
): Promise<FleetKeys> {
  const keyed = devices.filter(
    (device): device is Keyed => device.credentials.format === "symmetricKey",
  );
  const keys = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { credentials } of keyed) {
    const ref = JSON.stringify(credentials.key);
    if (keys.has(ref)) continue;
    keys.set(ref, "");
    try {
      keys.set(ref, await readSymmetricKey(credentials.key, env));
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      problems.push(...error.problems);
    }
  }
  const [first] = problems;
  if (first !== undefined) {
    const text =
      problems.length === 1
        ? `${first.place}: ${first.message}`
        : `symmetric keys cannot be used: ${problems.length} problems`;
    throw new FleetError("FILE_INVALID", text, { hint: first.hint, problems });
  }
  const keyOf = ({ credentials }: Keyed): string => keys.get(JSON.stringify(credentials.key)) ?? "";
  // Nothing is enrolled for a device that must be refused.
  const enrolled = keyed.filter(isToBeAdmitted);
  const grouped = enrolled.find(({ credentials }) => credentials.scope === "group");
  return {
    groupKey: grouped === undefined ? undefined : keyOf(grouped),
    own: enrolled
      .filter(({ credentials }) => credentials.scope === "individual")
      .map((device) => ({ registrationId: device.registrationId, key: keyOf(device) })),
  };
}
