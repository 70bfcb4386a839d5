import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { ManagementAnswer } from "./emulator-management.ts";
import { DPS_RESOURCE, HUB_RESOURCE, manage, resourcePath } from "./emulator-management.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { HUB, emulatorForTest } from "./emulator-wire.ts";

const HUB_2 = "second-hub.azure-devices.net";
let world: TestEmulator;
beforeAll(async () => {
  world = await emulatorForTest({ hubs: [HUB, HUB_2], caCertificatesMax: 3 });
});
afterAll(() => world.emulator.stop());

const ofCode = z.object({
  etag: z.string(),
  properties: z.object({ verificationCode: z.string() }),
});

const ask = (
  method: string,
  path: string,
  body?: unknown,
  ifMatch?: string,
): Promise<ManagementAnswer> =>
  manage(world, method, path, {
    body,
    headers: ifMatch === undefined ? {} : { "if-match": ifMatch },
  });
const upload = (certificate: string, isVerified?: boolean): unknown => ({
  properties: { certificate, isVerified },
});
const status = (wanted: number, code?: string) => ({
  status: wanted,
  body: code === undefined ? expect.anything() : { error: { code, message: expect.any(String) } },
});

test.for([
  ["a DPS instance", DPS_RESOURCE, 200],
  ["a hub", HUB_RESOURCE, 201],
] as const)("a CA certificate of %s shows what it says, from upload to proof", async (given) => {
  const [, resource, created] = given;
  const at = `${resource}/certificates/factory`;
  const { certificatePem } = world.pki.root;
  const ca = new X509Certificate(certificatePem);
  const uploaded = await ask("PUT", at, upload(certificatePem));
  expect(uploaded).toEqual({
    status: created,
    body: {
      id: at,
      name: "factory",
      type: `Microsoft.Devices/${resource.split("/").at(-2)}/certificates`,
      etag: expect.any(String),
      properties: {
        subject: ca.subject.split("\n").join(", "),
        expiry: new Date(ca.validTo).toUTCString(),
        thumbprint: ca.fingerprint.replaceAll(":", ""),
        isVerified: false,
        created: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/),
        updated: expect.stringMatching(/ GMT$/),
        certificate: ca.raw.toString("base64"),
      },
    },
  });
  const asked = await ask("POST", `${at}/generateVerificationCode`, undefined, "*");
  expect(asked.body).toMatchObject({
    properties: { isVerified: false, subject: expect.any(String) },
  });
  const { etag, properties } = ofCode.parse(asked.body);
  const code = properties.verificationCode;
  const proof = (await world.pki.leaf(code, { signer: world.pki.root })).certificatePem;
  expect(await ask("POST", `${at}/verify`, { certificate: proof }, `"${etag}"`)).toMatchObject({
    status: 200,
    body: { id: at, properties: { isVerified: true } },
  });
  const { body: shown } = await ask("GET", at);
  expect(await ask("GET", `${resource}/certificates`)).toEqual({
    status: 200,
    body: { value: [shown] },
  });
  // What GET shows can be put back, and stays verified.
  expect(await ask("PUT", at, shown, "*")).toMatchObject({
    status: 200,
    body: { properties: { isVerified: true } },
  });
  expect(await ask("DELETE", at, undefined, "*")).toEqual({ status: 204, body: undefined });
  expect(await ask("GET", at)).toMatchObject(status(404, "ResourceNotFound"));
  expect(await ask("DELETE", at, undefined, "*")).toMatchObject(status(404, "ResourceNotFound"));
});

test("every hub has certificates of its own, and DPS has others", async () => {
  const certificate = world.pki.root.certificatePem;
  await ask("PUT", `${HUB_RESOURCE}/certificates/one`, upload(certificate));
  for (const other of [resourcePath("IotHubs", HUB_2), DPS_RESOURCE])
    expect(await ask("GET", `${other}/certificates`)).toEqual({ status: 200, body: { value: [] } });
  await ask("DELETE", `${HUB_RESOURCE}/certificates/one`, undefined, "*");
});

test("a certificate is taken as PEM, as base64 of its DER and as base64 of its PEM", async () => {
  const { certificatePem } = world.pki.intermediate;
  const { raw } = new X509Certificate(certificatePem);
  const at = `${DPS_RESOURCE}/certificates/forms`;
  for (const text of [
    certificatePem,
    raw.toString("base64"),
    Buffer.from(certificatePem).toString("base64"),
  ])
    expect(await ask("PUT", at, upload(text), "*")).toMatchObject({
      status: 200,
      body: { properties: { certificate: raw.toString("base64") } },
    });
  await ask("DELETE", at, undefined, "*");
});

test("what is no CA certificate is refused, and a key that is sent by mistake is not shown", async () => {
  const leaf = await world.pki.leaf("dev");
  const { certificatePem, privateKeyPem } = world.pki.root;
  const at = `${DPS_RESOURCE}/certificates/bad`;
  for (const body of [
    upload(leaf.certificatePem),
    upload(privateKeyPem),
    upload(certificatePem.slice(0, 200)),
    upload(""),
    { certificate: certificatePem },
    { properties: { certificate: 1 } },
    { properties: { certificate: certificatePem, isVerified: "yes" } },
    { properties: { certificate: certificatePem, unknown: 1 } },
    { properties: {} },
    [],
    "null",
    "no JSON",
  ]) {
    const answer = await ask("PUT", at, body);
    expect(answer).toMatchObject(status(400, "ArgumentInvalid"));
    expect(JSON.stringify(answer.body)).not.toContain(privateKeyPem.slice(30, 60));
  }
  expect(await ask("PUT", at)).toMatchObject(status(400, "ArgumentInvalid"));
  const huge = upload("x".repeat(2 * 1024 * 1024));
  expect(await ask("PUT", at, huge)).toMatchObject(status(413, "GenericRequestEntityTooLarge"));
  const odd = `${DPS_RESOURCE}/certificates/${encodeURIComponent("no blanks")}`;
  expect(await ask("PUT", odd, upload(certificatePem))).toMatchObject(
    status(400, "ArgumentInvalid"),
  );
  expect(await ask("GET", at)).toMatchObject(status(404, "ResourceNotFound"));
});

test("no body, whatever it holds, is taken for a certificate or a proof", async () => {
  const at = `${DPS_RESOURCE}/certificates/fuzz`;
  await ask("PUT", at, upload(world.pki.root.certificatePem));
  await ask("POST", `${at}/generateVerificationCode`, undefined, "*");
  const { body: before } = await ask("GET", at);
  const anything = fc.oneof(
    fc.json(),
    fc.string(),
    fc.record({ certificate: fc.jsonValue() }).map((body) => JSON.stringify(body)),
    fc
      .record({ properties: fc.record({ certificate: fc.string() }) })
      .map((body) => JSON.stringify(body)),
  );
  await fc.assert(
    fc.asyncProperty(anything, fc.constantFrom("PUT", "POST"), async (body, method) => {
      const path = method === "PUT" ? at : `${at}/verify`;
      expect(await ask(method, path, body, "*")).toMatchObject(status(400, "ArgumentInvalid"));
    }),
    { numRuns: 60 },
  );
  expect(await ask("GET", at)).toEqual({ status: 200, body: before });
  await ask("DELETE", at, undefined, "*");
});

const at = (name: number): string => `${DPS_RESOURCE}/certificates/${name}`;

test("there are no more certificates than the limit", async () => {
  const certificate = world.pki.root.certificatePem;
  for (const name of [1, 2, 3]) await ask("PUT", at(name), upload(certificate));
  expect(await ask("PUT", at(4), upload(certificate))).toMatchObject({
    status: 400,
    body: { error: { message: "There are 3 certificates, and no more may be." } },
  });
  for (const name of [1, 2, 3]) await ask("DELETE", at(name), undefined, "*");
});

test("certificates are for administrators: a service's SAS token opens none", async () => {
  const answer = await manage(world, "GET", `${DPS_RESOURCE}/certificates`, {
    token: world.emulator.dpsConnectionString,
  });
  expect(answer).toMatchObject(status(401, "InvalidAuthenticationToken"));
});
