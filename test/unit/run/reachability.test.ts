import { createServer as createTcpServer } from "node:net";
import type { Server } from "node:net";
import { createServer } from "node:tls";

import { afterAll, beforeAll, expect, test } from "vitest";

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

const reach = (port: number, caPem: string, timeoutMs = 5_000) =>
  checkReachable(
    {
      provisioningHost: HOST,
      idScope: "0ne",
      caPem,
      connectTo: [{ host: HOST, address: "127.0.0.1", toPort: port }],
    },
    { timeoutMs },
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
  await expect(reach(port, pki.root.certificatePem, 50)).rejects.toMatchObject({
    code: "UNREACHABLE",
    message: expect.stringContaining("50 ms"),
  });
});
