/** A DER element. */
interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/** id-ce-basicConstraints, 2.5.29.19. */
const BASIC_CONSTRAINTS = Buffer.from([0x55, 0x1d, 0x13]);
const BOOLEAN = 0x01;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
/** `[3] EXPLICIT`: the extensions of a certificate. */
const EXTENSIONS = 0xa3;

/**
 * How many CA certificates may stand between this CA and a leaf (RFC 5280, 4.2.1.9, pathLenConstraint); Node shows
 * only the CA flag of the extension.
 *
 * @param der a certificate that Node has parsed
 * @returns undefined = no bound; never throws
 */
export function pathLengthOf(der: Buffer): number | undefined {
  const tbs = childrenOf(childrenOf(der)[0]?.content)[0];
  const wrapper = childrenOf(tbs?.content).find(({ tag }) => tag === EXTENSIONS);
  for (const extension of childrenOf(childrenOf(wrapper?.content)[0]?.content)) {
    const [oid, ...rest] = childrenOf(extension.content);
    if (oid?.content.equals(BASIC_CONSTRAINTS) !== true) continue;
    const value = rest.find(({ tag }) => tag === OCTET_STRING);
    const members = childrenOf(childrenOf(value?.content)[0]?.content);
    const length = members.find(({ tag }) => tag === INTEGER)?.content;
    if (members[0]?.tag !== BOOLEAN || length === undefined) return undefined;
    // No byte is no number; more than six are more than any chain has, and beyond what a number holds.
    if (length.length === 0 || length.length > 6) return undefined;
    return length.readUIntBE(0, length.length);
  }
  return undefined;
}

/** The elements that follow each other in `bytes`, up to the first that is no DER. */
function childrenOf(bytes: Buffer = Buffer.alloc(0)): readonly Element[] {
  const elements: Element[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const first = bytes.readUInt8(at + 1);
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + lengthBytes;
    if (lengthBytes > 4 || start > bytes.length) break;
    const length = lengthBytes === 0 ? first & 0x7f : bytes.readUIntBE(at + 2, lengthBytes);
    const end = start + length;
    if (end > bytes.length) break;
    elements.push({ tag: bytes.readUInt8(at), content: bytes.subarray(start, end) });
    at = end;
  }
  return elements;
}
