import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { connect } from "node:tls";
import fc from "fast-check";

/** The first flight of a TLS client, as Node sends it. */
export async function clientHello(servername: string): Promise<Buffer> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no TCP address");
  const client = connect({ host: "127.0.0.1", port: address.port, servername });
  client.on("error", () => {});
  const [socket] = await once(server, "connection");
  const [hello] = await once(socket, "data");
  client.destroy();
  socket.destroy();
  server.close();
  return hello;
}

/** Bytes that were right, with some of them changed, cut, doubled, or followed by others. */
export function harmed(right: Buffer): fc.Arbitrary<Buffer> {
  const at = fc.nat(right.length - 1);
  const early = fc.nat(Math.min(50, right.length - 1));
  const changes = fc.array(fc.tuple(fc.oneof(at, early), fc.nat(255)), { maxLength: 6 });
  return fc
    .record({
      changes,
      cut: fc.option(at, { freq: 3 }),
      behind: fc.option(fc.uint8Array({ maxLength: 60 }), { freq: 3 }),
      isTwice: fc.boolean(),
    })
    .map(({ changes: all, cut, behind, isTwice }) => {
      const bytes = Buffer.from(right);
      for (const [index, value] of all) bytes.writeUInt8(value, index);
      const kept = cut === null ? bytes : bytes.subarray(0, cut);
      return Buffer.concat([kept, isTwice ? kept : Buffer.alloc(0), behind ?? Buffer.alloc(0)]);
    });
}

/** What may come first to a TLS port: harmed hellos, records that lie, other protocols, anything. */
export function oddHellos(hello: Buffer): fc.Arbitrary<Buffer> {
  const record = fc
    .record({
      type: fc.constantFrom(20, 21, 22, 23, 24, 0, 255),
      length: fc.constantFrom(0, 1, 16_384, 16_640, 65_535),
      body: fc.uint8Array({ maxLength: 200 }),
    })
    .map(({ type, length, body }) =>
      Buffer.concat([Buffer.of(type, 3, 1, length >> 8, length & 255), body]),
    );
  return fc.oneof(
    { weight: 5, arbitrary: harmed(hello) },
    { weight: 2, arbitrary: record },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(
          "GET / HTTP/1.1\r\nHost: hub\r\n\r\n",
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
          "SSH-2.0-x\r\n",
          "\u0010\u000c\u0000\u0004MQTT\u0004\u0002\u0000\u0000\u0000\u0000",
          "\u0080\u002e\u0001\u0003\u0001",
        )
        .map((text) => Buffer.from(text, "latin1")),
    },
  );
}

/** WebSocket frames (RFC 6455, 5.2) around pieces of `packets`, wrong where frames can be. */
export function oddFrames(packets: Buffer): fc.Arbitrary<Buffer> {
  const frame = fc
    .record({
      head: fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(0x82, 0x02, 0x80, 0x00) },
        { weight: 1, arbitrary: fc.nat(255) },
      ),
      isMasked: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, fc.constant(false)),
      from: fc.nat(packets.length),
      to: fc.nat(packets.length),
      lie: fc.option(fc.constantFrom(0, 1, 125, 126, 65_535, 2 ** 31, 2 ** 40), { freq: 8 }),
    })
    .map(({ head, isMasked, from, to, lie }) => {
      const payload = Buffer.from(packets.subarray(Math.min(from, to), Math.max(from, to)));
      const mask = Buffer.of(1, 2, 3, 4);
      if (isMasked)
        for (let at = 0; at < payload.length; at++)
          payload.writeUInt8((payload[at] ?? 0) ^ (mask[at % 4] ?? 0), at);
      const length = lengthField(lie ?? payload.length);
      length.writeUInt8((length[0] ?? 0) | (isMasked ? 0x80 : 0));
      return Buffer.concat([Buffer.of(head), length, isMasked ? mask : Buffer.alloc(0), payload]);
    });
  return fc.array(frame, { minLength: 1, maxLength: 12 }).map((frames) => Buffer.concat(frames));
}

function lengthField(length: number): Buffer {
  if (length < 126) return Buffer.of(length);
  const field = Buffer.alloc(length < 65_536 ? 3 : 9);
  if (length < 65_536) {
    field.writeUInt8(126);
    field.writeUInt16BE(length, 1);
  } else {
    field.writeUInt8(127);
    field.writeBigUInt64BE(BigInt(length), 1);
  }
  return field;
}
