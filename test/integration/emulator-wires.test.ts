import { once } from "node:events";
import type { Duplex } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { TLSSocket } from "node:tls";
import { connect } from "node:tls";
import fc from "fast-check";
import { generate } from "mqtt-packet";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { silentLogger } from "../../src/base/log.ts";
import { clientBounds } from "../../src/emulator/client-bounds.ts";
import type { Listener } from "../../src/emulator/listener.ts";
import { startListener } from "../../src/emulator/listener.ts";
import type { Passage } from "../../src/emulator/network/detour.ts";
import type { Wire } from "../../src/emulator/network/wire.ts";
import { Wires } from "../../src/emulator/network/wires.ts";
import type { TestPki } from "../support/pki.ts";
import { surroundingsFrom } from "../../src/emulator/surroundings.ts";
import { testPki } from "../support/pki.ts";
import { connectPacket } from "./emulator-wire.ts";

const CONNECT = generate(connectPacket("device-1", "anything"));
const LONG = Buffer.alloc(9 * 1024 * 1024, "x");

let pki: TestPki;
let listener: Listener;
let wires: Wires;
let accepted: Duplex[] = [];
let arrived: (wire: Wire) => void = () => {};

beforeAll(async () => {
  pki = await testPki();
  const server = await pki.server(["localhost"]);
  wires = new Wires();
  wires.onArrival((wire) => arrived(wire));
  listener = await startListener({
    tls: { certificatePem: server.chainPem, privateKeyPem: server.privateKeyPem },
    contextFor: () => undefined,
    host: "127.0.0.1",
    port: 0,
    connectTimeoutMs: 5000,
    bounds: clientBounds(surroundingsFrom({})),
    log: silentLogger(),
    arrive: ({ clientId: deviceId }, connection, enter) =>
      wires.arrive({ service: "s", deviceId }, connection, enter),
    route: () => ({ accept: (stream) => void accepted.push(stream) }),
  });
});
beforeEach(() => {
  accepted = [];
  arrived = () => {};
});
afterAll(() => listener.stop());

async function dial(): Promise<TLSSocket> {
  const ca = pki.root.certificatePem;
  const socket = connect({ host: "127.0.0.1", port: listener.port, servername: "localhost", ca });
  await once(socket, "secureConnect");
  socket.write(CONNECT);
  return socket;
}

/** Connects a device; `act` is done to its connection as it comes. */
async function arrival(
  act: (wire: Wire) => void = () => {},
): Promise<{ device: TLSSocket; wire: Wire }> {
  const came = new Promise<Wire>((resolve) => {
    arrived = (wire) => {
      act(wire);
      resolve(wire);
    };
  });
  const device = await dial();
  return { device, wire: await came };
}

const block = (wire: Wire): void => wire.pass({ kind: "blocked" });

/** A device's end, the service's end, and what the network may do in between. */
async function connected(): Promise<{ device: TLSSocket; service: Duplex; wire: Wire }> {
  const { device, wire } = await arrival();
  const service = accepted.at(-1);
  if (service === undefined) throw new Error("the connection was not handed on");
  await read(service, CONNECT.length);
  return { device, service, wire };
}

async function read(stream: Duplex, bytes: number): Promise<string> {
  let text = "";
  while (text.length < bytes) {
    // With something in the buffer, whoever begins to listen is told so at once.
    if (stream.readableLength === 0) await once(stream, "readable");
    const found: unknown = stream.read(Math.min(bytes - text.length, stream.readableLength));
    if (Buffer.isBuffer(found)) text += found.toString("latin1");
  }
  return text;
}

/** Round trips of another connection: what was sent before has arrived, if it ever does. */
async function settled(): Promise<void> {
  const other = await connected();
  other.device.write("ping");
  await read(other.service, 4);
  other.service.write("pong");
  await read(other.device, 4);
  other.device.destroy();
}

const failure = (socket: TLSSocket): Promise<unknown> =>
  new Promise((resolve) => {
    socket.once("error", resolve);
    socket.once("close", () => resolve("closed"));
    socket.resume();
  });

test("a blocked connection lets nothing through in either direction, and all of it afterwards", async () => {
  const { device, service, wire } = await connected();
  wire.pass({ kind: "blocked" });
  device.write("up");
  service.write("down");
  await settled();
  expect([service.readableLength, device.readableLength]).toEqual([0, 0]);
  wire.pass(undefined);
  expect([await read(service, 2), await read(device, 4)]).toEqual(["up", "down"]);
  device.write("again");
  expect(await read(service, 5)).toBe("again");
  device.destroy();
  await once(service, "close");
});

test("what a device sends into a blocked connection waits in the kernels beyond a window", async () => {
  const { device, service, wire } = await connected();
  wire.pass({ kind: "blocked" });
  device.end(LONG);
  await settled();
  expect(device.writableLength).toBeGreaterThan(LONG.length / 2);
  wire.pass(undefined);
  expect((await buffer(service)).length).toBe(LONG.length);
});

test("a service that writes more into a blocked connection than is kept loses it", async () => {
  const { device, service, wire } = await connected();
  wire.pass({ kind: "blocked" });
  const failed = failure(device);
  service.write(LONG);
  expect(await failed).toMatchObject({ code: "ECONNRESET" });
});

test("neither side of a blocked connection hears of the other's end before it is over", async () => {
  const { device, service, wire } = await connected();
  wire.pass({ kind: "blocked" });
  let ended = 0;
  service.once("end", () => (ended += 1));
  device.end("last words");
  await once(device, "finish");
  await settled();
  expect(ended).toBe(0);
  wire.pass(undefined);
  expect((await buffer(service)).toString()).toBe("last words");

  const other = await connected();
  other.wire.pass({ kind: "blocked" });
  other.service.destroy();
  await settled();
  expect([other.device.readableEnded, other.service.destroyed]).toEqual([false, false]);
  const failed = failure(other.device);
  other.wire.pass(undefined);
  expect(await failed).toBe("closed");
});

test("a connection that is blocked when it comes reaches its service afterwards, if its device waited", async () => {
  const { device: patient } = await arrival(block);
  const { device: gone } = await arrival(block);
  gone.destroy();
  await settled();
  expect(accepted).toHaveLength(1);
  for (const wire of wires.all()) wire.pass(undefined);
  const [, service] = accepted;
  expect(service && (await read(service, CONNECT.length))).toBe(CONNECT.toString("latin1"));
  expect(accepted).toHaveLength(2);
  patient.destroy();
});

test("delayed bytes come later and in their order, and a delay is asked for each piece", async () => {
  const { device, service, wire } = await connected();
  const delays = [30, 0, 10, 0];
  wire.pass({ kind: "delayed", delayMs: () => delays.shift() ?? 0 });
  service.write("a");
  service.write("b");
  service.write("c");
  expect(service.writableLength).toBe(0);
  expect(await read(device, 3)).toBe("abc");
  device.write("up");
  expect(await read(service, 2)).toBe("up");
  expect(delays).toEqual([]);
});

test.for([
  ["reset", "ECONNRESET"],
  ["close", undefined],
] as const)("a connection is cut by a %s, and its service sees the end", async ([how, code]) => {
  const { device, service, wire } = await connected();
  service.on("error", () => {});
  const failed = failure(device);
  wire.cut(how);
  await once(service, "close");
  expect(Reflect.get(Object(await failed), "code")).toBe(code);
});

test("nothing holds up the end of a connection that is cut", async () => {
  const { device, service, wire } = await connected();
  service.on("error", () => {});
  wire.cut("close");
  block(wire);
  await once(service, "close");
  expect([wire.isGone, await failure(device)]).toEqual([true, "closed"]);
});

test("a connection that is cut when it comes never reaches its service", async () => {
  const { device: reset } = await arrival((wire) => wire.cut("reset"));
  expect(await failure(reset)).toMatchObject({ code: "ECONNRESET" });
  const { device: closed } = await arrival((wire) => wire.shutDown());
  expect(await failure(closed)).toBe("closed");
  expect(accepted).toEqual([]);
});

test("a connection that is shut down gets what was written before", async () => {
  const { device, service, wire } = await connected();
  service.write("last words");
  wire.shutDown();
  expect((await buffer(device)).toString()).toBe("last words");
});

test("a forgotten connection has ended for its service, and stays open to its device until it is answered", async () => {
  const { device, service, wire } = await connected();
  service.resume();
  const ended = once(service, "end");
  const answer = wire.forget();
  await ended;
  service.destroy();
  device.write("into nothing");
  await settled();
  expect([device.readableEnded, device.destroyed]).toEqual([false, false]);
  answer();
  await settled();
  expect(device.destroyed).toBe(false);
  const failed = failure(device);
  device.write("anybody there?");
  expect(await failed).toMatchObject({ code: "ECONNRESET" });
});

test("whatever the network does to a connection, its bytes arrive whole and in their order", async () => {
  // Up to more than what is held.
  const text = fc
    .tuple(fc.string({ minLength: 1, maxLength: 3000 }), fc.constantFrom(1, 30))
    .map(([part, times]) => part.repeat(times));
  const step = fc.oneof(
    fc.constantFrom<Passage["kind"] | "open">("blocked", "delayed", "open").map((to) => ({ to })),
    fc.record({ up: fc.boolean(), text }),
    fc.constant("turn" as const),
  );
  const passages = {
    blocked: { kind: "blocked" },
    delayed: { kind: "delayed", delayMs: () => 3 * Math.random() },
    open: undefined,
    lost: undefined,
  } as const;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { device, service, wire } = await connected();
      const sent = { up: "", down: "" };
      for (const one of steps)
        if (one === "turn") await new Promise(setImmediate);
        else if ("to" in one) wire.pass(passages[one.to]);
        else {
          sent[one.up ? "up" : "down"] += one.text;
          (one.up ? device : service).write(one.text);
        }
      wire.pass(undefined);
      const got = {
        up: await read(service, sent.up.length),
        down: await read(device, sent.down.length),
      };
      expect(got).toEqual(sent);
      device.destroy();
    }),
    { numRuns: 40 },
  );
});

test("a wire is listed as long as it is open", async () => {
  const { device, service, wire } = await connected();
  expect(wires.all()).toContain(wire);
  device.destroy();
  service.resume();
  await once(service, "close");
  expect(wires.all()).not.toContain(wire);
});
