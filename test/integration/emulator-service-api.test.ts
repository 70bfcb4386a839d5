import { request } from "node:https";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatSasToken } from "../support/sas-token.ts";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { HUB, emulatorForTest, register } from "./emulator-wire.ts";

const HUB_2 = "second-hub.azure-devices.net";
let world: TestEmulator;
let clients: ReturnType<typeof serviceClients>;
beforeAll(async () => {
  world = await emulatorForTest({ hubs: [HUB, HUB_2], queryPageSize: 2 });
  await enrollGroup(world, { iotHubs: [HUB] });
  clients = serviceClients(world);
});
afterAll(async () => {
  clients[Symbol.dispose]();
  await world.emulator.stop();
});

interface Call {
  readonly host: string;
  readonly method?: string;
  readonly path: string;
  readonly authorization?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A call by hand, as other languages' clients make it. */
async function call(options: Call): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const asking = request(
      {
        host: world.emulator.host,
        port: world.emulator.httpsPort,
        servername: options.host,
        ca: world.pki.root.certificatePem,
        method: options.method ?? "GET",
        path: options.path,
        headers: {
          ...options.headers,
          host: options.host,
          ...(options.authorization === undefined ? {} : { authorization: options.authorization }),
          ...(options.body === undefined ? {} : { "content-type": "application/json" }),
        },
      },
      (answer) => {
        let body = "";
        answer.setEncoding("utf8").on("data", (text: string) => (body += text));
        answer.on("end", () => {
          resolve({ status: answer.statusCode, headers: answer.headers, body });
        });
      },
    );
    asking.on("error", reject).end(options.body);
  });
}

const partsOf = (connectionString: string): Map<string, string> =>
  new Map(
    connectionString.split(";").map((part) => {
      const equals = part.indexOf("=");
      return [part.slice(0, equals), part.slice(equals + 1)];
    }),
  );

function tokenFor(connectionString: string, expiresInS = 3600, resource?: string): string {
  const parts = partsOf(connectionString);
  const policy = {
    name: parts.get("SharedAccessKeyName") ?? "",
    key: parts.get("SharedAccessKey") ?? "",
  };
  const expiry = Math.floor(Date.now() / 1000) + expiresInS;
  return formatSasToken(resource ?? parts.get("HostName") ?? "", policy, expiry);
}

const dpsToken = (): string => tokenFor(world.emulator.dpsConnectionString);
const hubToken = (): string => tokenFor(world.emulator.hubConnectionStrings[0] ?? "");

test("an enrollment with an unknown member is refused with 400 that names it", async () => {
  const body = JSON.stringify({ enrollmentGroupId: "bad", atestation: {} });
  const path = "/enrollmentGroups/bad?api-version=2021-10-01";
  const host = world.emulator.dpsHost;
  const answer = await call({ host, method: "PUT", path, authorization: dpsToken(), body });
  expect(answer.status).toBe(400);
  expect(answer.headers["x-ms-error-code"]).toBe("400004");
  expect(JSON.parse(answer.body)).toMatchObject({
    errorCode: 400004,
    message: expect.stringContaining("atestation"),
    trackingId: expect.any(String),
  });
});

test("registrations and devices are listed page by page", async () => {
  const ids = ["p-1", "p-2", "p-3"];
  for (const id of ids) await register(world, id, await world.pki.leaf(id));
  const spec = { query: "*" };
  const records = clients.dps.createEnrollmentGroupDeviceRegistrationStateQuery(spec, "caves", 10);
  const page: unknown = await records.next("");
  expect(page).toMatchObject({
    responseBody: ids.map((registrationId) => ({ registrationId, assignedHub: HUB })),
  });
  expect(records.hasMoreResults).toBe(false);

  const query = clients.registry.createQuery("SELECT * FROM devices");
  const seen: string[] = [];
  while (query.hasMoreResults) {
    const twins: { result: { deviceId: string }[] } = await query.nextAsTwin();
    seen.push(...twins.result.map((twin) => twin.deviceId));
  }
  expect(seen).toEqual(ids);
  const { responseBody: devices } = await clients.registry.list();
  expect(devices.map((device) => device.deviceId).toSorted()).toEqual(ids);
  const { responseBody: statistics } = await clients.registry.getRegistryStatistics();
  expect(statistics).toEqual({
    totalDeviceCount: 3,
    enabledDeviceCount: 3,
    disabledDeviceCount: 0,
  });
  using second = serviceClients(world, 1);
  expect((await second.registry.list()).responseBody).toEqual([]);
});

test("the last page leaves the continuation out, and what is no page is refused with 400", async () => {
  const path = "/devices/query?api-version=2021-04-12";
  const body = '{"query":"SELECT * FROM devices"}';
  const page = (headers: Record<string, string>): Promise<Answer> =>
    call({ host: HUB, method: "POST", path, authorization: hubToken(), body, headers });
  const first = await page({ "x-ms-max-item-count": "2" });
  expect(first.headers).toMatchObject({ "x-ms-item-type": "Twin", "x-ms-max-item-count": "2" });
  const token = String(first.headers["x-ms-continuation"]);
  const last = await page({ "x-ms-max-item-count": "2", "x-ms-continuation": token });
  expect(JSON.parse(last.body)).toHaveLength(1);
  expect(last.headers).not.toHaveProperty("x-ms-continuation");
  expect((await page({ "x-ms-max-item-count": "0" })).status).toBe(400);
  expect((await page({ "x-ms-continuation": "elsewhere" })).status).toBe(400);
});

test.for<readonly [string, () => string | undefined]>([
  ["no token", () => undefined],
  ["a token of another hub's key", () => tokenFor(world.emulator.hubConnectionStrings[1] ?? "")],
  ["an expired token", () => tokenFor(world.emulator.hubConnectionStrings[0] ?? "", -3600)],
  [
    "a token for another resource",
    () => tokenFor(world.emulator.hubConnectionStrings[0] ?? "", 60, HUB_2),
  ],
  ["a token of DPS", () => dpsToken()],
  ["a token of another policy", () => hubToken().replace("skn=iothubowner", "skn=service")],
  ["a token without a policy", () => hubToken().replace("&skn=iothubowner", "")],
  ["a token with a longer life than it was signed for", () => hubToken().replace("&se=", "&se=9")],
  ["a token with a broken signature", () => hubToken().replace("sig=", "sig=%zz")],
  ["a bearer token", () => "Bearer eyJhbGciOiJub25lIn0.e30."],
])("%s opens nothing: 401", async ([, token]) => {
  const authorization = token();
  const answer = await call({
    host: HUB,
    path: "/devices?api-version=2021-04-12",
    ...(authorization === undefined ? {} : { authorization }),
  });
  expect(answer.status).toBe(401);
  expect(JSON.parse(answer.body)).toMatchObject({
    Message: expect.stringMatching(/^ErrorCode:IotHubUnauthorized;/),
    ExceptionMessage: expect.stringMatching(/^Tracking ID:/),
  });
});

test("DPS refuses a hub's token with 401, in its own shape", async () => {
  for (const path of ["/enrollmentGroups/caves", "/registrations/p-1"]) {
    const host = world.emulator.dpsHost;
    const answer = await call({ host, path, authorization: hubToken() });
    expect(answer).toMatchObject({ status: 401, headers: { "x-ms-error-code": "401000" } });
    expect(JSON.parse(answer.body)).toMatchObject({ errorCode: 401000 });
  }
});

test("paths are found in any case and with a slash before the query", async () => {
  const answer = await call({
    host: HUB.toUpperCase(),
    path: "/DEVICES/?api-version=1999-01-01",
    authorization: hubToken(),
  });
  expect(answer.status).toBe(200);
  expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
});

test.for([
  ["an unknown path", HUB, "GET", "/nowhere", 404],
  ["a wrong verb", HUB, "POST", "/twins/p-1", 405],
  ["a wrong verb", "cheesecave-dps.azure-devices-provisioning.net", "PATCH", "/enrollments/x", 405],
  [
    "an unknown registration",
    "cheesecave-dps.azure-devices-provisioning.net",
    "GET",
    "/registrations/x",
    404,
  ],
  ["a DPS path on a hub", HUB, "GET", "/enrollmentGroups/caves", 404],
  ["a hub path on DPS", "global.azure-devices-provisioning.net", "GET", "/devices", 404],
  ["what Azure knows and this does not", HUB, "GET", "/configurations", 501],
] as const)("%s is answered %s %s %s %s", async ([, host, method, path, status]) => {
  const authorization = host === HUB ? hubToken() : dpsToken();
  const answer = await call({ host, method, path: `${path}?api-version=1`, authorization });
  expect(answer.status).toBe(status);
  expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
});

test("a wrong verb on a path of the emulator's own is 405 under every name, with the verbs it has", async () => {
  for (const host of [HUB, world.emulator.dpsHost, "localhost"])
    for (const path of ["/emulator/ready", "/emulator/events?from=earliest"]) {
      const answer = await call({ host, method: "DELETE", path });
      expect([host, path, answer.status, answer.headers["allow"]]).toEqual([
        host,
        path,
        405,
        "GET, HEAD",
      ]);
    }
});

test("a body that is no JSON is refused with 400 in the service's shape", async () => {
  const path = "/twins/p-1?api-version=2021-04-12";
  const answer = await call({
    host: HUB,
    method: "PATCH",
    path,
    authorization: hubToken(),
    body: "{",
  });
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body)).toMatchObject({
    Message: "ErrorCode:ArgumentInvalid;The body is no JSON, or nests too deep.",
  });
});

test("a body beyond what a call can need is refused with 413, in the service's shape", async () => {
  const large = JSON.stringify({ deviceId: "large", tags: { large: "x".repeat(1024 * 1024) } });
  const hub = { host: HUB, method: "PUT", authorization: hubToken(), body: large };
  expect(await call({ ...hub, path: "/devices/large" })).toMatchObject({
    status: 413,
    body: expect.stringContaining("ErrorCode:GenericRequestEntityTooLarge;"),
  });
  const dps = { host: world.emulator.dpsHost, method: "PUT", authorization: dpsToken() };
  expect(await call({ ...dps, path: "/enrollments/large", body: large })).toMatchObject({
    status: 413,
    headers: { "x-ms-error-code": "413000" },
  });
});

test("a bulk call has room for a hundred devices with the largest twins", async () => {
  const text = "x".repeat(4000);
  const eight = Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`key-${n}`, text]));
  const tags = { one: text, two: text };
  const devices = Array.from({ length: 100 }, (_, n) => ({
    id: `full-${n}`,
    importMode: "create",
    tags,
    properties: { desired: eight },
  }));
  const answer = await call({
    host: HUB,
    method: "POST",
    path: "/devices",
    authorization: hubToken(),
    body: JSON.stringify(devices),
  });
  expect(answer).toMatchObject({
    status: 200,
    body: expect.stringContaining('"isSuccessful":true'),
  });
});

test("a port that is taken is told with its address and a mend", async () => {
  await expect(emulatorForTest({ mqttPort: world.emulator.mqttPort })).rejects.toMatchObject({
    code: "ADDRESS_IN_USE",
    message: expect.stringContaining(`127.0.0.1:${world.emulator.mqttPort}`),
    hint: expect.any(String),
  });
  await expect(emulatorForTest({ httpsPort: world.emulator.httpsPort })).rejects.toMatchObject({
    code: "ADDRESS_IN_USE",
    message: expect.stringContaining(`127.0.0.1:${world.emulator.httpsPort}`),
  });
});
