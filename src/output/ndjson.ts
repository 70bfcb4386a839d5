import { openLineFile } from "./file-lines.ts";
import type { Output } from "./output.ts";

/** `run.ndjson`: every event of the run, a line each, in the order in which the run learned of it. */
export function ndjsonOutput(path: string): Output {
  const file = openLineFile(path);
  return {
    emit: (event) => file.write(JSON.stringify(event)),
    close: () => file.close(),
  };
}
