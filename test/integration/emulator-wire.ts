import { once } from "node:events";
import type { Duplex } from "node:stream";
import { connect, TLSSocket } from "node:tls";
import type { Packet } from "mqtt-packet";
import { generate, parser } from "mqtt-packet";
import type { Emulator, EmulatorOptions } from "../../src/emulator/emulator.ts";
import { DEFAULT_NAMES, startEmulator } from "../../src/emulator/emulator.ts";
import type { TestPki } from "../support/pki.ts";
import { testPki } from "../support/pki.ts";

/** A certificate and key that a device presents. */
export interface DeviceKeys {
  /** Leaf first. */
  readonly fullChainPem: string;
  readonly privateKeyPem: string;
}

export interface TestEmulator extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly pki: TestPki;
}

/** An emulator on free ports whose server certificate the returned PKI signed; a new one unless `pki` is given. */
export async function emulatorForTest(
  options: Omit<EmulatorOptions, "tls"> = {},
  pki?: TestPki,
): Promise<TestEmulator> {
  pki ??= await testPki();
  const { provisioningHost, dpsHost, hubs } = DEFAULT_NAMES;
  const names = [provisioningHost, dpsHost, ...(options.hubs ?? hubs), "localhost", "127.0.0.1"];
  const server = await pki.server(names);
  const emulator = await startEmulator({
    tls: { certificatePem: server.chainPem, privateKeyPem: server.privateKeyPem },
    retryAfterS: 0,
    ...options,
  });
  return { emulator, pki, [Symbol.asyncDispose]: () => emulator.stop() };
}

/** Where an emulator is, and the CA of its certificate; it may run in another process. */
export interface Reachable {
  readonly emulator: Pick<Emulator, "host" | "mqttPort">;
  readonly pki: { readonly root: Pick<TestPki["root"], "certificatePem"> };
}

/** An MQTT client that shows every packet in the order of the wire; nothing is done for it. */
export class WireClient implements AsyncDisposable {
  /** All packets received so far. */
  readonly received: Packet[] = [];
  readonly closed: Promise<unknown>;
  /** The TLS session that the emulator gives for resumption; never settles on another stream than TLS. */
  readonly session: Promise<Buffer>;
  readonly #socket: Duplex;
  #waiting: (() => void)[] = [];
  #taken = 0;

  private constructor(socket: Duplex, session: Promise<Buffer>) {
    this.#socket = socket;
    this.session = session;
    const reader = parser();
    reader.on("packet", (packet: Packet) => {
      this.received.push(packet);
      this.#wake();
    });
    socket.on("data", (chunk) => reader.parse(chunk));
    // A close by the emulator may come as a reset; the tests look at `closed`.
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        resolve(undefined);
        this.#wake();
      });
    });
  }

  /** Opens a TLS connection as a device does, checking the server's certificate. */
  static async open(
    { emulator, pki }: Reachable,
    options: {
      readonly servername: string;
      readonly keys?: DeviceKeys | undefined;
      readonly session?: Buffer | undefined;
    },
  ): Promise<WireClient> {
    const socket = connect({
      host: emulator.host,
      port: emulator.mqttPort,
      servername: options.servername,
      ca: pki.root.certificatePem,
      session: options.session,
      ...(options.keys === undefined
        ? {}
        : { cert: options.keys.fullChainPem, key: options.keys.privateKeyPem }),
    });
    const session = new Promise<Buffer>((resolve) => socket.once("session", resolve));
    await once(socket, "secureConnect");
    return new WireClient(socket, session);
  }

  /** Whether the handshake resumed the session that was offered. */
  get isResumed(): boolean {
    return this.#socket instanceof TLSSocket && this.#socket.isSessionReused();
  }

  /** The same over a stream that is open, such as a WebSocket. */
  static over(stream: Duplex): WireClient {
    return new WireClient(stream, new Promise(() => {}));
  }

  send(...packets: readonly Packet[]): void {
    void this.write(Buffer.concat(packets.map((packet) => generate(packet))));
  }

  /** Any bytes, as no MQTT library would send them; resolves when they are handed over, or cannot be. */
  async write(bytes: Buffer): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.write(bytes, () => resolve()));
  }

  /** The next packet that was not taken yet; rejects when the connection is closed before it comes. */
  async next(): Promise<Packet> {
    for (;;) {
      const packet = this.received[this.#taken];
      if (packet !== undefined) {
        this.#taken += 1;
        return packet;
      }
      if (this.#socket.closed) throw new Error("the connection was closed");
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The next publish, with its body as text. */
  async nextPublish(): Promise<{ topic: string; body: string; qos: number }> {
    const packet = await this.next();
    if (packet.cmd !== "publish") throw new Error(`expected a publish, got ${packet.cmd}`);
    return { topic: packet.topic, body: packet.payload.toString(), qos: packet.qos };
  }

  /** Says that nothing more comes, and waits until the emulator has read all and closed too. */
  async finish(): Promise<void> {
    this.#socket.end();
    await this.closed;
  }

  /** Drops the connection without DISCONNECT. */
  drop(): void {
    this.#socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.closed;
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

export const connectPacket = (
  clientId: string,
  username: string,
  more: {
    clean?: boolean;
    keepalive?: number;
    will?: { topic: string; payload: string };
    password?: Buffer;
  } = {},
): Packet => ({
  cmd: "connect",
  protocolId: "MQTT",
  protocolVersion: 4,
  clientId,
  username,
  clean: more.clean ?? true,
  keepalive: more.keepalive ?? 60,
  ...(more.password === undefined ? {} : { password: more.password }),
  ...(more.will === undefined ? {} : { will: { ...more.will, qos: 0 } }),
});

export const subscribePacket = (topic: string, qos: 0 | 1 | 2 = 1, messageId = 1): Packet => ({
  cmd: "subscribe",
  messageId,
  subscriptions: [{ topic, qos }],
});

export const publishPacket = (
  topic: string,
  payload: string | Buffer,
  more: { qos?: 0 | 1 | 2; messageId?: number; retain?: boolean } = {},
): Packet => ({
  cmd: "publish",
  topic,
  payload,
  qos: more.qos ?? 1,
  messageId: more.messageId ?? 2,
  dup: false,
  retain: more.retain ?? false,
});

/** @throws {TypeError} if it has no id, as at QoS 0 */
export function pubackOf({ cmd, messageId }: Packet): Packet {
  if (messageId === undefined) throw new TypeError(`${cmd} without an id`);
  return { cmd: "puback", messageId };
}

export const dpsUserName = (
  registrationId: string,
  idScope: string = DEFAULT_NAMES.idScope,
): string => `${idScope}/registrations/${registrationId}/api-version=2019-03-31&ClientVersion=test`;

export const HUB = DEFAULT_NAMES.hubs[0];
export const DPS = DEFAULT_NAMES.provisioningHost;

export const hubUserName = (deviceId: string, hub: string = HUB): string =>
  `${hub}/${deviceId}/?api-version=2021-04-12&DeviceClientType=test`;

/** Connects to DPS and subscribes to answers. */
export async function openDps(
  test: TestEmulator,
  registrationId: string,
  keys: DeviceKeys,
  session?: Buffer,
): Promise<WireClient> {
  const client = await WireClient.open(test, { servername: DPS, keys, session });
  client.send(connectPacket(registrationId, dpsUserName(registrationId)));
  const connack = await client.next();
  if (connack.cmd !== "connack" || connack.returnCode !== 0)
    throw new Error(`DPS refused: ${JSON.stringify(connack)}`);
  client.send(subscribePacket("$dps/registrations/res/#"));
  await client.next();
  return client;
}

/** Registers by hand and gives the last answer. */
export async function register(
  test: TestEmulator,
  registrationId: string,
  keys: DeviceKeys,
): Promise<{ topic: string; body: string }> {
  await using client = await openDps(test, registrationId, keys);
  return await registerOn(client);
}

/** Registers by hand on a connection of `openDps`. */
export async function registerOn(client: WireClient): Promise<{ topic: string; body: string }> {
  client.send(publishPacket("$dps/registrations/PUT/iotdps-register/?$rid=r1", "", { qos: 0 }));
  const accepted = await client.nextPublish();
  if (!accepted.topic.startsWith("$dps/registrations/res/202/")) return accepted;
  const answer: { operationId: string } = JSON.parse(accepted.body);
  const topic = `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=r2&operationId=${answer.operationId}`;
  client.send(publishPacket(topic, " ", { qos: 0 }));
  return await client.nextPublish();
}

/** Connects a registered device to its hub; the CONNACK is checked. */
export async function openHub(
  test: TestEmulator,
  deviceId: string,
  keys: DeviceKeys,
  more: Parameters<typeof connectPacket>[2] & { readonly hub?: string } = {},
): Promise<WireClient> {
  const hub = more.hub ?? HUB;
  const client = await WireClient.open(test, { servername: hub, keys });
  client.send(connectPacket(deviceId, hubUserName(deviceId, hub), more));
  const connack = await client.next();
  if (connack.cmd !== "connack" || connack.returnCode !== 0)
    throw new Error(`the hub refused: ${JSON.stringify(connack)}`);
  return client;
}
