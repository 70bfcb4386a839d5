import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ServiceRoute } from "../support/service-routes.ts";
import { tellingRoutes } from "../support/service-routes.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { DPS, HUB, emulatorForTest } from "./emulator-wire.ts";

const { log, routes } = tellingRoutes();
let world: TestEmulator;
let agent: Agent;
beforeAll(async () => {
  world = await emulatorForTest({ log });
  const { host, httpsPort: port } = world.emulator;
  const ca = world.pki.root.certificatePem;
  agent = new Agent({ host, port, ca, keepAlive: true, maxSockets: 6 });
});
afterAll(async () => {
  agent.destroy();
  await world.emulator.stop();
});

/** Members that some body here has. */
const MEMBERS =
  "certificate,isVerified,name,properties,sku,location,tags,routing,endpoints,eventHubs,routes,fallbackRoute,message,body,appProperties,systemProperties,twin,route,routingSource,iotHubs,allocationPolicy,allocationWeight,connectionString,etag,registrationId,payload,tpm";
const WRONG = [null, -1.5, true, "", "\ud800", "__proto__", [null], {}, { routes: [{}] }];
const BODIES = [
  undefined,
  "{",
  "null",
  "[{}]",
  '"x"',
  '{"__proto__":{"a":1}}',
  "[".repeat(200_000),
  ...WRONG.map((wrong) =>
    JSON.stringify(Object.fromEntries(MEMBERS.split(",").map((name) => [name, wrong]))),
  ),
];
const PARAMETERS = ["known", "%F0%9F%92%A7", "%00", "..%2F..", "a".repeat(512), "%", "$Default"];
const ETAGS = ["*", '"', "W/*", ""];

/** Every body, beside some other oddity; for every other one the resource is there. */
function asksOf({
  method,
  url,
}: ServiceRoute): { readonly path: string; readonly body?: string }[] {
  const [hub = ""] = HUB.split(".");
  const [dps = ""] = world.emulator.dpsHost.split(".");
  return BODIES.map((body, n) => {
    const parameter = PARAMETERS[n % PARAMETERS.length] ?? "";
    const resource = url.includes("IotHubs") ? hub : dps;
    const path = url
      .replace(":resource", n % 2 === 0 ? resource : parameter)
      .replace(":idScope", n % 2 === 0 ? world.emulator.idScope : parameter)
      .replaceAll(/:\w+/g, () => parameter);
    return method === "GET" || method === "HEAD" || body === undefined ? { path } : { path, body };
  });
}

async function statusOf(method: string, path: string, body: string | undefined, etag: string) {
  const headers = {
    host: path.startsWith("/subscriptions") ? HUB : DPS,
    authorization: `Bearer ${world.emulator.adminToken}`,
    "if-match": etag,
    // Said, since Node leaves it out where a DELETE has a body.
    ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
  };
  const asking = request({ agent, servername: HUB, method, path, headers });
  asking.end(body);
  const [answer]: IncomingMessage[] = await once(asking, "response");
  answer?.resume();
  return answer?.statusCode ?? 0;
}

test("no call of management, of devices or of the emulator itself fails, whatever comes with it", async () => {
  const open = routes.filter(({ rights, url }) => rights.length === 0 && url !== "*");
  expect(open.length).toBeGreaterThan(20);
  const bad: unknown[] = [];
  for (const route of open)
    await Promise.all(
      asksOf(route).map(async ({ path, body }, n) => {
        const status = await statusOf(route.method, path, body, ETAGS[n % ETAGS.length] ?? "");
        if (status < 200 || (status >= 500 && status !== 501))
          bad.push({ route, path, body, status });
      }),
    );
  expect(bad).toEqual([]);
});
