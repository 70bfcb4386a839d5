import { once } from "node:events";
import { createServer } from "node:https";
import type { TLSSocket } from "node:tls";
import { createSecureContext } from "node:tls";
import { generate, parser } from "mqtt-packet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { proxiesOf } from "../../src/base/proxy.ts";
import { TlsSessions } from "../../src/device/tls-sessions.ts";
import { TracingProvider } from "../../src/device/transport.ts";
import { connectProxy } from "../support/connect-proxy.ts";
import { directWay } from "../support/direct-way.ts";
import type { TestPki } from "../support/pki.ts";
import { testPki } from "../support/pki.ts";

const A = "a.azure-devices.net";
const B = "b.azure-devices.net";
let pki: TestPki;
beforeAll(async () => {
  pki = await testPki();
  door = await openDoor();
});
afterAll(() => door[Symbol.asyncDispose]());

/** A hub's front door for WebSockets: takes every CONNECT, and notes what it saw below. */
interface Door extends AsyncDisposable {
  readonly port: number;
  /** Of each connection that got as far as TLS: whether its session was resumed. */
  readonly resumed: boolean[];
  /** Path and subprotocol of each upgrade. */
  readonly upgrades: string[];
  /** How many packets each WebSocket message held. */
  readonly packets: number[];
}
let door: Door;

async function openDoor(): Promise<Door> {
  const { chainPem, privateKeyPem } = await pki.server([A]);
  const resumed: boolean[] = [];
  const upgrades: string[] = [];
  const packets: number[] = [];
  const server = createServer({ cert: chainPem, key: privateKeyPem });
  server.on("secureConnection", (socket: TLSSocket) => resumed.push(socket.isSessionReused()));
  const webSockets = new WebSocketServer({ server });
  webSockets.on("connection", (webSocket, request) => {
    upgrades.push(`${request.url} ${webSocket.protocol}`);
    webSocket.on("error", () => undefined);
    const incoming = parser({ protocolVersion: 4 });
    let count = 0;
    incoming.on("packet", ({ cmd }) => {
      count += 1;
      if (cmd !== "connect") return;
      webSocket.send(generate({ cmd: "connack", returnCode: 0, sessionPresent: false }));
    });
    webSocket.on("message", (chunk: Buffer) => {
      count = 0;
      incoming.parse(chunk);
      packets.push(count);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    resumed,
    upgrades,
    packets,
    [Symbol.asyncDispose]: async () => {
      for (const webSocket of webSockets.clients) webSocket.terminate();
      webSockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const OPTIONS = { clientId: "cave-1", protocolVersion: 4, reconnectPeriod: 0, keepalive: 60 };

/** Connects a device once and gives the failure's code, or undefined where CONNACK came; it is cut after that. */
async function connectOnce(
  host: string,
  sessions: TlsSessions | undefined,
  proxyUrl?: string,
): Promise<string | undefined> {
  const leaf = await pki.leaf("cave-1");
  const rules = [{ host: "", address: "127.0.0.1", toPort: door.port }];
  const way = directWay(proxyUrl === undefined ? rules : [], "mqtt-ws");
  const provider = new TracingProvider({
    secureContext: createSecureContext({
      cert: leaf.fullChainPem,
      key: leaf.privateKeyPem,
      ca: pki.root.certificatePem,
    }),
    way: { ...way, proxyFor: proxiesOf({ HTTPS_PROXY: proxyUrl }) },
    connectTimeoutMs: 10_000,
    sessions,
    clock: () => performance.now(),
  });
  const client = provider.connect(`mqtts://${host}`, OPTIONS);
  client.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => client.once("close", resolve));
  const connected = new Promise<void>((resolve) => client.once("connect", () => resolve()));
  await Promise.race([connected, closed]);
  const { trace } = provider;
  provider.destroy();
  await closed;
  client.end(true);
  if (trace?.connackMs === undefined) return trace?.failure?.code ?? "unknown";
  const { startedMs, tcpMs = 0, tlsMs = 0, webSocketMs = 0, connackMs } = trace;
  const steps = [startedMs, tcpMs, tlsMs, webSocketMs, connackMs];
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  return undefined;
}

const newSessions = (): TlsSessions => new TlsSessions(() => Date.now());

test("MQTT goes to the path and subprotocol of IoT Hub, a packet a frame", async () => {
  expect(await connectOnce(A, undefined)).toBeUndefined();
  expect(door.upgrades).toEqual(["/$iothub/websocket mqtt"]);
  // MQTT.js writes a CONNECT in more than ten pieces.
  expect(door.packets[0]).toBe(1);
});

test("a second WebSocket to a hub resumes the TLS session, and one without a store never does", async () => {
  const sessions = newSessions();
  door.resumed.length = 0;
  for (const store of [sessions, sessions, undefined, undefined]) {
    expect(await connectOnce(A, store)).toBeUndefined();
  }
  expect(door.resumed).toEqual([false, true, false, false]);
});

test("a session of the direct way is not offered through a proxy, and the name is checked on both", async () => {
  await using proxy = await connectProxy({ to: { host: "127.0.0.1", port: door.port } });
  const sessions = newSessions();
  door.resumed.length = 0;
  expect(await connectOnce(A, sessions)).toBeUndefined();
  expect(await connectOnce(A, sessions, proxy.url)).toBeUndefined();
  expect(await connectOnce(A, sessions, proxy.url)).toBeUndefined();
  expect(door.resumed).toEqual([false, false, true]);
  expect(await connectOnce(B, sessions)).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  expect(await connectOnce(B, sessions, proxy.url)).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
});
