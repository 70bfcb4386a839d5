import type { WireClient } from "../../integration/emulator-wire.ts";
import { publishPacket } from "../../integration/emulator-wire.ts";
import type { Entries } from "./entries.ts";
import type { CertifiedDevice } from "./hub-wire.ts";
import { certifiedDevice, subscribe, wireDevice } from "./hub-wire.ts";
import type { Target } from "./target.ts";

export const TWIN_ANSWERS = "$iothub/twin/res/#";
export const DESIRED_CHANGES = "$iothub/twin/PATCH/properties/desired/#";

export type Properties = Readonly<Record<string, unknown>>;

export const getPacket = (requestId: string, payload = " ") =>
  publishPacket(`$iothub/twin/GET/?$rid=${requestId}`, payload, { qos: 0 });

export const reportPacket = (requestId: string, body: string) =>
  publishPacket(`$iothub/twin/PATCH/properties/reported/?$rid=${requestId}`, body, { qos: 0 });

/** A device that speaks by raw packets. */
export interface ListeningDevice extends CertifiedDevice, AsyncDisposable {
  readonly client: WireClient;
}

/** A new device of the first hub, connected, that has subscribed to `filters`. */
export async function listeningDevice(
  target: Target,
  my: Entries,
  text: string,
  filters: readonly string[],
): Promise<ListeningDevice> {
  const known = await certifiedDevice(target, my, text);
  const client = await wireDevice(target, known);
  await subscribe(client, filters);
  return { ...known, client, [Symbol.asyncDispose]: () => client[Symbol.asyncDispose]() };
}

/** The twin as the device reads it, which has subscribed to answers. */
export async function readTwin(
  client: WireClient,
): Promise<Record<"desired" | "reported", Properties>> {
  client.send(getPacket("read"));
  const { topic, body } = await client.nextPublish();
  if (topic !== "$iothub/twin/res/200/?$rid=read") throw new Error(`${topic} ${body}`);
  return JSON.parse(body);
}

/** Patches the reported properties and gives their new version; the answer must have the documented form. */
export async function reportByHand(client: WireClient, patch: Properties): Promise<number> {
  client.send(reportPacket("p", JSON.stringify(patch)));
  const { topic, body } = await client.nextPublish();
  const version = /^\$iothub\/twin\/res\/204\/\?\$rid=p&\$version=(\d+)$/.exec(topic)?.[1];
  if (version === undefined || body !== "") throw new Error(`${topic} ${body}`);
  return Number(version);
}

/** Patches the desired properties as a service does. */
export async function patchDesired(
  target: Target,
  deviceId: string,
  desired: Properties,
): Promise<Properties> {
  const patch = { properties: { desired } };
  const { responseBody } = await target.clients.registry.updateTwin(deviceId, patch, "*");
  return responseBody.properties.desired;
}

export const versionOf = (section: Properties): number => Number(section["$version"]);
