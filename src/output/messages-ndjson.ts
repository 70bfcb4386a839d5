import type { SavedMessage } from "../metrics/device-event.ts";
import { openLineFile } from "./file-lines.ts";

/** `messages.ndjson` of `--save-messages`. */
export interface MessagesFile {
  write(messages: readonly SavedMessage[]): void;
  /** Resolves when everything is written; safe to call twice. */
  close(): Promise<void>;
}

/** Opens `messages.ndjson`: a line a telemetry message, in the order in which workers told of them. */
export function openMessagesFile(path: string): MessagesFile {
  const file = openLineFile(path);
  return {
    write: (messages) => {
      for (const { deviceId, boot, seq, at, properties, body } of messages) {
        file.write(JSON.stringify({ deviceId, boot, seq, at, properties, body }));
      }
    },
    close: () => file.close(),
  };
}
