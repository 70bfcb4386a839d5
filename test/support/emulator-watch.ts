import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { generate } from "mqtt-packet";
import { WebSocket, createWebSocketStream } from "ws";
import { once } from "node:events";
import { connect } from "node:tls";
import { DEFAULT_NAMES, type Emulator, type EmulatorOptions } from "../../src/emulator/emulator.ts";
import { enrollGroup } from "../integration/emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator } from "../integration/emulator-wire.ts";
import {
  HUB,
  WireClient,
  connectPacket,
  hubUserName,
  publishPacket,
  register,
  subscribePacket,
} from "../integration/emulator-wire.ts";
import type { Point } from "../../scripts/soak/theil-sen.ts";
import { testPki } from "./pki.ts";

/** What a process holds while no connection is open. */
export interface Held {
  /** After a collection. */
  readonly heapBytes: number;
  /** Resident memory beside what V8 has reserved for its heap, which follows how much garbage there is. */
  readonly nativeBytes: number;
  /** By kind, as `process.getActiveResourcesInfo` names them. */
  readonly handles: Readonly<Record<string, number>>;
  /** On emitters that live as long as the emulator, by their class. */
  readonly listeners: Readonly<Record<string, number>>;
}

export type WatchQuestion =
  | { readonly kind: "start"; readonly options: EmulatorOptions; readonly leakBytes: number }
  | { readonly kind: "look" };

/** What became of an emulator under connections that came and went. */
export interface Watched {
  /** Before the first client, and after the last. */
  readonly first: Held;
  readonly last: Held;
  readonly heap: readonly Point[];
  readonly native: readonly Point[];
}

export interface WatchOptions {
  /** Cycles after the warm-up, and before. */
  readonly cycles: number;
  readonly warmUp: number;
  /** How often the process is looked at. */
  readonly looks: number;
  /** A leak of so many bytes for each connection, planted in the process; default none. */
  readonly leakBytes?: number;
}

/** Devices that come and go at a time; each has a lane of its own, since a second connection would end the first. */
const LANES = 8;
/** Wherever this runs, from the sources or built: the child runs built. */
const CHILD = fileURLToPath(
  new URL(
    import.meta.url.includes("/dist/test/")
      ? "./watched-emulator.js"
      : "../../dist/test/support/watched-emulator.js",
    import.meta.url,
  ),
);

/**
 * Lets devices come and go at an emulator in a process of its own: each cycle connects, subscribes, sends a message, reads
 * the twin and leaves, in one of the ways in which devices do; one in eight registers with DPS before.
 */
export async function watchEmulator(options: WatchOptions): Promise<Watched> {
  const child = fork(CHILD, [], { execArgv: ["--expose-gc"] });
  try {
    return await watch(child, options);
  } finally {
    const ended = once(child, "exit");
    if (child.connected) child.disconnect();
    await ended;
  }
}

async function watch(child: ChildProcess, options: WatchOptions): Promise<Watched> {
  const { world, first } = await started(child, options.leakBytes ?? 0);
  await enrollGroup(world);
  const devices = await Promise.all(
    Array.from({ length: LANES }, async (_, lane) => {
      const id = `growth-${lane}`;
      const keys = await world.pki.leaf(id);
      await register(world, id, keys);
      return { id, keys };
    }),
  );
  let cycle = 0;
  const runUntil = async (end: number): Promise<void> => {
    await Promise.all(
      devices.map(async ({ id, keys }) => {
        while (cycle < end) await comeAndGo(world, id, keys, cycle++);
      }),
    );
  };
  await runUntil(options.warmUp);
  const looks: { cycle: number; held: Held }[] = [];
  for (let look = 1; look <= options.looks; look++) {
    await runUntil(options.warmUp + Math.round((options.cycles * look) / options.looks));
    looks.push({ cycle, held: await asked(child, { kind: "look" }) });
  }
  const last = looks.at(-1)?.held ?? first;
  const seriesOf = (member: "heapBytes" | "nativeBytes"): readonly Point[] =>
    looks.map(({ cycle: at, held }) => ({ at, value: held[member] }));
  return { first, last, heap: seriesOf("heapBytes"), native: seriesOf("nativeBytes") };
}

async function started(
  child: ChildProcess,
  leakBytes: number,
): Promise<{ readonly world: TestEmulator; readonly first: Held }> {
  const pki = await testPki();
  const { provisioningHost, dpsHost, hubs } = DEFAULT_NAMES;
  const server = await pki.server([provisioningHost, dpsHost, ...hubs, "127.0.0.1"]);
  const options: EmulatorOptions = {
    tls: { certificatePem: server.chainPem, privateKeyPem: server.privateKeyPem },
    retryAfterS: 0,
    // What is kept on purpose has reached its bound by the end of the warm-up.
    eventsMaxCount: 100,
  };
  const info = await asked<Omit<Emulator, "stop">>(child, { kind: "start", options, leakBytes });
  const emulator = { ...info, stop: nothing, [Symbol.asyncDispose]: nothing };
  const first = await asked<Held>(child, { kind: "look" });
  return { world: { emulator, pki, [Symbol.asyncDispose]: nothing }, first };
}

/** The emulator ends with its process. */
const nothing = async (): Promise<void> => {};

async function asked<T>(child: ChildProcess, question: WatchQuestion): Promise<T> {
  const reply = once(child, "message");
  child.send(question);
  const [{ answered, failed }] = await reply;
  if (answered === undefined) throw new Error(`the watched emulator: ${failed}`);
  return answered;
}

async function comeAndGo(
  world: TestEmulator,
  id: string,
  keys: DeviceKeys,
  cycle: number,
): Promise<void> {
  if (cycle % 8 === 0) await register(world, id, keys);
  const client = cycle % 8 === 1 ? await overWebSocket(world, keys) : await overTls(world, keys);
  client.send(connectPacket(id, hubUserName(id), { clean: cycle % 4 === 0 }));
  await client.next();
  client.send(
    subscribePacket("$iothub/twin/res/#", 0),
    publishPacket(`devices/${id}/messages/events/`, `{"cycle":${cycle}}`),
    publishPacket("$iothub/twin/GET/?$rid=1", "", { qos: 0 }),
  );
  for (let answers = 0; answers < 3; answers++) await client.next();
  if (cycle % 3 === 0) client.drop();
  else void client.write(generate({ cmd: "disconnect" }));
  await client.closed;
}

function overTls(world: TestEmulator, keys: DeviceKeys): Promise<WireClient> {
  return WireClient.open(world, { servername: HUB, keys });
}

async function overWebSocket(
  { emulator, pki }: TestEmulator,
  keys: DeviceKeys,
): Promise<WireClient> {
  const tls = {
    ca: pki.root.certificatePem,
    cert: keys.fullChainPem,
    key: keys.privateKeyPem,
  };
  const { host, httpsPort: port } = emulator;
  const webSocket = new WebSocket(`wss://${HUB}:${port}/$iothub/websocket`, "mqtt", {
    ...tls,
    createConnection: () => connect({ ...tls, host, port, servername: HUB }),
  });
  const stream = createWebSocketStream(webSocket);
  stream.once("end", () => stream.destroy());
  await once(webSocket, "open");
  return WireClient.over(stream);
}
