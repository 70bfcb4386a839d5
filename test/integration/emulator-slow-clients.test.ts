import type { TLSSocket } from "node:tls";
import { connect } from "node:tls";
import { generate } from "mqtt-packet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "../../src/base/log.ts";
import { formatSasToken } from "../support/sas-token.ts";
import { enrollGroup } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator, WireClient } from "./emulator-wire.ts";
import {
  HUB,
  connectPacket,
  emulatorForTest,
  hubUserName,
  openHub,
  publishPacket,
  register,
  subscribePacket,
} from "./emulator-wire.ts";

const ID = "slow-1";
const DEAF = "slow-2";

/** 28 kB. */
const BIG = Object.fromEntries(Array.from({ length: 7 }, (_, n) => [`k${n}`, "x".repeat(4000)]));

const told = new Set<string>();
const destination = {
  write: (line: string) => {
    const { limit }: { limit?: string } = JSON.parse(line);
    if (limit !== undefined) told.add(limit);
  },
};
let world: TestEmulator;
let keys: DeviceKeys;
let deafKeys: DeviceKeys;
/** A device that goes on working on the connection that it has had from the start. */
let witness: WireClient;
beforeAll(async () => {
  world = await emulatorForTest({
    log: createLogger({ level: "warn", destination }),
    connectTimeoutMs: 1000,
    slowReaderTimeoutMs: 500,
    requestTimeoutMs: 1000,
    drainMs: 3_600_000,
    // Together 3 MB of twins, for answers that no kernel takes as a whole.
    hubSettings: {
      [HUB]: {
        devices: Array.from({ length: 100 }, (_, n) => ({
          deviceId: `big-${n}`,
          properties: { desired: BIG },
        })),
      },
    },
  });
  await enrollGroup(world);
  keys = await world.pki.leaf(ID);
  await register(world, ID, keys);
  deafKeys = await world.pki.leaf(DEAF);
  await register(world, DEAF, deafKeys);
  await using device = await openHub(world, DEAF, deafKeys);
  device.send(publishPacket("$iothub/twin/PATCH/properties/reported/?$rid=1", JSON.stringify(BIG)));
  await device.next();
  witness = await openHub(world, ID, keys);
});
afterAll(async () => {
  witness.drop();
  await world.emulator.stop();
});

/** A TLS connection; `closed` tells what was read of it. */
async function dialled(
  port: number,
  own: DeviceKeys,
): Promise<{ readonly socket: TLSSocket; readonly closed: Promise<string> }> {
  const socket = connect({
    host: world.emulator.host,
    port,
    servername: HUB,
    ca: world.pki.root.certificatePem,
    cert: own.fullChainPem,
    key: own.privateKeyPem,
  });
  socket.on("error", () => {});
  const chunks: Uint8Array[] = [];
  socket.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  const closed = new Promise<string>((resolve) => {
    socket.once("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
  });
  await new Promise((resolve) => socket.once("secureConnect", resolve));
  return { socket, closed };
}

/**
 * Serves the witness again and again until something is closed.
 *
 * @param poke called each time: who reads nothing learns of the end only when it writes
 */
async function servedUntil(closed: Promise<unknown>, poke = (): void => {}): Promise<void> {
  const ended = closed.then(() => true);
  do {
    witness.send(publishPacket(`devices/${ID}/messages/events/`, "x"));
    expect(await witness.next()).toMatchObject({ cmd: "puback" });
    poke();
  } while (!(await Promise.race([ended, Promise.resolve(false)])));
}

const HEAD = `PUT /devices/x HTTP/1.1\r\nHost: ${HUB}\r\n`;
const UPGRADE = `GET /$iothub/websocket HTTP/1.1\r\nHost: ${HUB}\r\nUpgrade: websocket\r\n`;

test("requests that never end get 408 and the end of their connections, and others are served", async () => {
  const unfinished = await Promise.all(
    [HEAD, UPGRADE, ""].map(async (sent) => {
      const { socket, closed } = await dialled(world.emulator.httpsPort, keys);
      socket.write(sent);
      return { closed };
    }),
  );
  const { socket, closed: trickled } = await dialled(world.emulator.httpsPort, keys);
  const { idScope, provisioningHost } = world.emulator;
  const path = `/${idScope}/registrations/${ID}/register`;
  socket.write(
    `PUT ${path} HTTP/1.1\r\nHost: ${provisioningHost}\r\nContent-Length: 90000\r\n\r\n`,
  );
  await servedUntil(Promise.all([...unfinished.map(({ closed }) => closed), trickled]), () =>
    socket.write(" "),
  );
  for (const { closed } of unfinished) expect(await closed).toMatch(/^HTTP\/1.1 408 /);
  // What is still sent may turn the answer into a reset.
  expect(await trickled).toMatch(/^(?:HTTP\/1.1 408 |$)/);
  expect(told).toContain("requestTimeoutMs");
});

test("a device that asks and takes nothing for its time is closed, and others are served", async () => {
  const { socket, closed } = await dialled(world.emulator.mqttPort, deafKeys);
  socket.write(generate(connectPacket(DEAF, hubUserName(DEAF))));
  await new Promise((resolve) => socket.once("data", resolve));
  socket.pause();
  const get = generate(publishPacket("$iothub/twin/GET/?$rid=1", "", { qos: 0 }));
  socket.write(generate(subscribePacket("$iothub/twin/res/#", 0)));
  // 250 answers of 28 kB: more than the kernel takes, and less than what one may leave unread.
  socket.write(Buffer.concat(Array.from({ length: 250 }, () => get)));
  await servedUntil(closed, () => socket.write(generate({ cmd: "pingreq" })));
  expect(told).not.toContain("unreadMaxBytes");
});

test("a service client that asks and takes nothing for its time is closed, others are served, and a stop waits for none of its answers", async () => {
  const { socket, closed } = await dialled(world.emulator.httpsPort, keys);
  socket.pause();
  const [, key = ""] =
    /SharedAccessKey=(.*)/.exec(world.emulator.hubConnectionStrings[0] ?? "") ?? [];
  const owner = { name: "iothubowner", key };
  const token = formatSasToken(HUB, owner, Math.floor(Date.now() / 1000) + 3600);
  const body = JSON.stringify({ query: "SELECT * FROM devices" });
  const head = `POST /devices/query HTTP/1.1\r\nHost: ${HUB}\r\nAuthorization: ${token}\r\n`;
  socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`.repeat(8));
  await servedUntil(closed, () => socket.write("\r\n"));
  expect(await closed).toBe("");
  // Its drain would take an hour.
  witness.drop();
  await world.emulator.stop();
});
