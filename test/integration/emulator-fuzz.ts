import { once } from "node:events";
import { connect } from "node:tls";
import type { Packet } from "mqtt-packet";
import { expect } from "vitest";
import { WebSocket, createWebSocketStream } from "ws";
import { createLogger } from "../../src/base/log.ts";
import { createRandom } from "../../src/base/random.ts";
import { readAllEvents } from "./emulator-events.ts";
import { Dice, written } from "./emulator-fuzz-dice.ts";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator } from "./emulator-wire.ts";
import {
  DPS,
  HUB,
  WireClient,
  connectPacket,
  dpsUserName,
  emulatorForTest,
  hubUserName,
  openHub,
  publishPacket,
  register,
  subscribePacket,
} from "./emulator-wire.ts";

/** Stands in the twin of a device that no other may see. */
const SECRET = "nobody-else-may-read-this";
const ATTACKERS = ["fuzz-1", "fuzz-2", "fuzz-3", "fuzz-4", "fuzz-5", "fuzz-6"] as const;
const WITNESS = "fuzz-witness";
const HIDDEN = "fuzz-hidden";

/** An emulator under attack, beside which a device goes on working. */
export interface FuzzWorld extends AsyncDisposable {
  /**
   * Sends what the seed gives on several connections at once, each to its end, while the witness is served on the
   * connection that it has had from the start; gives what was answered, by kind and status.
   */
  attack(seed: number): Promise<readonly string[]>;
  /** Shows that nothing was logged as an error, and that nobody else's data was read or changed. */
  nothingHappened(): Promise<void>;
}

export async function fuzzWorld(): Promise<FuzzWorld> {
  const errors: string[] = [];
  const destination = { write: (line: string) => void errors.push(line) };
  const log = createLogger({ level: "error", destination });
  const world = await emulatorForTest({ log });
  await enrollGroup(world, { desired: { told: SECRET } });
  const clients = serviceClients(world);
  const [, witnessKeys, ...attackers] = await Promise.all(
    [HIDDEN, WITNESS, ...ATTACKERS].map((id) => registered(world, id)),
  );
  for (const id of ATTACKERS)
    await clients.registry.updateTwin(id, { properties: { desired: { told: null } } }, "*");
  const hidden = (await clients.registry.getTwin(HIDDEN)).responseBody;
  if (witnessKeys === undefined) throw new TypeError("no witness");
  const witness = await openHub(world, WITNESS, witnessKeys.keys);
  witness.send(subscribePacket("$iothub/twin/res/#", 0));
  await witness.next();
  let asked = 0;
  const witnessWorks = async (): Promise<void> => {
    asked++;
    witness.send(
      publishPacket(`devices/${WITNESS}/messages/events/`, `${asked}`, { messageId: 7 }),
      publishPacket(`$iothub/twin/GET/?$rid=${asked}`, "", { qos: 0 }),
    );
    const answers = [await witness.next(), await witness.next()];
    expect(answers.map(({ cmd }) => cmd).toSorted()).toEqual(["puback", "publish"]);
    expect(answers.find(({ cmd }) => cmd === "publish")).toMatchObject({
      topic: `$iothub/twin/res/200/?$rid=${asked}`,
    });
  };
  return {
    attack: async (seed) => {
      const attacks = await Promise.all(
        attackers.map(async ({ id, keys }) => {
          const random = createRandom(seed, id);
          const isDps = random.next() < 0.3;
          const dice = new Dice(random, { own: id, other: HIDDEN, isDps });
          return { client: await open(world, dice, keys), steps: attackOf(dice, id, isDps) };
        }),
      );
      for (let left = attacks; left.length > 0;) {
        const going: typeof attacks = [];
        const sent: Promise<void>[] = [];
        for (const one of left) {
          const step = one.steps.next();
          if (step.done === true) continue;
          sent.push(one.client.write(step.value));
          going.push(one);
        }
        await Promise.all(sent);
        left = going;
        // Its answer also tells that the emulator has read what was sent before.
        await witnessWorks();
      }
      await Promise.all(attacks.map(({ client }) => client.finish()));
      const received = attacks.flatMap(({ client }) => client.received);
      expect(JSON.stringify(received.map(shown))).not.toContain(SECRET);
      return received.map(kindOf);
    },
    nothingHappened: async () => {
      expect(errors).toEqual([]);
      expect((await clients.registry.getTwin(HIDDEN)).responseBody).toEqual(hidden);
      const senders = (await readAllEvents(world)).map((event) => event["deviceId"]);
      expect(senders.filter((id) => id === WITNESS).length).toBe(asked);
      expect(senders).not.toContain(HIDDEN);
      expect(Reflect.get({}, "polluted")).toBeUndefined();
    },
    [Symbol.asyncDispose]: async () => {
      witness.drop();
      clients[Symbol.dispose]();
      await world.emulator.stop();
    },
  };
}

async function registered(
  world: TestEmulator,
  id: string,
): Promise<{ readonly id: string; readonly keys: DeviceKeys }> {
  const keys = await world.pki.leaf(id);
  await register(world, id, keys);
  return { id, keys };
}

/** What is sent: bytes of no kind, a harmed CONNECT, or a good one with anything behind it. */
function* attackOf(dice: Dice, id: string, isDps: boolean): Generator<Buffer> {
  if (dice.oneIn(16)) {
    yield dice.bytes(100);
    return;
  }
  const name = isDps ? dpsUserName(id) : hubUserName(id);
  const isGood = !dice.oneIn(4);
  const hello = connectPacket(
    isGood ? id : dice.pick(id, HIDDEN, dice.text(id)),
    isGood ? name : dice.userName(name),
    {
      clean: dice.oneIn(2),
      ...(dice.oneIn(8) ? { password: dice.bytes(100) } : {}),
      ...(dice.oneIn(4) ? { will: { topic: dice.topic(), payload: "gone" } } : {}),
    },
  );
  const bytes = written(hello);
  yield isGood || dice.oneIn(2) ? bytes : dice.harmed(bytes);
  if (isGood) {
    yield written(subscribePacket(isDps ? "$dps/registrations/res/#" : "$iothub/twin/res/#"));
    for (let streams = dice.below(6); streams > 0; streams--) yield dice.stream();
  }
}

async function open(
  { emulator, pki }: TestEmulator,
  dice: Dice,
  keys: DeviceKeys,
): Promise<WireClient> {
  const dialled = {
    host: emulator.host,
    servername: dice.oneIn(3) ? DPS : HUB,
    ca: pki.root.certificatePem,
    ...(dice.oneIn(8) ? {} : { cert: keys.fullChainPem, key: keys.privateKeyPem }),
  };
  if (!dice.oneIn(3)) {
    const socket = connect({ ...dialled, port: emulator.mqttPort });
    await once(socket, "secureConnect");
    return WireClient.over(socket);
  }
  const url = `wss://${HUB}:${emulator.httpsPort}/$iothub/websocket`;
  const { servername, host, ...tls } = dialled;
  const webSocket = new WebSocket(url, "mqtt", {
    ...tls,
    createConnection: () => connect({ ...tls, host, servername, port: emulator.httpsPort }),
  });
  const stream = createWebSocketStream(webSocket);
  // The emulator has closed; what was still to be written never goes out.
  stream.once("end", () => stream.destroy());
  await once(webSocket, "open");
  return WireClient.over(stream);
}

/** `puback`, `connack 5`, `publish twin 204`: enough to see how far an attack came. */
function kindOf(packet: Packet): string {
  if (packet.cmd === "connack") return `connack ${packet.returnCode}`;
  if (packet.cmd !== "publish") return packet.cmd;
  const [, service, status] = /^\$(?:iothub\/)?(\w+)\/.*?res\/(\d+)\//.exec(packet.topic) ?? [];
  return `publish ${service} ${status}`;
}

function shown(packet: object): object {
  const payload: unknown = Reflect.get(packet, "payload");
  return { ...packet, payload: Buffer.isBuffer(payload) ? payload.toString("latin1") : undefined };
}
