import type { OnLoss } from "./lost-results.ts";
import type { LineFileOptions } from "./file-lines.ts";
import { openLineFile } from "./file-lines.ts";
import type { Output } from "./output.ts";

/** `run.ndjson`: every event of the run, a line each, in the order in which the run learned of it. @throws as `openLineFile` */
export function ndjsonOutput(path: string, onLoss: OnLoss, how?: LineFileOptions): Output {
  const file = openLineFile(path, onLoss, how);
  return {
    emit: (event) => file.write(JSON.stringify(event)),
    close: () => file.close(),
  };
}
