import { connect } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statusesIn } from "../support/odd-http.ts";
import { formatSasToken } from "../support/sas-token.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { HUB, emulatorForTest } from "./emulator-wire.ts";

let world: TestEmulator;
let head: string;
beforeAll(async () => {
  world = await emulatorForTest();
  const [, key = ""] =
    /SharedAccessKey=(.*)/.exec(world.emulator.hubConnectionStrings[0] ?? "") ?? [];
  const owner = { name: "iothubowner", key };
  const token = formatSasToken(HUB, owner, Math.floor(Date.now() / 1000) + 3600);
  head = `Host: ${HUB}\r\nAuthorization: ${token}\r\n`;
});
afterAll(() => world.emulator.stop());

/** The statuses that are answered to bytes on a connection, up to its end; `ends` says that no more bytes come. */
async function answersTo(text: string, ends = true): Promise<readonly number[]> {
  const { host, httpsPort: port } = world.emulator;
  const ca = world.pki.root.certificatePem;
  const socket = connect({ host, port, servername: HUB, ca });
  socket.on("error", () => {});
  const chunks: Uint8Array[] = [];
  socket.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  socket.write(Buffer.from(text, "latin1"));
  if (ends) socket.end();
  await new Promise((resolve) => socket.once("close", resolve));
  return statusesIn(Buffer.concat(chunks).toString("latin1"));
}

const BODY = '{"query":"SELECT * FROM devices"}';
const SMUGGLED = "GET /devices/smuggled HTTP/1.1\r\n";

test.for([
  ["both lengths", `Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  [
    "both lengths the other way",
    `Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
  ],
  ["two content lengths", `Content-Length: 0\r\nContent-Length: 33\r\n\r\n`],
  ["a list of content lengths", `Content-Length: 0, 0\r\n\r\n`],
  ["a signed content length", `Content-Length: +0\r\n\r\n`],
  ["another encoding than chunked", `Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ["chunked that is not last", `Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
  ["a blank before the colon", `Content-Length : 0\r\n\r\n`],
  ["a chunk size that is none", `Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
  ["a header that goes on in the next line", `X-Folded: a\r\n b\r\n\r\n`],
] as const)(
  "%s is refused with 400, and nothing behind it is taken for a request",
  async ([, rest]) => {
    const request = `POST /devices/query HTTP/1.1\r\n${head}${rest}${SMUGGLED}${head}\r\n`;
    expect(await answersTo(request)).toEqual([400]);
  },
);

test("a body in chunks is read as one with a length", async () => {
  const chunks = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
  const request = `POST /devices/query HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n${chunks}`;
  expect(await answersTo(request)).toEqual([200]);
});

test("requests that come before their answers are answered each, in order", async () => {
  const good = `POST /devices/query HTTP/1.1\r\n${head}Content-Length: ${BODY.length}\r\n\r\n${BODY}`;
  const missing = `GET /devices/nobody HTTP/1.1\r\n${head}\r\n`;
  const stranger = `GET /devices/nobody HTTP/1.1\r\nHost: ${HUB}\r\n\r\n`;
  const last = `GET /devices/nobody HTTP/1.1\r\n${head}Connection: close\r\n\r\n`;
  const statuses = await answersTo(good + missing + stranger + good + last, false);
  expect(statuses).toEqual([200, 404, 401, 200, 404]);
});

test.for([
  ["of nobody here", `GET /devices/x HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n`, [404]],
  ["that is missing", `GET /devices/x HTTP/1.1\r\n\r\n`, [400]],
  [
    "in the target alone",
    `GET https://${HUB}/devices/x HTTP/1.1\r\nHost: x.example\r\n\r\n`,
    [404],
  ],
] as const)("a host name %s opens no hub", async ([, request, statuses]) => {
  expect(await answersTo(request)).toEqual(statuses);
});

test("a body beyond what calls can need is refused before it has come", async () => {
  const request = `POST /devices/query HTTP/1.1\r\n${head}Content-Length: 99999999\r\n\r\n{`;
  expect((await answersTo(request))[0]).toBe(413);
});

test("a client that asks for a new handshake again and again is cut off", async () => {
  const { host, mqttPort: port } = world.emulator;
  const ca = world.pki.root.certificatePem;
  const socket = connect({ host, port, servername: HUB, ca, maxVersion: "TLSv1.2" });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("secureConnect", resolve));
  let handshakes = 0;
  const again = (): void => {
    socket.renegotiate({}, (error) => {
      handshakes++;
      if (error === null && !socket.destroyed) again();
    });
  };
  again();
  await closed;
  // Node's own bound is three in ten minutes.
  expect(handshakes).toBeLessThan(10);
});
