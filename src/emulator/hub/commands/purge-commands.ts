import type { IotHub } from "../hub.ts";

/**
 * Forgets all cloud-to-device messages that are pending for a device.
 *
 * @returns how many they were
 * @throws {ServiceFault} `deviceNotFound`
 */
export function purgeCommands(hub: IotHub, deviceId: string): number {
  hub.devices.get(deviceId);
  return hub.commands.purge(deviceId);
}
