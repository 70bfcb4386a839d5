import type { TwinSeed } from "../../dps/hub-link.ts";
import { ServiceFault } from "../../fault.ts";
import type { DeviceRecord } from "./device-store.ts";
import type { IotHub } from "../hub.ts";
import type { IdentitySettings } from "./identity.ts";
import { withKeys } from "./identity.ts";
import { requireInitialTwin } from "../twins/twin.ts";

/**
 * Registers a device; its twin comes with it.
 *
 * @throws {ServiceFault} `deviceExists`, `tooManyDevices`, `badRequest` for a seed that breaks a rule of twins
 */
export function createDevice(
  hub: IotHub,
  deviceId: string,
  settings: IdentitySettings,
  seed: TwinSeed = { tags: {}, desired: {} },
): DeviceRecord {
  const { devices, around } = hub;
  const { devicesMax } = hub.throttling.room;
  if (devices.find(deviceId) !== undefined)
    throw new ServiceFault("deviceExists", `A device with ID '${deviceId}' is already registered.`);
  if (devices.size >= devicesMax)
    throw new ServiceFault("tooManyDevices", `The hub has its ${devicesMax} devices.`);
  requireInitialTwin(seed, around.limits);
  return devices.create(deviceId, withKeys(settings, around.newKey), seed);
}
