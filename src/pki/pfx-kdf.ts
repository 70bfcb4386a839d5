import { hash } from "node:crypto";

/** What a derived key is for: the diversifier of RFC 7292, appendix B.3. */
export const PURPOSE = { key: 1, iv: 2, mac: 3 } as const;

/** Hashes that MACs and PBES1 use, with the block size of each in octets. */
const BLOCK_SIZES: Readonly<Record<string, number>> = {
  sha1: 64,
  sha224: 64,
  sha256: 64,
  sha384: 128,
  sha512: 128,
};

/**
 * A password as MACs and PBES1 take it (RFC 7292, B.1): UTF-16, big endian, with two zero octets at the end.
 * The empty password has two forms in the field, so there can be two candidates to try.
 */
export function passwordForms(password: string): Buffer[] {
  const utf16 = Buffer.from(`${password}\0`, "utf16le").swap16();
  return password === "" ? [utf16, Buffer.alloc(0)] : [utf16];
}

export interface Pkcs12Derivation {
  readonly digest: string;
  readonly password: Buffer;
  readonly salt: Uint8Array;
  /** >= 1 */
  readonly iterations: number;
  readonly purpose: (typeof PURPOSE)[keyof typeof PURPOSE];
  /** Octets wanted. */
  readonly length: number;
}

/** The key derivation of PKCS #12 (RFC 7292, appendix B.2). */
export function derivePkcs12(options: Pkcs12Derivation): Buffer {
  const blockSize = BLOCK_SIZES[options.digest];
  if (blockSize === undefined) throw new RangeError(`no PKCS #12 derivation for ${options.digest}`);
  const diversifier = Buffer.alloc(blockSize, options.purpose);
  const input = Buffer.concat([
    stretched(options.salt, blockSize),
    stretched(options.password, blockSize),
  ]);
  const derived: Buffer[] = [];
  for (let have = 0; have < options.length;) {
    let block = hash(options.digest, Buffer.concat([diversifier, input]), "buffer");
    for (let round = 1; round < options.iterations; round += 1) {
      block = hash(options.digest, block, "buffer");
    }
    derived.push(block);
    have += block.length;
    addToEachBlock(input, stretched(block, blockSize), blockSize);
  }
  return Buffer.concat(derived).subarray(0, options.length);
}

/** `data` repeated to a whole number of blocks; nothing stays nothing. */
function stretched(data: Uint8Array, blockSize: number): Buffer {
  if (data.length === 0) return Buffer.alloc(0);
  return Buffer.alloc(Math.ceil(data.length / blockSize) * blockSize, data);
}

/** Step 6C: each block of `input` becomes (block + addend + 1) mod 2^(8 * blockSize). */
function addToEachBlock(input: Buffer, addend: Buffer, blockSize: number): void {
  for (let start = 0; start < input.length; start += blockSize) {
    let carry = 1;
    for (let at = blockSize - 1; at >= 0; at -= 1) {
      const sum = input.readUInt8(start + at) + addend.readUInt8(at) + carry;
      input.writeUInt8(sum & 0xff, start + at);
      carry = sum >> 8;
    }
  }
}
