import { policyOf, covers } from "../../access-policy.ts";
import { ServiceFault } from "../../fault.ts";
import { isExpired, isSignedWith, parseSasToken } from "../../sas-token.ts";
import type { SasToken } from "../../sas-token.ts";
import type { DeviceRecord } from "../registry/device-store.ts";
import type { IotHub } from "../hub.ts";
import type { Proven } from "./login-method.ts";
import { loginRefused } from "./login-method.ts";

/**
 * By a SAS token for `{hub}/devices/{deviceId}` or what is above it, signed with a key of the device (without key name),
 * or of a policy of the hub that has the right DeviceConnect (with its name).
 *
 * Source: Microsoft Learn, "Control access to IoT Hub with shared access signatures", SAS tokens from the hub and
 * authenticating a device.
 *
 * @throws {ServiceFault} `unauthorized`; `unauthorizedAccess` where a policy lacks the right
 */
export function provenByToken(
  hub: Pick<IotHub, "around" | "hostName" | "policies">,
  record: Pick<DeviceRecord, "deviceId" | "credential">,
  password: string | undefined,
): Proven {
  if (password === undefined) throw loginRefused("there is no SAS token");
  const token = parseSasToken(password);
  if (token === undefined) throw loginRefused("the password is no SAS token");
  const { clock, limits } = hub.around;
  const clockSkewS = limits.sasClockSkewS;
  const nowMs = clock();
  if (isExpired(token, nowMs, clockSkewS)) throw loginRefused("the SAS token has expired");
  const resource = resourcesOf(hub.hostName, record.deviceId).find((one) => covers(token, one));
  if (resource === undefined) throw loginRefused("the SAS token is for another resource");
  const expiresMs = (token.expiry + clockSkewS) * 1000;
  if (!token.keyName) {
    if (!isOfDevice(token, record))
      throw loginRefused("the SAS token is not signed with a device key");
    return { method: "deviceToken", expiresMs };
  }
  const policy = policyOf(token, resource, { policies: hub.policies, nowMs, clockSkewS });
  if (policy === undefined)
    throw loginRefused("the SAS token is not signed with a key of its policy");
  if (!policy.rights.includes("DeviceConnect"))
    throw new ServiceFault("unauthorizedAccess", `the policy ${policy.name} lacks DeviceConnect`);
  return { method: "policyToken", expiresMs };
}

/** Some SDKs encode the device id before they encode the whole. */
function resourcesOf(hostName: string, deviceId: string): readonly string[] {
  return [deviceId, encodeURIComponent(deviceId)].map((id) => `${hostName}/devices/${id}`);
}

function isOfDevice(token: SasToken, { credential }: Pick<DeviceRecord, "credential">): boolean {
  if (credential.type !== "sas") return false;
  // Everybody could sign with an empty key.
  const keys = [credential.primaryKey, credential.secondaryKey].filter((key) => key !== "");
  return keys.some((key) => isSignedWith(token, key));
}
