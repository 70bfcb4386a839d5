import { once } from "node:events";
import { Agent, request } from "node:https";
import fc from "fast-check";
import { DPS_POLICIES } from "../../src/emulator/access-policy.ts";
import type { TestEmulator } from "../integration/emulator-wire.ts";
import { emulatorForTest } from "../integration/emulator-wire.ts";
import { formatSasToken } from "./sas-token.ts";
import type { ServiceRoute } from "./service-routes.ts";
import { tellingRoutes } from "./service-routes.ts";

/** A request that no client would make, and some that it would. */
export interface OddRequest {
  readonly host: "dps" | "hub";
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface OddAnswer {
  readonly status: number;
  /** Whether the body is what its content type says: JSON, or nothing. */
  readonly isWellFormed: boolean;
}

/** What is wrong with an answer; undefined where nothing is. What Azure has and the emulator has not is 501. */
export function failureOf({ status, isWellFormed }: OddAnswer): string | undefined {
  if (status >= 500 && status !== 501) return `status ${status}`;
  return isWellFormed ? undefined : `status ${status} with a body that is no JSON`;
}

/** An emulator whose service APIs are asked odd things, with tokens that open all of them. */
export interface FuzzedEmulator extends AsyncDisposable {
  readonly world: TestEmulator;
  readonly requests: fc.Arbitrary<OddRequest>;
  ask(odd: OddRequest): Promise<OddAnswer>;
}

const DPS_RIGHTS = new Set<string>(Object.values(DPS_POLICIES).flat());
const KEY = Buffer.alloc(32, 7).toString("base64");
const sas = { type: "sas", symmetricKey: { primaryKey: KEY, secondaryKey: KEY } };
const keys = { type: "symmetricKey", symmetricKey: { primaryKey: KEY, secondaryKey: KEY } };
const twin = { tags: { a: 1 }, properties: { desired: { b: { c: [1] } } } };

/** What clients send, by the end of the path; the odd ones are these with a member that is something else. */
const BODIES: readonly (readonly [end: string, body: unknown])[] = [
  ["/devices/:id", { deviceId: "dev", status: "disabled", authentication: sas }],
  ["/devices", [{ id: "dev", importMode: "createOrUpdate", authentication: sas, ...twin }]],
  ["/twins/:id", { deviceId: "dev", ...twin }],
  ["/devices/query", { query: "SELECT * FROM devices WHERE tags.a > 0" }],
  ["/query", { query: "SELECT *" }],
  ["/methods", { methodName: "reboot", payload: { a: [] }, responseTimeoutInSeconds: 5 }],
  ["/jobs/v2/:id", { jobId: "dev", type: "scheduleUpdateTwin", updateTwin: twin }],
  ["/enrollments/:id", { registrationId: "dev", attestation: keys, initialTwin: twin }],
  ["/enrollmentGroups/:id", { enrollmentGroupId: "dev", attestation: keys }],
  ["/enrollments", { mode: "update", enrollments: [{ registrationId: "dev", attestation: keys }] }],
];

const NAMES = [
  "dev",
  "job",
  "%24edge",
  "a%2Fb",
  "..",
  "%00",
  "x".repeat(300),
  "%F0%9F%90%84",
  "null",
];

/** Few values of their own, so that one request finds what another left. */
const headers = fc.record(
  {
    "if-match": fc.constantFrom("*", '"*"', '"', "W/", "AAAAAAAAAAE=", "\u00ff"),
    "x-ms-max-item-count": fc.constantFrom("1", "0", "-1", "1e9", "many"),
    "x-ms-continuation": fc.constantFrom("", "AAAA", "YWZ0ZXI6", "=", "\u00ff"),
    "content-type": fc.constantFrom("application/json", "text/plain", "multipart/form-data", ";"),
    "iothub-app-a": fc.constantFrom("", "b", "\u00ff"),
  },
  { requiredKeys: [] },
);

/** Bodies for a path of the router; `undefined` for one that is not there. */
function bodiesFor(url: string | undefined): fc.Arbitrary<string> {
  const all = BODIES.map(([, body]) => body);
  const fitting = BODIES.find(([end]) => url?.endsWith(end))?.[1] ?? {};
  const changed = fc
    .tuple(fc.constantFrom(fitting, ...all), fc.nat(), fc.jsonValue())
    .map(([body, at, value]) => withOdd(body, at, value));
  const json = fc.oneof(
    { weight: 3, arbitrary: fc.constant(fitting) },
    { weight: 4, arbitrary: changed },
    { weight: 1, arbitrary: fc.array(changed, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
  return fc.oneof(
    { weight: 8, arbitrary: json.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.string() },
    { weight: 1, arbitrary: fc.constantFrom("", "{", "[".repeat(2000), '{"__proto__":{"a":1}}') },
  );
}

/** With one member, or one more, that is something else; of a list, of its first item. */
function withOdd(body: unknown, at: number, value: unknown): unknown {
  if (Array.isArray(body)) return [withOdd(body[0], at, value)];
  const members = Object.entries(Object(body));
  const [name] = members[at % (members.length + 1)] ?? ["other"];
  return Object.fromEntries([...members, [name, value]]);
}

function requestsOf(routes: readonly ServiceRoute[]): fc.Arbitrary<OddRequest> {
  // Readers of events, which are emulator's own, are answered without end.
  const services = routes.filter(({ url, rights }) => rights.length > 0 && !url.startsWith("/emu"));
  const segment = fc.oneof(
    { weight: 8, arbitrary: fc.constant("dev") },
    { weight: 3, arbitrary: fc.constantFrom(...NAMES) },
    { weight: 1, arbitrary: fc.string().map(encodeURIComponent) },
  );
  const query = fc.constantFrom(
    "?api-version=2021-04-12",
    "?api-version=",
    "",
    "?top=x&top=1",
    "?%",
  );
  const known = fc.constantFrom(...services).chain(({ method, url, rights }) => {
    const host: OddRequest["host"] = rights.some((right) => DPS_RIGHTS.has(right)) ? "dps" : "hub";
    return fc.record({
      host: fc.constant(host),
      method: fc.oneof(
        { weight: 4, arbitrary: fc.constant(method) },
        { weight: 1, arbitrary: fc.constantFrom(...VERBS) },
      ),
      path: fc
        .tuple(fc.array(segment, { minLength: 4, maxLength: 4 }), query)
        .map(([segments, end]) => filled(url, segments) + end),
      headers,
      body: bodiesFor(url),
    });
  });
  const unknown = fc.record({
    host: fc.constantFrom<OddRequest["host"][]>("dps", "hub"),
    method: fc.constantFrom(...VERBS),
    path: fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join("/")}`),
    headers,
    body: bodiesFor(undefined),
  });
  return fc.oneof({ weight: 9, arbitrary: known }, { weight: 1, arbitrary: unknown });
}

const VERBS = ["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/** A path of the router with `segments` for its parameters. */
function filled(url: string, segments: readonly string[]): string {
  let at = 0;
  return url.replaceAll(/:\w+/g, () => segments[at++ % segments.length] ?? "");
}

/** Starts one with short waits, so that no request is answered late. */
export async function fuzzedEmulator(): Promise<FuzzedEmulator> {
  const { log, routes } = tellingRoutes();
  const world = await emulatorForTest({ log, methodConnectTimeoutMaxS: 0 });
  const { emulator, pki } = world;
  const { host, httpsPort: port } = emulator;
  const agent = new Agent({ host, port, ca: pki.root.certificatePem, keepAlive: true });
  const services = {
    dps: accessOf(emulator.dpsConnectionString),
    hub: accessOf(emulator.hubConnectionStrings[0] ?? ""),
  };
  return {
    world,
    requests: requestsOf(routes),
    ask: async (odd) => {
      const { name, authorization } = services[odd.host];
      const asking = request({
        agent,
        servername: name,
        method: odd.method,
        path: odd.path,
        headers: {
          ...odd.headers,
          host: name,
          authorization,
          "content-length": Buffer.byteLength(odd.body),
        },
      });
      asking.end(odd.body);
      const [answer] = await once(asking, "response");
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      return { status: answer.statusCode, isWellFormed: text === "" || isJson(text) };
    },
    [Symbol.asyncDispose]: async () => {
      agent.destroy();
      await emulator.stop();
    },
  };
}

function accessOf(connectionString: string): {
  readonly name: string;
  readonly authorization: string;
} {
  const part = (of: string): string =>
    new RegExp(`(?:^|;)${of}=([^;]*)`).exec(connectionString)?.[1] ?? "";
  const key = { name: part("SharedAccessKeyName"), key: part("SharedAccessKey") };
  const name = part("HostName");
  return { name, authorization: formatSasToken(name, key, Math.floor(Date.now() / 1000) + 36_000) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
