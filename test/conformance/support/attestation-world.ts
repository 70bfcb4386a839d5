import {
  connectPacket,
  dpsUserName,
  publishPacket,
  subscribePacket,
} from "../../integration/emulator-wire.ts";
import type { DeviceSecret } from "./device.ts";
import { registerWithSdk } from "./device.ts";
import type { Target } from "./target.ts";
import { conformanceTarget } from "./target.ts";

/** A DPS instance with a hub, seen through Microsoft's packages only. */
export interface AttestationWorld extends Target {
  /** Registers with Microsoft's ProvisioningDeviceClient. */
  register(registrationId: string, secret: DeviceSecret): Promise<unknown>;
  /** Registers by hand with a token as password; gives the CONNACK's code, or the answer's topic and body. */
  registerWithToken(
    registrationId: string,
    token: string,
  ): Promise<{ readonly connack: number } | { readonly topic: string; readonly body: unknown }>;
}

export async function attestationWorld(
  options: Parameters<typeof conformanceTarget>[0] = {},
): Promise<AttestationWorld> {
  const target = await conformanceTarget(options);
  const { idScope, provisioningHost } = target;
  return {
    ...target,
    register: (registrationId, secret) => registerWithSdk(target, "MQTT", registrationId, secret),
    registerWithToken: async (registrationId, token) => {
      await using client = await target.wire("MQTT", provisioningHost);
      const connect = connectPacket(registrationId, dpsUserName(registrationId, idScope));
      client.send(Object.assign(connect, { password: Buffer.from(token) }));
      const connack = await client.next();
      if (connack.cmd !== "connack") throw new TypeError(connack.cmd);
      if (connack.returnCode !== 0) return { connack: connack.returnCode ?? -1 };
      client.send(subscribePacket("$dps/registrations/res/#"));
      await client.next();
      const topic = "$dps/registrations/PUT/iotdps-register/?$rid=1";
      client.send(publishPacket(topic, "", { qos: 0 }));
      const answer = await client.nextPublish();
      return { topic: answer.topic, body: JSON.parse(answer.body) };
    },
  };
}
