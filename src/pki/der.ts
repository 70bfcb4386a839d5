/** DER tags (X.690, section 8) that this folder writes or looks for. */
export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  sequence: 0x30,
  set: 0x31,
  /** [n] EXPLICIT, or [n] IMPLICIT of a constructed type. */
  context: (n: number): number => 0xa0 | n,
  /** [n] IMPLICIT of a primitive type. */
  contextPrimitive: (n: number): number => 0x80 | n,
} as const;

/** One element of a DER value; `raw` is the whole of it, header included. */
export interface DerElement {
  readonly tag: number;
  readonly raw: Buffer;
  readonly content: Buffer;
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

/** An element with this tag whose content is the parts, one after another. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(length)]), ...parts]);
}

/** SEQUENCE of the parts, each already in DER. */
export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(TAG.sequence, ...parts);
}

/** BIT STRING of whole octets. */
export function bitString(bits: Uint8Array): Buffer {
  return element(TAG.bitString, Buffer.of(0), bits);
}

/**
 * The elements that stand one after another in `data`.
 *
 * @throws {RangeError} if `data` is not a run of complete elements of definite length
 */
export function elements(data: Uint8Array): DerElement[] {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const found: DerElement[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes.readUInt8(at);
    const first = bytes.readUInt8(at + 1);
    const lengthSize = first < 0x80 ? 0 : first & 0x7f;
    if (first === 0x80 || lengthSize > 4) throw new RangeError(`DER: unusable length at ${at}`);
    const start = at + 2 + lengthSize;
    const end = start + (lengthSize === 0 ? first : bytes.readUIntBE(at + 2, lengthSize));
    if (end > bytes.length) throw new RangeError(`DER: element at ${at} is cut off`);
    found.push({ tag, raw: bytes.subarray(at, end), content: bytes.subarray(start, end) });
    at = end;
  }
  return found;
}

/**
 * The single element that `data` consists of, opened: what stands inside it.
 *
 * @throws {RangeError} as `elements` does, or if there is not exactly one element
 */
export function inside(data: Uint8Array): DerElement[] {
  const [only, ...more] = elements(data);
  if (only === undefined || more.length > 0) throw new RangeError("DER: expected one element");
  return elements(only.content);
}

/** INTEGER of a whole number from 0 to 2^31 - 1. */
export function integer(value: number): Buffer {
  const octets = Buffer.alloc(5);
  octets.writeUInt32BE(value, 1);
  // The first octet carries the sign: one zero octet stays where the next has its top bit set.
  let start = 0;
  while (start < 4 && octets[start] === 0 && (octets[start + 1] ?? 0) < 0x80) start += 1;
  return element(TAG.integer, octets.subarray(start));
}

function base128(arc: number): number[] {
  const octets = [arc % 128];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
    octets.unshift(0x80 | (left % 128));
  }
  return octets;
}

/** OBJECT IDENTIFIER in dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(
    TAG.objectIdentifier,
    Buffer.from([first * 40 + second, ...rest].flatMap(base128)),
  );
}

/** OCTET STRING. */
export function octetString(content: Uint8Array): Buffer {
  return element(TAG.octetString, content);
}

/** NULL. */
export const NULL = Buffer.of(0x05, 0x00);
