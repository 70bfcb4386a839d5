import type {
  EventLogOptions,
  IngestedMessage,
} from "../../../../src/emulator/events/event-log.ts";
import { EventLog } from "../../../../src/emulator/events/event-log.ts";

/** An ingested message, without properties and empty unless `more` says otherwise. */
export const message = (more: Partial<IngestedMessage> = {}): IngestedMessage => ({
  hub: "hub",
  deviceId: "dev",
  generationId: "1",
  modelId: "",
  loginMethod: "thumbprint",
  enqueuedMs: 0,
  bag: "",
  added: undefined,
  body: Buffer.alloc(0),
  ...more,
});

/** A log that keeps all unless `more` says otherwise, at the time 0. */
export const logWith = (more: Partial<EventLogOptions> = {}): EventLog =>
  new EventLog({ maxCount: 1e9, maxBytes: 1e9, retentionMs: 1e9, clock: () => 0, ...more });

/** All lines of all chunks. */
export async function collect(chunks: AsyncIterable<string>): Promise<string[]> {
  const lines: string[] = [];
  for await (const chunk of chunks) lines.push(...chunk.trimEnd().split("\n"));
  return lines;
}
