import { once } from "node:events";
import { request } from "node:https";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dpsAccess } from "../../src/cli/service-access.ts";
import { ensureEnrollmentGroup } from "../../src/service/ensure-enrollment-group.ts";
import { serviceAgent } from "../../src/service/connection.ts";
import type { ConnectProxy } from "../support/connect-proxy.ts";
import { connectProxy } from "../support/connect-proxy.ts";
import type { TestCloud } from "../support/fleet.ts";
import { startTestCloud } from "../support/fleet.ts";
import { writeTestFile } from "../support/pki.ts";

const LOGIN = "me:s3cr3t-of-the-proxy";
let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
  writeTestFile(`${cloud.certsDir}/ca.pem`, cloud.pki.root.certificatePem);
});
afterAll(() => cloud[Symbol.asyncDispose]());

const toEmulator = () => ({ host: cloud.emulator.host, port: cloud.emulator.httpsPort });

/** Asks the emulator's DPS for its group under Azure's name, with an environment that names a proxy. */
async function askDps(env: Readonly<Record<string, string>>): Promise<string> {
  const { dpsConnectionString } = cloud.emulator;
  const access = await dpsAccess(
    { ca: "ca.pem", connectTo: [] },
    { cwd: cloud.certsDir, env: { DPS_CONNECTION_STRING: dpsConnectionString, ...env } },
  );
  const attestation = { type: "x509", caPem: cloud.pki.intermediate.certificatePem } as const;
  return ensureEnrollmentGroup({ groupId: "test-devices", attestation, create: false }, access);
}

const withLogin = (proxy: ConnectProxy): string => proxy.url.replace("//", `//${LOGIN}@`);

test("service calls go through the proxy that the environment names, to the service's own name", async () => {
  await using proxy = await connectProxy({ to: toEmulator() });
  expect(await askDps({ HTTPS_PROXY: proxy.url })).toBe("kept");
  expect(new Set(proxy.asked)).toEqual(new Set([`${cloud.emulator.dpsHost}:443`]));
});

test("a proxy gets the name and the password of its URL", async () => {
  await using proxy = await connectProxy({ to: toEmulator(), login: LOGIN });
  expect(await askDps({ https_proxy: withLogin(proxy) })).toBe("kept");
});

test("a proxy is spoken to over TLS, and its certificate is checked", async () => {
  const tls = await cloud.pki.server(["localhost"]);
  await using proxy = await connectProxy({ to: toEmulator(), login: LOGIN, tls });
  expect(await askDps({ HTTPS_PROXY: withLogin(proxy) })).toBe("kept");

  const { otherRoot: signer } = cloud.pki;
  const strange = await cloud.pki.server(["localhost"], { signer });
  await using stranger = await connectProxy({ to: toEmulator(), tls: strange });
  await expect(askDps({ HTTPS_PROXY: withLogin(stranger) })).rejects.toMatchObject({
    code: "UNREACHABLE",
    message: expect.stringContaining(`the proxy localhost:${stranger.port}: `),
  });
  expect(stranger.asked).toEqual([]);
});

test.each([
  ["407 Proxy Authentication Required", "HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT"],
  ["403 Forbidden", "*.azure-devices.net:443"],
  ["502 Bad Gateway", "cannot reach the host"],
])(
  "a proxy that answers %s is told, with the mend and without its password",
  async (refuse, mend) => {
    await using proxy = await connectProxy({ to: toEmulator(), refuse });
    const asking = askDps({ HTTPS_PROXY: withLogin(proxy) });
    await expect(asking).rejects.toMatchObject({
      code: "UNREACHABLE",
      message: expect.stringContaining(
        `the proxy 127.0.0.1:${proxy.port} refused the way to ${cloud.emulator.dpsHost}: ${refuse}`,
      ),
      hint: expect.stringContaining(mend),
    });
    await expect(asking).rejects.not.toThrow("s3cr3t");
  },
);

test("a proxy that is not there is told as such, with the mend", async () => {
  const proxy = await connectProxy({ to: toEmulator() });
  await proxy.close();
  await expect(askDps({ HTTPS_PROXY: withLogin(proxy) })).rejects.toMatchObject({
    code: "UNREACHABLE",
    message: expect.stringMatching(/the proxy 127\.0\.0\.1:\d+: connect ECONNREFUSED/),
    hint: expect.stringContaining("check HTTPS_PROXY"),
  });
});

test("closing a client ends what still waits for a proxy that never answers", async () => {
  await using proxy = await connectProxy({ to: toEmulator(), silent: true });
  const agent = serviceAgent({ proxy: { host: "127.0.0.1", port: proxy.port } });
  const asking = request({ agent, host: cloud.emulator.dpsHost });
  const failed = once(asking, "error");
  asking.end();
  await proxy.reached;
  agent.destroy();
  const [error] = await failed;
  expect(error).toMatchObject({ message: "the connections were closed" });
  agent.destroy();
});
