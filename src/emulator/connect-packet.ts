/** The head of an MQTT CONNECT, read before a broker is chosen. */
export interface ConnectHead {
  /** 4 = MQTT 3.1.1. */
  readonly level: number;
  readonly clientId: string;
  readonly userName: string | undefined;
}

export type ConnectPeek =
  /** `wanted`: with fewer bytes than these, counted from the first, it stays incomplete. */
  | { readonly state: "incomplete"; readonly wanted: number }
  | { readonly state: "invalid" }
  | { readonly state: "connect"; readonly head: ConnectHead };

const INVALID: ConnectPeek = { state: "invalid" };
/** No service here needs more than names, a SAS token and a small will. */
export const MAX_CONNECT_BYTES = 512 * 1024;

/**
 * Reads who connects from the first bytes of a connection, without consuming them.
 * Source: MQTT 3.1.1, sections 2.2 and 3.1. Never throws.
 */
export function peekConnect(bytes: Buffer): ConnectPeek {
  if (bytes.length > 0 && bytes[0] !== 0x10) return INVALID;
  const length = remainingLength(bytes);
  if (length === undefined) return bytes.length < 5 ? incomplete(bytes.length + 1) : INVALID;
  if (length.value > MAX_CONNECT_BYTES) return INVALID;
  const end = length.next + length.value;
  if (bytes.length < end) return incomplete(end);
  const head = readHead(bytes.subarray(length.next, end));
  return head === undefined ? INVALID : { state: "connect", head };
}

const incomplete = (wanted: number): ConnectPeek => ({ state: "incomplete", wanted });

/** A CONNACK that refuses; `code` as in MQTT 3.1.1, section 3.2.2.3. */
export function connackRefusal(code: 1 | 2 | 3 | 4 | 5): Buffer {
  return Buffer.from([0x20, 0x02, 0x00, code]);
}

function remainingLength(
  bytes: Buffer,
): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let index = 1; index <= 4; index++) {
    const byte = bytes[index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 128 ** (index - 1);
    if ((byte & 0x80) === 0) return { value, next: index + 1 };
  }
  return undefined;
}

function readHead(body: Buffer): ConnectHead | undefined {
  const fields = new FieldReader(body);
  const protocol = fields.text();
  const level = fields.byte();
  const flags = fields.byte();
  if (protocol === undefined || level === undefined || flags === undefined) return undefined;
  // Later versions put other fields here; they are refused by their level alone.
  if (protocol !== "MQTT" || level !== 4) return { level, clientId: "", userName: undefined };
  fields.skip(2);
  const clientId = fields.text();
  if ((flags & 0x04) !== 0) {
    fields.text();
    fields.text();
  }
  const userName = (flags & 0x80) === 0 ? undefined : fields.text();
  return clientId === undefined || fields.overrun ? undefined : { level, clientId, userName };
}

class FieldReader {
  readonly #body: Buffer;
  #at = 0;
  overrun = false;

  constructor(body: Buffer) {
    this.#body = body;
  }

  byte(): number | undefined {
    const value = this.#body[this.#at];
    this.skip(1);
    return value;
  }

  text(): string | undefined {
    if (this.#at + 2 > this.#body.length) {
      this.overrun = true;
      return undefined;
    }
    const start = this.#at + 2;
    const end = start + this.#body.readUInt16BE(this.#at);
    this.#at = end;
    if (end > this.#body.length) {
      this.overrun = true;
      return undefined;
    }
    return this.#body.toString("utf8", start, end);
  }

  skip(bytes: number): void {
    this.#at += bytes;
    if (this.#at > this.#body.length) this.overrun = true;
  }
}
