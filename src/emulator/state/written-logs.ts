import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32c, unmasked } from "./crc32c.ts";

/** Sizes and types: google/leveldb, doc/log_format.md. */
const BLOCK_BYTES = 32_768;
const HEADER_BYTES = 7;
const LAST_TYPE = 4;

/** What LevelDB reads when it opens, and drops without a word where it is damaged: write-ahead logs and manifests. */
const LOG_FILE = /^(?:\d+\.log|MANIFEST-\d+)$/;

/**
 * Looks at the logs of a database that nobody has open.
 *
 * @returns what is damaged, a line each. A record at the end that is not complete is none: its write was cut off, and
 *   nobody was told of it
 */
export function damagedLogs(store: string): readonly string[] {
  const names = readdirSync(store).filter((name) => LOG_FILE.test(name));
  // There is always one, and LevelDB opens without it, and without what is in it.
  const missing = names.some((name) => name.endsWith(".log")) ? [] : ["its last log is missing"];
  const damages = names.flatMap((name) => {
    const at = damageOf(readFileSync(join(store, name)));
    return at === undefined ? [] : [`${name} is damaged at byte ${at}`];
  });
  return [...missing, ...damages];
}

/** Where a log file's first damaged record begins; undefined where there is none. */
export function damageOf(file: Buffer): number | undefined {
  let at = 0;
  for (;;) {
    const left = BLOCK_BYTES - (at % BLOCK_BYTES);
    // Too little for a header: the rest of a block is filled with zeros.
    if (left < HEADER_BYTES) at += left;
    if (at + HEADER_BYTES > file.length) return undefined;
    const length = file.readUInt16LE(at + 4);
    const type = file.readUInt8(at + 6);
    // The end of a file that was made longer and not written to, as a loss of power may leave it.
    if (type === 0 && length === 0)
      return file.subarray(at).every((byte) => byte === 0) ? undefined : at;
    const end = at + HEADER_BYTES + length;
    const isInBlock = (at % BLOCK_BYTES) + HEADER_BYTES + length <= BLOCK_BYTES;
    if (!isInBlock || type > LAST_TYPE) return at;
    if (end > file.length) return undefined;
    if (unmasked(file.readUInt32LE(at)) !== crc32c(file.subarray(at + 6, end))) return at;
    at = end;
  }
}
