import type { HubOfDevice } from "./passport.ts";
import type { RegisteringOptions } from "./registering.ts";
import { registerUntilAssigned } from "./registering.ts";

/**
 * Where a device belongs: DPS says so, unless the device brought the name of its hub along.
 *
 * @throws {DeviceFailure} the last failure; the signal's reason when aborted
 */
export async function assignHub(options: RegisteringOptions): Promise<HubOfDevice> {
  const { context, dueMs } = options;
  const { hub, registrationId: deviceId } = context.spec;
  if (hub === undefined) return registerUntilAssigned(options);
  return { hub, deviceId, assignedMs: dueMs };
}
