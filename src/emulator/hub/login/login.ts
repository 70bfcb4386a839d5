import type { ConnectRequest } from "../../broker.ts";
import { provenByCa, provenByThumbprint } from "./certificate-login.ts";
import type { DeviceRecord } from "../registry/device-store.ts";
import type { IotHub } from "../hub.ts";
import type { Proven } from "./login-method.ts";
import { loginRefused } from "./login-method.ts";
import { provenByToken } from "./token-login.ts";
import { isNameOf, parseHubUserName } from "./user-name.ts";

/** Who has logged in. */
export interface Login extends Proven {
  readonly deviceId: string;
  /** As the device announced it; undefined where it did not. */
  readonly modelId: string | undefined;
  /** As the device's SDK announced itself; undefined where it did not. */
  readonly clientType: string | undefined;
}

/**
 * Judges a CONNECT: client id, user name and identity must agree, and the device shows what its identity asks for; what
 * else it shows is not looked at. Modules are not known here.
 *
 * Source: Microsoft Learn, "Communicate with an IoT hub using MQTT", CONNECT, and "Understand and resolve Azure IoT Hub
 * errors", 401003.
 *
 * @throws {ServiceFault} `unauthorized` or `unauthorizedAccess`, saying why; devices are not told
 */
export function logIn(hub: IotHub, request: ConnectRequest): Login {
  const name = parseHubUserName(request.userName);
  if (name === undefined)
    throw loginRefused("the user name is not {hub}/{deviceId}/?api-version=…");
  if (name.hostName !== hub.hostName) throw loginRefused("the user name is of another hub");
  if (name.moduleId !== undefined) throw loginRefused("there are no modules here");
  const deviceId = request.clientId;
  if (!isNameOf(name.deviceId, deviceId))
    throw loginRefused("client id and user name do not agree");
  const record = hub.devices.find(deviceId);
  if (record === undefined) throw loginRefused("there is no such device");
  if (!record.enabled) throw loginRefused("the device is disabled");
  const { modelId, clientType } = name;
  return { deviceId, modelId, clientType, ...provenBy(hub, record, request) };
}

function provenBy(hub: IotHub, record: DeviceRecord, request: ConnectRequest): Proven {
  const { credential } = record;
  switch (credential.type) {
    case "sas":
    case "none":
      return provenByToken(hub, record, request.password);
    case "selfSigned":
      return provenByThumbprint(hub, credential, request.socket);
    case "certificateAuthority":
      return provenByCa(hub, record.deviceId, request.socket);
    default:
      return credential satisfies never;
  }
}
