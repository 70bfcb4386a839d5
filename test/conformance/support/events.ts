import iotCommon from "azure-iot-common";
import { z } from "zod";
import type { Target } from "./target.ts";
import { HAS_MANAGEMENT } from "./target.ts";

/** Whether what a hub ingested can be read over HTTPS: from an emulator. Azure's readers speak AMQP. */
export const HAS_EVENT_STREAM = HAS_MANAGEMENT;

const { ConnectionString, SharedAccessSignature } = iotCommon;

const eventLine = z.object({
  endpoint: z.string(),
  partition: z.number(),
  sequenceNumber: z.number(),
  deviceId: z.string(),
  enqueuedTime: z.iso.datetime(),
  properties: z.record(z.string(), z.string()),
  systemProperties: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.unknown()),
  body: z.string().optional(),
  /** What is no UTF-8. */
  bodyBase64: z.string().optional(),
});

/** A message as a reader of the built-in endpoint sees it. */
export type ReadEvent = z.infer<typeof eventLine>;

/** A question to the event stream of the first hub, with a token that its policy signed. */
export async function askEvents(
  target: Target,
  query: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly body: string }> {
  const [hub] = target.hubs;
  const given = ConnectionString.parse(hub?.connectionString ?? "", ["SharedAccessKey"]);
  const expiry = Math.ceil(Date.now() / 1000) + 3600;
  const token = SharedAccessSignature.create(
    target.hub,
    given.SharedAccessKeyName ?? "",
    given.SharedAccessKey ?? "",
    expiry,
  );
  return target.https({
    method: "GET",
    host: target.hub,
    path: `/emulator/events?${new URLSearchParams(query).toString()}`,
    headers: { authorization: token.toString() },
  });
}

/** What the first hub's built-in endpoint has, in order of ingestion. */
export async function readEvents(
  target: Target,
  query: Readonly<Record<string, string>>,
): Promise<readonly ReadEvent[]> {
  const { status, body } = await askEvents(target, query);
  if (status !== 200) throw new Error(`${status}: ${body}`);
  return body
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => eventLine.parse(JSON.parse(line)));
}
