import type { IotHub } from "../hub.ts";

/** Identity, twin and stored session go together. @throws {ServiceFault} `deviceNotFound`, `preconditionFailed` */
export function deleteDevice(hub: IotHub, deviceId: string, ifMatch: string | undefined): void {
  hub.devices.delete(deviceId, ifMatch);
  hub.forget(deviceId);
}
