import { crc32 } from "node:zlib";
import type { Packed } from "./state.ts";

/** The checksum before the bytes of every row: the store's own are not looked at where it is read. */
const CHECKSUM_BYTES = 4;
const LENGTH_BYTES = 4;

/** The key in the store of a row of a table. */
export const rowKey = (table: string, key: string): string => `row\0${table}\0${key}`;

/** The key in the store of an entry of a log; keys are in the order of the numbers. */
export const entryKey = (log: string, number: number): string =>
  `log\0${log}\0${number.toString(16).padStart(14, "0")}`;

/** What a key in the store means. */
export type StoredKey =
  | { readonly kind: "row"; readonly table: string; readonly key: string }
  | { readonly kind: "entry"; readonly log: string; readonly number: number };

/** @returns undefined for a key that is none of ours */
export function parseStoredKey(key: string): StoredKey | undefined {
  const [, kind, name = "", rest = ""] = /^(row|log)\0([^\0]*)\0([^]*)$/.exec(key) ?? [];
  if (kind === "row") return { kind: "row", table: name, key: rest };
  if (kind !== "log" || !/^[0-9a-f]{14}$/.test(rest)) return undefined;
  return { kind: "entry", log: name, number: Number.parseInt(rest, 16) };
}

/** Puts the checksum of key and bytes before the bytes. */
export function seal(key: string, ...parts: readonly Buffer[]): Buffer {
  const sealed = Buffer.concat([Buffer.alloc(CHECKSUM_BYTES), ...parts]);
  sealed.writeUInt32BE(crc32(sealed.subarray(CHECKSUM_BYTES), crc32(key)));
  return sealed;
}

/** @returns undefined where the checksum is another one */
export function unseal(key: string, sealed: Buffer): Buffer | undefined {
  if (sealed.length < CHECKSUM_BYTES) return undefined;
  const content = sealed.subarray(CHECKSUM_BYTES);
  return sealed.readUInt32BE() === crc32(content, crc32(key)) ? content : undefined;
}

/** A log's entry as the parts of what is sealed. */
export function packedParts({ head, body }: Packed): readonly Buffer[] {
  const text = Buffer.from(head);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(text.length);
  return [length, text, body];
}

/** @returns undefined where the length of the head does not fit */
export function packedFrom(content: Buffer): Packed | undefined {
  if (content.length < LENGTH_BYTES) return undefined;
  const end = LENGTH_BYTES + content.readUInt32BE();
  if (end > content.length) return undefined;
  return {
    head: content.toString("utf8", LENGTH_BYTES, end),
    body: Buffer.from(content.subarray(end)),
  };
}
