import type { ConnectRequest, RefusalCode } from "../broker.ts";
import { normalizeThumbprint, peerLeaf } from "../peer-certificate.ts";
import type { IotHub } from "./hub.ts";
import { parseHubUserName } from "./user-name.ts";

/** Who has logged in. */
export interface Login {
  readonly deviceId: string;
  /** As the device announced it; undefined where it did not. */
  readonly modelId: string | undefined;
}

/**
 * By the leaf's thumbprint, as DPS wrote it; unknown, disabled and foreign devices get 5.
 * Source: Microsoft Learn, "Understand and resolve Azure IoT Hub errors", 401003.
 */
export function logIn(hub: IotHub, request: ConnectRequest): Login | RefusalCode {
  const name = parseHubUserName(request.userName);
  if (name === undefined || name.hostName !== hub.hostName) return 5;
  // Modules and SAS tokens are not known here.
  if (name.moduleId !== undefined || request.password !== undefined) return 5;
  if (request.clientId !== name.deviceId) return 5;
  const record = hub.devices.find(name.deviceId);
  const leaf = peerLeaf(request.socket);
  if (record === undefined || !record.enabled || leaf === undefined) return 5;
  // SAS identities are not known here.
  if (record.credential.type !== "selfSigned") return 5;
  const { primaryThumbprint, secondaryThumbprint } = record.credential;
  const known = [primaryThumbprint, secondaryThumbprint].map(normalizeThumbprint);
  if (!known.includes(leaf.sha1) && !known.includes(leaf.sha256)) return 5;
  const nowMs = hub.around.clock();
  if (nowMs < leaf.notBeforeMs || nowMs > leaf.notAfterMs) return 5;
  return { deviceId: name.deviceId, modelId: name.modelId };
}
