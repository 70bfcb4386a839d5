import { once } from "node:events";
import type { Server, TLSSocket } from "node:tls";
import { createSecureContext, createServer } from "node:tls";
import { generate, parser } from "mqtt-packet";
import { expect, test } from "vitest";
import { TlsSessions } from "../../src/device/tls-sessions.ts";
import { TracingProvider } from "../../src/device/transport.ts";
import type { TestPki } from "../support/pki.ts";
import { testPki } from "../support/pki.ts";
import { directWay } from "../support/direct-way.ts";

const A = "a.azure-devices.net";
const B = "b.azure-devices.net";

/** A hub's front door: takes every CONNECT, and notes whether its TLS session was resumed. */
interface Door extends AsyncDisposable {
  readonly port: number;
  readonly server: Server;
  /** Of each connection that got as far as TLS. */
  readonly resumed: boolean[];
  /** How many CONNECT packets came. */
  connects: number;
}

async function openDoor(pki: TestPki, names: readonly string[]): Promise<Door> {
  const { chainPem, privateKeyPem } = await pki.server(names);
  const open = new Set<TLSSocket>();
  const resumed: boolean[] = [];
  const server = createServer({ cert: chainPem, key: privateKeyPem }, (socket) => {
    resumed.push(socket.isSessionReused());
    open.add(socket);
    socket.on("error", () => undefined);
    const incoming = parser({ protocolVersion: 4 });
    incoming.on("packet", ({ cmd }) => {
      if (cmd !== "connect") return;
      door.connects += 1;
      socket.write(generate({ cmd: "connack", returnCode: 0, sessionPresent: false }));
    });
    socket.on("data", (chunk) => incoming.parse(chunk));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const door: Door = {
    port: address.port,
    server,
    resumed,
    connects: 0,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return door;
}

/** The transport of one device, that dials every name at `port`. */
async function deviceOf(pki: TestPki, sessions: TlsSessions | undefined) {
  const leaf = await pki.leaf("cave-1");
  const secureContext = createSecureContext({
    cert: leaf.fullChainPem,
    key: leaf.privateKeyPem,
    ca: pki.root.certificatePem,
  });
  return (port: number): TracingProvider =>
    new TracingProvider({
      secureContext,
      way: directWay([{ host: "", address: "127.0.0.1", toPort: port }]),
      connectTimeoutMs: 10_000,
      sessions,
      clock: () => performance.now(),
    });
}

const OPTIONS = { clientId: "cave-1", protocolVersion: 4, reconnectPeriod: 0, keepalive: 60 };

/** Connects once and gives the failure's code, or undefined where CONNACK came; the connection is cut after it. */
async function connectOnce(provider: TracingProvider, host: string): Promise<string | undefined> {
  const client = provider.connect(`mqtts://${host}`, OPTIONS);
  client.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => client.once("close", resolve));
  await Promise.race([
    new Promise<void>((resolve) => client.once("connect", () => resolve())),
    closed,
  ]);
  const failed = provider.trace?.connackMs === undefined;
  provider.destroy();
  await closed;
  client.end(true);
  return failed ? (provider.trace?.failure?.code ?? "unknown") : undefined;
}

const newSessions = (): TlsSessions => new TlsSessions(() => Date.now());

test("a second connection to a hub resumes the session, and one without a store never does", async () => {
  const pki = await testPki();
  await using door = await openDoor(pki, [A]);
  const resuming = await deviceOf(pki, newSessions());
  expect(await connectOnce(resuming(door.port), A)).toBeUndefined();
  expect(await connectOnce(resuming(door.port), A)).toBeUndefined();
  // As the device registers with DPS, which must see the whole chain each time.
  const full = await deviceOf(pki, undefined);
  expect(await connectOnce(full(door.port), A)).toBeUndefined();
  expect(await connectOnce(full(door.port), A)).toBeUndefined();
  expect(door.resumed).toEqual([false, true, false, false]);
});

test("a session of one name is not offered under another, and the name is checked there", async () => {
  const pki = await testPki();
  await using door = await openDoor(pki, [A]);
  const device = await deviceOf(pki, newSessions());
  expect(await connectOnce(device(door.port), A)).toBeUndefined();
  expect(await connectOnce(device(door.port), B)).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  expect(door.connects).toBe(1);
  expect(await connectOnce(device(door.port), A)).toBeUndefined();
  expect(door.resumed.filter(Boolean)).toHaveLength(1);
});

test("a session of one address is not offered at another", async () => {
  const pki = await testPki();
  await using first = await openDoor(pki, [A]);
  await using second = await openDoor(pki, [A]);
  // Both own the same ticket key, as a farm behind one name does: only the address tells them apart.
  second.server.setTicketKeys(first.server.getTicketKeys());
  const device = await deviceOf(pki, newSessions());
  for (const door of [first, second]) {
    expect(await connectOnce(device(door.port), A)).toBeUndefined();
    expect(door.resumed).toEqual([false]);
  }
});

test("a session is dropped when a connection to its server fails, and made anew after that", async () => {
  const pki = await testPki();
  await using door = await openDoor(pki, [A]);
  const device = await deviceOf(pki, newSessions());
  expect(await connectOnce(device(door.port), A)).toBeUndefined();
  const failing = device(door.port);
  door.server.once("connection", (socket) => socket.resetAndDestroy());
  expect(await connectOnce(failing, A)).toBe("ECONNRESET");
  expect(await connectOnce(device(door.port), A)).toBeUndefined();
  expect(await connectOnce(device(door.port), A)).toBeUndefined();
  expect(door.resumed).toEqual([false, false, true]);
});

test.for([
  ["of another name", async (pki: TestPki) => pki.server([B])],
  ["of another CA", async (pki: TestPki) => pki.server([A], { signer: pki.otherRoot })],
] as const)(
  "a server that comes back with a certificate %s is refused, with a session at hand",
  async ([, issue]) => {
    const pki = await testPki();
    await using door = await openDoor(pki, [A]);
    const device = await deviceOf(pki, newSessions());
    expect(await connectOnce(device(door.port), A)).toBeUndefined();
    const { chainPem, privateKeyPem } = await issue(pki);
    door.server.setSecureContext({ cert: chainPem, key: privateKeyPem });
    expect(await connectOnce(device(door.port), A)).toMatch(/ALTNAME|SELF_SIGNED|UNABLE_TO/);
    expect(door.connects).toBe(1);
  },
);

test("a session is not offered after the server's certificate has ended", async () => {
  const pki = await testPki();
  await using door = await openDoor(pki, [A]);
  let nowMs = Date.now();
  const device = await deviceOf(pki, new TlsSessions(() => nowMs));
  expect(await connectOnce(device(door.port), A)).toBeUndefined();
  nowMs += 10 * 365 * 86_400_000;
  expect(await connectOnce(device(door.port), A)).toBeUndefined();
  expect(door.resumed).toEqual([false, false]);
});
