import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { connect, createServer } from "node:tls";
import type { Client } from "aedes";
import { expect, test } from "vitest";
import type { BrokerRules } from "../../src/emulator/broker.ts";
import { startBroker } from "../../src/emulator/broker.ts";
import { clientBounds } from "../../src/emulator/client-bounds.ts";
import { sendTo } from "../../src/emulator/send-to.ts";
import { Sessions } from "../../src/emulator/sessions.ts";
import { surroundingsFrom } from "../../src/emulator/surroundings.ts";
import { testPki } from "../support/pki.ts";
import { WireClient, connectPacket } from "./emulator-wire.ts";

/** A service without rules, which tells who has connected, and what was acknowledged. */
class Anything implements BrokerRules<Client> {
  readonly throttledConnections = "connack";
  readonly alwaysClean = false;
  readonly keepaliveMaxS = 60;
  readonly packetMaxBytes = 1024;
  readonly acknowledgments: number[] = [];
  readonly client: Promise<Client>;
  #ready: (client: Client) => void = () => {};

  constructor() {
    this.client = new Promise((resolve) => (this.#ready = resolve));
  }

  connect = ({ client }: { readonly client: Client }): Client => client;
  subscribe = () => "grant" as const;
  unsubscribe(): void {}
  receive = () => "acknowledge" as const;
  answer(): void {}
  connected(): void {}
  disconnected(): void {}

  listening(client: Client): void {
    this.#ready(client);
  }

  acknowledged(_client: Client, packetId: number): void {
    this.acknowledgments.push(packetId);
  }
}

test.for([true, false])(
  "messages of both qualities reach a connection, each under its packet id (clean session: %s)",
  async (clean) => {
    const pki = await testPki();
    const { chainPem, privateKeyPem } = await pki.server(["localhost"]);
    const rules = new Anything();
    const around = surroundingsFrom({});
    const { log, state } = around;
    const bounds = clientBounds(around);
    const broker = await startBroker(rules, { log, state, sessions: new Sessions(), bounds });
    const server = createServer({ cert: chainPem, key: privateKeyPem }, (socket: TLSSocket) => {
      broker.accept(socket, socket);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const address: AddressInfo | string | null = server.address();
    if (address === null || typeof address === "string") throw new TypeError("no TCP address");
    const ca = pki.root.certificatePem;
    const socket = connect({ host: "127.0.0.1", port: address.port, servername: "localhost", ca });
    await once(socket, "secureConnect");
    await using wire = WireClient.over(socket);
    wire.send(connectPacket("c", "c", { clean }));
    expect(await wire.next()).toMatchObject({ cmd: "connack", returnCode: 0 });
    const client = await rules.client;
    const sent = [
      { topic: "a", qos: 1, packetId: 65_535 },
      { topic: "b", qos: 0 },
      { topic: "c", qos: 1 },
      { topic: "d", qos: 1, packetId: 3, dup: true },
      { topic: "e", qos: 0 },
    ] as const;
    const outlet = { state, unread: bounds.unread };
    for (const message of sent) sendTo(client, { payload: "x", ...message }, outlet);
    const received = [];
    for (const _ of sent) received.push(await wire.next());
    const byTopic = new Map(
      received.map((packet) => [packet.cmd === "publish" ? packet.topic : packet.cmd, packet]),
    );
    expect([...byTopic.keys()].toSorted()).toEqual(["a", "b", "c", "d", "e"]);
    expect(byTopic.get("a")).toMatchObject({ qos: 1, messageId: 65_535, dup: false });
    expect(byTopic.get("d")).toMatchObject({ qos: 1, messageId: 3, dup: true });
    expect(byTopic.get("c")?.messageId).toBeGreaterThan(0);
    wire.send({ cmd: "puback", messageId: 3 }, { cmd: "puback", messageId: 65_535 });
    wire.send({ cmd: "pingreq" });
    expect(await wire.next()).toMatchObject({ cmd: "pingresp" });
    expect(rules.acknowledgments).toEqual([3, 65_535]);
    expect(bounds.unread.total).toBe(0);
    await broker.stop();
    await new Promise((resolve) => server.close(resolve));
  },
);
