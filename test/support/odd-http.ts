import fc from "fast-check";

/** What the odd requests are about. */
export interface HttpTarget {
  readonly host: string;
  /** Of a policy with every right. */
  readonly token: string;
}

const LINES = [
  "GET /devices/dev HTTP/1.1",
  "GET /twins/dev?api-version=2021-04-12 HTTP/1.1",
  "POST /devices/query HTTP/1.1",
  "PUT /devices/dev HTTP/1.1",
  "HEAD /emulator/health HTTP/1.1",
  "GET /emulator/events HTTP/1.1",
  "OPTIONS * HTTP/1.1",
  "CONNECT hub:443 HTTP/1.1",
  "GET https://elsewhere/devices/dev HTTP/1.1",
  "GET //devices//dev HTTP/1.1",
  "GET /devices/dev HTTP/1.0",
  "GET /devices/dev HTTP/9.9",
  "GET /devices/dev",
  "PRI * HTTP/2.0",
  "GET /$iothub/websocket HTTP/1.1",
  `GET /${"a".repeat(9000)} HTTP/1.1`,
];

/** Asks for names only: a request that comes through whole is one of the policy's own, and is answered. */
const QUERY = '{"query":"SELECT deviceId FROM devices"}';

const BODIES = [
  "",
  QUERY,
  "0\r\n\r\n",
  "5\r\n{   }\r\n0\r\n\r\n",
  "zz\r\n{}\r\n0\r\n\r\n",
  "-1\r\n{}\r\n",
  "FFFFFFFFFFFFFFFFF\r\n{}\r\n",
  `2;${"x".repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
  "2\n{}\n0\n\n",
  "0\r\nX-Trailer: 1\r\n\r\n",
  "GET /devices/smuggled HTTP/1.1\r\nHost: hub\r\n\r\n",
];

/** Requests as bytes: some of them whole, most of them wrong in one way or several, a few behind one another. */
export function oddHttp({ host, token }: HttpTarget): fc.Arbitrary<Buffer> {
  const header = fc.constantFrom(
    `Host: ${host}`,
    `host:${host}:443`,
    "Host: elsewhere.example",
    "Host:",
    "Host: a\r\nHost: b",
    "Host : spaced",
    `Authorization: ${token}`,
    "Authorization: SharedAccessSignature sr=&sig=&se=",
    "Content-Length: 0",
    `Content-Length: ${QUERY.length}`,
    "Content-Length: 5\r\nContent-Length: 6",
    "Content-Length: 5, 6",
    "Content-Length: -1",
    "Content-Length: +5",
    "Content-Length: 99999999999999999999",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: identity, chunked",
    "Transfer-Encoding:\u000bchunked",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding : chunked",
    "X-Folded: a\r\n b",
    "X-Null: a\0b",
    "No colon",
    ": no name",
    "X-Latin: \u00e9",
    `X-Long: ${"x".repeat(17_000)}`,
    Array.from({ length: 3000 }, (_, n) => `x${n}: 1`).join("\r\n"),
    "Expect: 100-continue",
    "Expect: the impossible",
    "Connection: upgrade\r\nUpgrade: h2c",
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x",
    "Connection: close",
    "Accept-Encoding: gzip",
  );
  const plain = fc.constant(`Host: ${host}\r\nAuthorization: ${token}`);
  const request = fc
    .record({
      line: fc.constantFrom(...LINES),
      headers: fc.array(fc.oneof(header, plain), { maxLength: 5 }),
      end: fc.oneof(
        { weight: 6, arbitrary: fc.constant("\r\n\r\n") },
        { weight: 1, arbitrary: fc.constantFrom("\n\n", "\r\r", "\r\n", "") },
      ),
      body: fc.constantFrom(...BODIES),
    })
    .map(({ line, headers, end, body }) => [line, ...headers].join("\r\n") + end + body);
  // By chance a whole query comes together once in some thousand runs; what it is answered is judged in each.
  const query = fc.constant(
    [
      "POST /devices/query?api-version=2021-04-12 HTTP/1.1",
      `Host: ${host}`,
      `Authorization: ${token}`,
      `Content-Length: ${QUERY.length}\r\n\r\n${QUERY}`,
    ].join("\r\n"),
  );
  const one = fc.oneof({ weight: 30, arbitrary: request }, { weight: 1, arbitrary: query });
  return fc
    .array(one, { minLength: 1, maxLength: 3 })
    .map((requests) => Buffer.from(requests.join(""), "latin1"));
}

/** The statuses of the answers in what was read of a connection. */
export function statusesIn(answers: string): readonly number[] {
  return [...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
}
