import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { createInterface } from "node:readline";
import { formatSasToken } from "../support/sas-token.ts";
import { serviceClients } from "./emulator-service-clients.ts";
import type { TestEmulator, WireClient } from "./emulator-wire.ts";
import { openHub, publishPacket } from "./emulator-wire.ts";

/** A GET at the emulator's own paths; with the admin token unless `authorization` says otherwise. */
export async function adminGet(
  { emulator, pki }: TestEmulator,
  path: string,
  options: {
    readonly authorization?: string | undefined;
    readonly host?: string | undefined;
    readonly signal?: AbortSignal;
  } = {},
): Promise<IncomingMessage> {
  const asking = request(`${emulator.adminUrl}${path}`, {
    ca: pki.root.certificatePem,
    headers: {
      authorization: options.authorization ?? `Bearer ${emulator.adminToken}`,
      ...(options.host === undefined ? {} : { host: options.host }),
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  asking.end();
  const [answer]: IncomingMessage[] = await once(asking, "response");
  if (answer === undefined) throw new Error("no answer");
  return answer;
}

/** The lines of an NDJSON answer, as they come. */
export async function* linesOf(answer: IncomingMessage): AsyncGenerator<Record<string, unknown>> {
  for await (const line of createInterface({ input: answer, crlfDelay: Infinity }))
    yield JSON.parse(line);
}

/** All events that `path` gives now; by default all there are. */
export async function readAllEvents(
  world: TestEmulator,
  path = "/events?from=earliest",
  options: Parameters<typeof adminGet>[2] = {},
): Promise<Record<string, unknown>[]> {
  const events: Record<string, unknown>[] = [];
  const answer = await adminGet(world, path, options);
  if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode}`);
  for await (const event of linesOf(answer)) events.push(event);
  return events;
}

/** Status and body of an answer. */
export async function textOf(answer: IncomingMessage): Promise<{ status: number; text: string }> {
  const chunks: string[] = [];
  for await (const chunk of answer.setEncoding("utf8")) chunks.push(String(chunk));
  return { status: answer.statusCode ?? 0, text: chunks.join("") };
}

/** A device in the registry of a hub, with a connection of its own. */
export async function connectedDevice(
  world: TestEmulator,
  deviceId: string,
  hub = 0,
): Promise<WireClient> {
  const keys = await world.pki.leaf(deviceId);
  const primaryThumbprint = new X509Certificate(keys.certificatePem).fingerprint256.replaceAll(
    ":",
    "",
  );
  using clients = serviceClients(world, hub);
  await clients.registry.create({
    deviceId,
    authentication: { x509Thumbprint: { primaryThumbprint } },
  });
  const hostName = world.emulator.hubs[hub];
  return openHub(world, deviceId, keys, hostName === undefined ? {} : { hub: hostName });
}

/** Sends one message and waits until the hub has it. */
export async function sendEvent(
  device: WireClient,
  deviceId: string,
  body: string | Buffer,
  bag = "",
): Promise<void> {
  device.send(publishPacket(`devices/${deviceId}/messages/events/${bag}`, body));
  const puback = await device.next();
  if (puback.cmd !== "puback") throw new Error(`expected a PUBACK, got ${puback.cmd}`);
}

/** A token that a policy of a hub signed; of the connection string's policy unless told otherwise. */
export function hubToken(world: TestEmulator, hub = 0): string {
  const text = world.emulator.hubConnectionStrings[hub] ?? "";
  const part = (name: string): string => new RegExp(`${name}=([^;]+)`).exec(text)?.[1] ?? "";
  const key = { name: part("SharedAccessKeyName"), key: part("SharedAccessKey") };
  return formatSasToken(part("HostName"), key, Math.ceil(Date.now() / 1000) + 3600);
}
