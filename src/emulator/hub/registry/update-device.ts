import { requireMatch } from "../../etag.ts";
import type { DeviceRecord } from "./device-store.ts";
import type { IotHub } from "../hub.ts";
import type { IdentitySettings } from "./identity.ts";
import { withKeys } from "./identity.ts";

/**
 * Replaces what a client may set of an identity; the twin stays as it is.
 *
 * @throws {ServiceFault} `deviceNotFound`, `preconditionFailed`
 */
export function updateDevice(
  hub: IotHub,
  deviceId: string,
  settings: IdentitySettings,
  ifMatch: string,
): DeviceRecord {
  requireMatch(ifMatch, hub.devices.get(deviceId).etag);
  return hub.devices.replace(deviceId, withKeys(settings, hub.around.newKey));
}
