import { connect as tcpConnect } from "node:net";
import type { Duplex } from "node:stream";
import { checkServerIdentity, connect as tlsConnect } from "node:tls";
import fc from "fast-check";
import { generate } from "mqtt-packet";
import { createLogger } from "../../src/base/log.ts";
import { enrollGroup, serviceClients } from "../integration/emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator } from "../integration/emulator-wire.ts";
import {
  HUB,
  connectPacket,
  emulatorForTest,
  hubUserName,
  openHub,
  publishPacket,
  register,
  subscribePacket,
} from "../integration/emulator-wire.ts";
import { clientHello, oddFrames, oddHellos } from "./odd-bytes.ts";
import { oddHttp, statusesIn } from "./odd-http.ts";
import { formatSasToken } from "./sas-token.ts";

const WITNESS = "border-witness";
const ATTACKER = "border-attacker";
/** Stands in the witness's twin, which neither the attacker nor a stranger may see over these borders. */
const SECRET = "nobody-else-may-read-this";

/** Something that is sent to a port, and how the connection was opened. */
export interface Attack {
  readonly kind: "hello" | "http" | "frames";
  readonly port: "mqtt" | "https";
  /** Undefined is no SNI. */
  readonly servername: string | undefined;
  readonly bytes: Buffer;
  /** The places at which the bytes are cut into writes. */
  readonly cuts: readonly number[];
}

export interface BorderWorld extends AsyncDisposable {
  readonly attacks: fc.Arbitrary<Attack>;
  /** Sends it, says that no more comes, and waits for the emulator's end of the connection; gives what was read. */
  send(attack: Attack): Promise<string>;
  /** Whether a device that was there from the start is served. */
  isServed(): Promise<boolean>;
  /** Whether the service APIs answer. */
  isAsked(): Promise<boolean>;
  /** What was logged as an error. */
  readonly errors: readonly string[];
}

/** What is wrong with what was read of a connection; undefined where nothing is. */
export function failureIn(answers: string): string | undefined {
  const failed = statusesIn(answers).find((status) => status >= 500 && status !== 501);
  if (failed !== undefined) return `status ${failed}`;
  return answers.includes(SECRET) ? "another device's data" : undefined;
}

/** An emulator whose borders are sent what no client sends, beside a device and a service client that go on working. */
export async function borderWorld(): Promise<BorderWorld> {
  const errors: string[] = [];
  const destination = { write: (line: string) => void errors.push(line) };
  const log = createLogger({ level: "error", destination });
  const world = await emulatorForTest({ log, connectTimeoutMs: 2000, requestTimeoutMs: 2000 });
  await enrollGroup(world);
  const [witnessKeys, keys] = await Promise.all(
    [WITNESS, ATTACKER].map(async (id) => {
      const own = await world.pki.leaf(id);
      await register(world, id, own);
      return own;
    }),
  );
  if (witnessKeys === undefined || keys === undefined) throw new TypeError("no keys");
  const clients = serviceClients(world);
  await clients.registry.updateTwin(WITNESS, { tags: { told: SECRET } }, "*");
  const witness = await openHub(world, WITNESS, witnessKeys);
  const attacks = await attacksOn(world);
  return {
    attacks,
    errors,
    send: (attack) => sent(world, attack, keys),
    isServed: async () => {
      witness.send(publishPacket(`devices/${WITNESS}/messages/events/`, "x", { messageId: 7 }));
      return (await witness.next()).cmd === "puback";
    },
    isAsked: async () => {
      const { responseBody } = await clients.registry.get(WITNESS);
      return responseBody.deviceId === WITNESS;
    },
    [Symbol.asyncDispose]: async () => {
      witness.drop();
      clients[Symbol.dispose]();
      await world.emulator.stop();
    },
  };
}

async function attacksOn({ emulator }: TestEmulator): Promise<fc.Arbitrary<Attack>> {
  const hello = await clientHello(HUB);
  const [, key = ""] = /SharedAccessKey=(.*)/.exec(emulator.hubConnectionStrings[0] ?? "") ?? [];
  const owner = { name: "iothubowner", key };
  const token = formatSasToken(HUB, owner, Math.floor(Date.now() / 1000) + 36_000);
  const packets = Buffer.concat(
    [
      connectPacket(ATTACKER, hubUserName(ATTACKER)),
      subscribePacket("$iothub/twin/res/#", 0),
      publishPacket("$iothub/twin/GET/?$rid=1", "", { qos: 0 }),
      publishPacket(`devices/${ATTACKER}/messages/events/`, "x".repeat(300)),
    ].map((packet) => generate(packet)),
  );
  const common = {
    servername: fc.constantFrom(HUB, undefined, "elsewhere.example", "localhost"),
    cuts: fc.array(fc.nat(400), { maxLength: 3 }),
  };
  const of = (
    kind: Attack["kind"],
    port: fc.Arbitrary<Attack["port"]>,
    bytes: fc.Arbitrary<Buffer>,
  ): fc.Arbitrary<Attack> => fc.record({ ...common, kind: fc.constant(kind), port, bytes });
  const ports = fc.constantFrom<Attack["port"][]>("mqtt", "https");
  return fc.oneof(
    of("hello", ports, oddHellos(hello)),
    of("http", fc.constant("https"), oddHttp({ host: HUB, token })),
    of("frames", fc.constant("https"), oddFrames(packets)),
  );
}

const UPGRADE = [
  "GET /$iothub/websocket HTTP/1.1",
  `Host: ${HUB}`,
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Protocol: mqtt",
  "",
  "",
].join("\r\n");

async function sent(
  { emulator, pki }: TestEmulator,
  { kind, port, servername, bytes, cuts }: Attack,
  keys: DeviceKeys,
): Promise<string> {
  const at = {
    host: emulator.host,
    port: port === "mqtt" ? emulator.mqttPort : emulator.httpsPort,
  };
  const socket: Duplex =
    kind === "hello"
      ? tcpConnect(at)
      : tlsConnect({
          ...at,
          ca: pki.root.certificatePem,
          cert: keys.fullChainPem,
          key: keys.privateKeyPem,
          // Whatever SNI says, the certificate is checked against a name that the emulator has; without it against its address.
          ...(servername === undefined
            ? {}
            : {
                servername,
                checkServerIdentity: (_sni, shown) => checkServerIdentity(HUB, shown),
              }),
        });
  socket.on("error", () => {});
  const chunks: Uint8Array[] = [];
  socket.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  const closed = new Promise((resolve) => socket.once("close", resolve));
  if (kind === "frames") socket.write(UPGRADE);
  let from = 0;
  for (const to of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
    const piece = bytes.subarray(from, to);
    await new Promise((resolve) => socket.write(piece, resolve));
    from = Math.max(from, to);
  }
  socket.end();
  await closed;
  return Buffer.concat(chunks).toString("latin1");
}
