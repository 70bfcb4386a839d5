import { once } from "node:events";
import { Agent, request } from "node:https";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enrollGroup } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator } from "./emulator-wire.ts";
import { DPS, HUB, emulatorForTest } from "./emulator-wire.ts";

const ID = "https-1";
let world: TestEmulator;
let agent: Agent;
let keys: DeviceKeys;
let at: string;
beforeAll(async () => {
  world = await emulatorForTest();
  const { emulator, pki } = world;
  agent = new Agent({
    host: emulator.host,
    port: emulator.httpsPort,
    ca: pki.root.certificatePem,
    keepAlive: true,
  });
  await enrollGroup(world);
  keys = await pki.leaf(ID);
  at = `/${emulator.idScope}/registrations/${ID}`;
});
afterAll(async () => {
  agent.destroy();
  await world.emulator.stop();
});

async function ask(
  method: string,
  path: string,
  body?: string,
  host: string = DPS,
): Promise<{ readonly status: number; readonly errorCode: unknown; readonly body: string }> {
  const asked = request({
    agent,
    host,
    method,
    path,
    // Said, as Microsoft's client says it: Node leaves it out where a GET has a body.
    headers: body === undefined ? {} : { "content-length": Buffer.byteLength(body) },
    cert: keys.fullChainPem,
    key: keys.privateKeyPem,
  });
  asked.end(body);
  const [answer] = await once(asked, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const parsed: { errorCode?: unknown } = JSON.parse(text);
  return { status: answer.statusCode, errorCode: parsed.errorCode, body: text };
}

test.for([
  ["text that is no JSON", '{"registrationId":'],
  ["null", "null"],
  ["an array", "[]"],
  ["a text", '"x"'],
  ["another registration ID", '{"registrationId":"other"}'],
  ["a registration ID that is no text", '{"registrationId":7}'],
] as const)("a register request of %s is refused by 400 in Azure's form", async ([, body]) => {
  for (const [method, path] of [
    ["PUT", `${at}/register`],
    ["POST", at],
  ] as const)
    expect(await ask(method, path, body)).toMatchObject({ status: 400, errorCode: 400_004 });
});

test("a body over 96 KB is refused by 413, one of exactly 96 KB is taken", async () => {
  const frame = '{"payload":""}'.length;
  const sized = (bytes: number): string => `{"payload":"${"x".repeat(bytes - frame)}"}`;
  expect(await ask("PUT", `${at}/register`, sized(96 * 1024))).toMatchObject({ status: 202 });
  expect(await ask("PUT", `${at}/register`, sized(96 * 1024 + 1))).toMatchObject({
    status: 413,
    errorCode: 413_000,
  });
});

test("a registration ID with other characters is refused by 400", async () => {
  const path = `/${world.emulator.idScope}/registrations/a%20b/register`;
  expect(await ask("PUT", path, "{}")).toMatchObject({ status: 400, errorCode: 400_004 });
});

test("wrong verbs, unknown paths and paths that cannot be read are refused in Azure's form", async () => {
  for (const [method, path] of [
    ["GET", `${at}/register`],
    ["POST", `${at}/register`],
    ["DELETE", at],
    ["PUT", `${at}/operations/1`],
    ["GET", `${at}/more/than/that`],
  ] as const)
    expect(await ask(method, path)).toMatchObject({ status: 404, errorCode: 404_000 });
  expect(await ask("PUT", `${at}%zz/register`)).toMatchObject({ status: 400, errorCode: 400_004 });
});

test("the device API is on the names of DPS only", async () => {
  expect((await ask("PUT", `${at}/register`, "{}", HUB)).status).toBe(404);
});

test("TPM attestation is told to be missing", async () => {
  const body = '{"registrationId":"https-1","tpm":{"endorsementKey":"AA=="}}';
  expect(await ask("PUT", `${at}/register`, body)).toMatchObject({ status: 501 });
});

test("any api-version, and none, is served", async () => {
  for (const query of ["", "?api-version=", "?api-version=2031-01-01&forceRegistration=true"])
    expect((await ask("PUT", `${at}/register${query}`, "")).status).toBe(202);
});

test("whatever the body and the path, the answer is JSON and no failure of the emulator", async () => {
  const segment = fc.string({ maxLength: 200 }).map(encodeURIComponent);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("PUT", "POST", "GET", "DELETE", "PATCH"),
      fc.array(segment, { minLength: 1, maxLength: 5 }),
      fc.oneof(fc.json(), fc.string()),
      async (method, segments, body) => {
        const paths = [`/${segments.join("/")}`, `${at}/${segments.join("/")}`];
        for (const path of paths) expect((await ask(method, path, body)).status).toBeLessThan(500);
      },
    ),
    { numRuns: 50 },
  );
});
