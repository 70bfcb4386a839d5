import type { JsonObject } from "../../../base/json.ts";
import { azureDate } from "../../azure-time.ts";
import type { IotHub } from "../hub.ts";
import { patchReported } from "./twin.ts";

/**
 * A device's patch of its reported properties.
 *
 * @returns the new `$version` of reported
 * @throws {ServiceFault} `deviceNotFound`, `badRequest`; nothing is applied then
 */
export function reportProperties(hub: IotHub, deviceId: string, patch: JsonObject): number {
  const { around, devices } = hub;
  const context = { now: azureDate(around.stamp()), limits: around.limits };
  const patched = patchReported(devices.get(deviceId).twin, patch, context);
  devices.setTwin(deviceId, patched);
  return patched.reported.version;
}
