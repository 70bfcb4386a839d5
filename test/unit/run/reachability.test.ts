import { createServer as createTcpServer } from "node:net";
import type { Server } from "node:net";
import { createServer as createHttpsServer } from "node:https";
import { createServer } from "node:tls";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { Transport } from "../../../src/base/transport.ts";
import { checkReachable } from "../../../src/run/reachability.ts";
import type { TestPki } from "../../support/pki.ts";
import { testPki } from "../../support/pki.ts";

const HOST = "global.azure-devices-provisioning.net";
const DAY_MS = 86_400_000;
let pki: TestPki;
const servers: Server[] = [];

beforeAll(async () => {
  pki = await testPki();
});
afterAll(() => {
  for (const server of servers) server.close();
});

/** @returns the port that it listens on */
async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function tlsServer(options: { names?: string[]; notBefore?: Date; notAfter?: Date } = {}) {
  const { names = [HOST], ...validity } = options;
  const { chainPem, privateKeyPem } = await pki.server(names, validity);
  return listen(createServer({ cert: chainPem, key: privateKeyPem }));
}

const reach = (
  port: number,
  caPem: string,
  {
    timeoutMs = 5_000,
    transport = "mqtt",
    host = HOST,
    address = "127.0.0.1",
  }: { timeoutMs?: number; transport?: Transport; host?: string; address?: string } = {},
) =>
  checkReachable(
    {
      provisioningHost: host,
      idScope: "0ne",
      caPem,
      connectTo: [{ host, address, toPort: port }],
      transport,
    },
    { timeoutMs, proxyFor: () => undefined },
  );

test("a server with the right name of the right CA is reachable", async () => {
  await expect(reach(await tlsServer(), pki.root.certificatePem)).resolves.toBeUndefined();
});

test("a server certificate for another name is told as such", async () => {
  const port = await tlsServer({ names: ["other.test"] });
  await expect(reach(port, pki.root.certificatePem)).rejects.toMatchObject({
    code: "UNREACHABLE",
    hint: expect.stringContaining("other names"),
  });
});

test("a server certificate of a CA that is not trusted is told as such", async () => {
  await expect(reach(await tlsServer(), pki.otherRoot.certificatePem)).rejects.toMatchObject({
    code: "UNREACHABLE",
    hint: expect.stringContaining("--ca FILE"),
  });
});

test("an expired server certificate is told as such", async () => {
  const now = Date.now();
  const validity = { notBefore: new Date(now - 2 * DAY_MS), notAfter: new Date(now - DAY_MS) };
  await expect(reach(await tlsServer(validity), pki.root.certificatePem)).rejects.toMatchObject({
    code: "UNREACHABLE",
    hint: expect.stringContaining("expired"),
  });
});

test("a server that never speaks is given up after the time that is allowed", async () => {
  const port = await listen(createTcpServer());
  await expect(reach(port, pki.root.certificatePem, { timeoutMs: 50 })).rejects.toMatchObject({
    code: "UNREACHABLE",
    message: expect.stringContaining("50 ms"),
  });
});

test("where the port of MQTT over TLS is closed, the one of WebSocket is told", async () => {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  const closed = (more: Parameters<typeof reach>[2]) => reach(port, pki.root.certificatePem, more);
  const asItIs = { host: "localhost", address: "localhost" };
  await expect(closed(asItIs)).rejects.toMatchObject({
    code: "UNREACHABLE",
    message: expect.stringContaining(`connect ECONNREFUSED 127.0.0.1:${port}`),
    hint: expect.stringContaining("--transport mqtt-ws goes over 443"),
  });
  for (const other of [{}, { ...asItIs, transport: "mqtt-ws" }] as const) {
    await expect(closed(other)).rejects.toMatchObject({
      code: "UNREACHABLE",
      hint: expect.not.stringContaining("mqtt-ws"),
    });
  }
});

test("a server that speaks TLS and knows no WebSocket is told as such", async () => {
  const { chainPem, privateKeyPem } = await pki.server([HOST]);
  const server = createHttpsServer({ cert: chainPem, key: privateKeyPem }, (_request, response) => {
    response.writeHead(200, { connection: "close" }).end("welcome");
  });
  const asking = reach(await listen(server), pki.root.certificatePem, { transport: "mqtt-ws" });
  await expect(asking).rejects.toMatchObject({
    code: "UNREACHABLE",
    message: expect.stringContaining(`${HOST} refused the WebSocket: 200 OK`),
    hint: expect.stringContaining("a proxy that opens TLS"),
  });
});
