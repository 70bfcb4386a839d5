import type { Packet } from "mqtt-packet";
import { sasSignature } from "../../../src/emulator/sas-token.ts";
import type { DeviceKeys, WireClient } from "../../integration/emulator-wire.ts";
import { connectPacket } from "../../integration/emulator-wire.ts";
import type { Target } from "./target.ts";
import type { MqttTransportKind } from "./transports.ts";

/** What a CONNECT at a hub is made of, where it differs from what a device of `deviceId` sends. */
export interface RawHubOptions extends NonNullable<Parameters<typeof connectPacket>[2]> {
  readonly kind?: MqttTransportKind;
  readonly hub?: string;
  readonly clientId?: string;
  readonly userName?: string;
  /** The SAS token. */
  readonly token?: string | undefined;
  readonly keys?: DeviceKeys | undefined;
}

export const hubUserName = (hub: string, deviceId: string): string =>
  `${hub}/${deviceId}/?api-version=2021-04-12&DeviceClientType=raw`;

/** Connects to a hub by hand; the CONNACK is the next packet. */
export async function dialHub(
  target: Target,
  deviceId: string,
  options: RawHubOptions = {},
): Promise<WireClient> {
  const { kind = "MQTT", hub = target.hub, token, keys, ...more } = options;
  const client = await target.wire(kind, hub, keys);
  const userName = more.userName ?? hubUserName(hub, deviceId);
  const password = token === undefined ? {} : { password: Buffer.from(token) };
  client.send(connectPacket(more.clientId ?? deviceId, userName, { ...more, ...password }));
  return client;
}

/** The code of the CONNACK; the connection is closed again. */
export async function returnCodeAt(
  target: Target,
  deviceId: string,
  options: RawHubOptions = {},
): Promise<number | undefined> {
  await using client = await dialHub(target, deviceId, options);
  return connack(await client.next()).returnCode;
}

/** A connection that a hub has taken. */
export type HubWire = WireClient & {
  /** What the CONNACK said. */
  readonly sessionPresent: boolean;
};

/** Connects to a hub by hand; rejects where it refuses. */
export async function rawHub(
  target: Target,
  deviceId: string,
  options: RawHubOptions = {},
): Promise<HubWire> {
  const client = await dialHub(target, deviceId, options);
  const { returnCode, sessionPresent } = connack(await client.next());
  if (returnCode !== 0) throw new Error(`the hub refused with ${returnCode}`);
  return Object.assign(client, { sessionPresent });
}

function connack(packet: Packet): Extract<Packet, { cmd: "connack" }> {
  if (packet.cmd !== "connack") throw new TypeError(`expected a CONNACK, got ${packet.cmd}`);
  return packet;
}

/** Seconds since 1970, `s` from now. */
export const inSeconds = (s: number): number => Math.floor(Date.now() / 1000) + s;

/**
 * A SAS token.
 *
 * @param sr the resource as it is to stand in the token; the signature is over this text
 */
export function sasToken(
  sr: string,
  key: string,
  { expiry = inSeconds(3600), keyName }: { expiry?: number; keyName?: string } = {},
): string {
  const signature = encodeURIComponent(sasSignature(sr, expiry, key));
  const skn = keyName === undefined ? "" : `&skn=${keyName}`;
  return `SharedAccessSignature sr=${sr}&sig=${signature}&se=${expiry}${skn}`;
}
