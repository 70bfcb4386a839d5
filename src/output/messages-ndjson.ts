import type { SavedMessage } from "../metrics/device-event.ts";
import type { OnLoss } from "./lost-results.ts";
import type { LineFileOptions } from "./file-lines.ts";
import { openLineFile } from "./file-lines.ts";

/** `messages.ndjson` of `--save-messages`. */
export interface MessagesFile {
  write(messages: readonly SavedMessage[]): void;
  /** Resolves when everything is written; safe to call twice. */
  close(): Promise<void>;
}

/** Opens `messages.ndjson`: a line a telemetry message, in the order in which workers told of them. @throws as `openLineFile` */
export function openMessagesFile(
  path: string,
  onLoss: OnLoss,
  how?: LineFileOptions,
): MessagesFile {
  const file = openLineFile(path, onLoss, how);
  return {
    write: (messages) => {
      for (const { deviceId, boot, seq, at, properties, body } of messages) {
        file.write(JSON.stringify({ deviceId, boot, seq, at, properties, body }));
      }
    },
    close: () => file.close(),
  };
}
