import { z } from "zod";
import type { SeededRandom } from "../base/random.ts";
import { createRandom } from "../base/random.ts";
import type { Codec, State } from "./state/state.ts";
import type { Surroundings } from "./surroundings.ts";

/** When the first document of a seeded emulator is written. */
const BEGINNING_MS = Date.UTC(2026, 0, 1);

const WORD = 2 ** 32;

/** How far the streams of a seed are. */
interface SeedProgress {
  readonly ids: readonly number[];
  readonly keys: readonly number[];
  readonly stamps: number;
}

const progressCodec: Codec<SeedProgress> = z.strictObject({
  ids: z.array(z.number()).length(4),
  keys: z.array(z.number()).length(4),
  stamps: z.int(),
});

/**
 * Ids, keys and times of documents that depend on nothing but the seed and on how many came before: the same requests in
 * the same order give the same documents. Time goes on by a millisecond with each look at it, from the beginning of 2026.
 * Where state is kept they go on with it, so that no id comes twice.
 */
export function seeded(
  seed: number,
  state: State,
): Pick<Surroundings, "newId" | "newKey" | "stamp"> {
  const ids = createRandom(seed, "ids");
  const keys = createRandom(seed, "keys");
  let stamps = 0;
  const table = state.table("seed", progressCodec);
  const kept = table.get(String(seed));
  if (kept !== undefined) {
    ids.load(kept.ids);
    keys.load(kept.keys);
    ({ stamps } = kept);
  }
  const keep = (): void => {
    table.set(String(seed), { ids: ids.save(), keys: keys.save(), stamps });
  };
  const bytesOf = (random: SeededRandom, count: number): Buffer => {
    const bytes = Buffer.alloc(Math.ceil(count / 4) * 4);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32BE(random.next() * WORD, at);
    keep();
    return bytes.subarray(0, count);
  };
  return {
    newId: () => guidOf(bytesOf(ids, 16)),
    newKey: (count) => bytesOf(keys, count).toString("base64"),
    stamp: () => {
      stamps += 1;
      keep();
      return BEGINNING_MS + stamps;
    },
  };
}

/** As a random GUID, version 4 (RFC 9562, 5.4). */
function guidOf(bytes: Buffer): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}
