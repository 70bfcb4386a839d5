import { createServer } from "node:https";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DeviceEvent } from "../../src/metrics/device-event.ts";
import type { ShardStart } from "../../src/worker/protocol.ts";
import type { ConnectProxy } from "../support/connect-proxy.ts";
import { connectProxy } from "../support/connect-proxy.ts";
import type { TestCloud, TestShard } from "../support/fleet.ts";
import { deviceSpec, QUICK_LIMITS, runShard, startTestCloud } from "../support/fleet.ts";
import { serviceClients } from "./emulator-service-clients.ts";

const LOGIN = "me:s3cr3t-of-the-proxy";
let cloud: TestCloud;
let hub: string;
beforeAll(async () => {
  cloud = await startTestCloud();
  hub = cloud.emulator.hubs[0] ?? "";
});
afterAll(() => cloud[Symbol.asyncDispose]());

type Of<Type extends DeviceEvent["type"]> = Extract<DeviceEvent, { type: Type }>;
const ofType =
  <Type extends DeviceEvent["type"]>(type: Type) =>
  (event: DeviceEvent): event is Of<Type> =>
    event.type === type;

/** The emulator's HTTPS port, as a proxy's DNS or a rule knows it. */
const httpsPort = () => ({ host: cloud.emulator.host, port: cloud.emulator.httpsPort });
const dialled = (): ShardStart["endpoints"] => ({ ...cloud.endpoints, transport: "mqtt-ws" });
/** Azure's names as they are: only a proxy finds the emulator behind them. */
const behindProxy = (): ShardStart["endpoints"] => ({ ...dialled(), connectTo: [] });

/** One device that speaks MQTT over WebSocket. */
async function startCave(
  id: string,
  endpoints: ShardStart["endpoints"],
  env: Readonly<Record<string, string>> = {},
  limits = QUICK_LIMITS,
): Promise<TestShard> {
  await cloud.issue(id);
  return runShard(cloud, [deviceSpec(id)], { endpoints, env, limits });
}

const withLogin = ({ url }: ConnectProxy): string => url.replace("//", `//${LOGIN}@`);

test("a device registers, streams, follows its twin and answers methods over WebSocket alone", async () => {
  const { mqttPort } = cloud.emulator;
  const connectTo = cloud.endpoints.connectTo.filter(({ toPort }) => toPort !== mqttPort);
  await using shard = await startCave("ws-1", { ...dialled(), connectTo });
  const { phases } = await shard.event(ofType("registration"));
  expect(Object.values(phases).every((ms) => ms >= 0)).toBe(true);
  expect(phases).toMatchObject({ tcp: expect.any(Number), tls: expect.any(Number) });
  expect(phases["tls"]).toBeGreaterThan(0);
  await shard.row("ws-1", ({ acked }) => acked >= 3);

  using clients = serviceClients(cloud);
  const patch = { properties: { desired: { temperature: 50.123 } } };
  await clients.registry.updateTwin("ws-1", patch, "*");
  await shard.event(
    (event): event is Of<"reported"> =>
      event.type === "reported" && event.patch["temperature"] === 50.123,
  );
  const method = { methodName: "SetFanState", payload: "off", responseTimeoutInSeconds: 10 };
  const { result } = await clients.methods.invokeDeviceMethod("ws-1", method);
  expect(result).toMatchObject({ status: 200 });

  await shard.stop();
  expect(shard.counter("telemetry_sent")).toBe(shard.counter("telemetry_acked"));
  expect(shard.events.filter(ofType("error"))).toEqual([]);
});

test("a device whose WebSocket is lost comes back over another", async () => {
  await using proxy = await connectProxy({ to: httpsPort() });
  await using shard = await startCave("ws-2", behindProxy(), { HTTPS_PROXY: proxy.url });
  await shard.row("ws-2", ({ acked }) => acked >= 1);
  proxy.cut();
  const lost = await shard.event(ofType("disconnection"));
  expect(lost).toMatchObject({ errorClass: "network", hub });
  const back = await shard.row(
    "ws-2",
    ({ reconnects, state }) => reconnects >= 1 && state === "streaming",
  );
  expect(back.hub).toBe(hub);
});

test("devices go through a proxy with its name and password, to the names of DPS and the hub", async () => {
  await using proxy = await connectProxy({ to: httpsPort(), login: LOGIN });
  await using shard = await startCave("ws-3", behindProxy(), { https_proxy: withLogin(proxy) });
  await shard.row("ws-3", ({ acked }) => acked >= 1);
  expect(proxy.asked).toEqual([`${cloud.emulator.provisioningHost}:443`, `${hub}:443`]);
});

test("a proxy is spoken to over TLS, with the service's TLS inside", async () => {
  const tls = await cloud.pki.server(["localhost"]);
  await using proxy = await connectProxy({ to: httpsPort(), tls });
  await using shard = await startCave("ws-4", behindProxy(), { HTTPS_PROXY: proxy.url });
  await shard.row("ws-4", ({ acked }) => acked >= 1);
  expect(proxy.asked).toHaveLength(2);
});

test("what NO_PROXY exempts and what a rule says how to dial goes without the proxy", async () => {
  await using proxy = await connectProxy({ to: httpsPort() });
  const [ruled] = dialled().connectTo;
  const rules = ruled === undefined ? [] : [{ ...ruled, host: hub }];
  const endpoints = { ...dialled(), connectTo: rules };
  await using shard = await startCave("ws-5", endpoints, { HTTPS_PROXY: proxy.url });
  await shard.row("ws-5", ({ acked }) => acked >= 1);
  expect(proxy.asked).toEqual([`${cloud.emulator.provisioningHost}:443`]);

  const localhost = { ...behindProxy(), provisioningHost: "exempt.invalid" };
  const env = { HTTPS_PROXY: proxy.url, NO_PROXY: ".invalid" };
  await using exempt = await startCave("ws-6", localhost, env);
  // The name is looked up here, and is nobody's.
  const { error } = await exempt.event(ofType("error"));
  expect(error).toMatch(/^exempt\.invalid: getaddrinfo (ENOTFOUND|EAI_AGAIN)/);
});

test.each([
  ["407 Proxy Authentication Required", "PROXY 407"],
  ["403 Forbidden", "PROXY 403"],
])(
  "a proxy that answers %s fails the device for good, without its password",
  async (refuse, code) => {
    await using proxy = await connectProxy({ to: httpsPort(), refuse });
    const id = `ws-${code.slice(-3)}`;
    await using shard = await startCave(id, behindProxy(), { HTTPS_PROXY: withLogin(proxy) });
    const failed = await shard.event(ofType("error"));
    expect(failed).toMatchObject({ errorClass: "network", code, final: true });
    expect(failed.error).toBe(
      `the proxy 127.0.0.1:${proxy.port} refused the way to ${cloud.emulator.provisioningHost}: ${refuse}`,
    );
    expect((await shard.row(id, ({ state }) => state === "failed")).errorClass).toBe("network");
  },
);

test("a proxy that is not there or cannot reach the host is tried again", async () => {
  await using busy = await connectProxy({ to: httpsPort(), refuse: "502 Bad Gateway" });
  await using shard = await startCave("ws-502", behindProxy(), { HTTPS_PROXY: busy.url });
  const failed = await shard.event(ofType("error"));
  expect(failed).toMatchObject({ errorClass: "network", code: "PROXY 502", final: false });

  const gone = await connectProxy({ to: httpsPort() });
  await gone.close();
  await using other = await startCave("ws-gone", behindProxy(), { HTTPS_PROXY: gone.url });
  expect(await other.event(ofType("error"))).toMatchObject({
    errorClass: "network",
    code: "ECONNREFUSED",
    error: expect.stringContaining(`the proxy 127.0.0.1:${gone.port}: `),
    final: false,
  });
});

test("a proxy that never answers is a timeout that names it", async () => {
  await using proxy = await connectProxy({ to: httpsPort(), silent: true });
  const limits = { ...QUICK_LIMITS, connectTimeoutMs: 50 };
  await using shard = await startCave("ws-7", behindProxy(), { HTTPS_PROXY: proxy.url }, limits);
  const { errorClass, error } = await shard.event(ofType("error"));
  expect(errorClass).toBe("timeout");
  expect(error).toContain("no proxy answer within 50 ms");
});

test.each([
  [404, "protocol", true],
  [403, "unauthorized", true],
  [503, "throttled", false],
] as const)(
  "a server that answers the WebSocket with %i is %s",
  async (status, errorClass, final) => {
    const { chainPem, privateKeyPem } = await cloud.pki.server([cloud.emulator.provisioningHost]);
    const server = createServer({ cert: chainPem, key: privateKeyPem }, (_request, response) => {
      response.writeHead(status).end("this is no hub");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const toPort = typeof address === "object" && address !== null ? address.port : 0;
    const connectTo = [{ host: "", address: "127.0.0.1", toPort }];
    await using shard = await startCave(`ws-http-${status}`, { ...dialled(), connectTo });
    expect(await shard.event(ofType("error"))).toMatchObject({
      errorClass,
      code: `HTTP ${status}`,
      error: expect.stringContaining(`refused the WebSocket: ${status}`),
      final,
    });
    await shard.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  },
);

test("a server that the device does not trust gets no WebSocket, through a proxy neither", async () => {
  const caPem = cloud.pki.otherRoot.certificatePem;
  await using proxy = await connectProxy({ to: httpsPort() });
  const env = { HTTPS_PROXY: proxy.url };
  await using direct = await startCave("ws-8", { ...dialled(), caPem });
  expect(await direct.event(ofType("error"))).toMatchObject({ errorClass: "tls", final: true });
  await using proxied = await startCave("ws-9", { ...behindProxy(), caPem }, env);
  expect(await proxied.event(ofType("error"))).toMatchObject({ errorClass: "tls", final: true });
});
