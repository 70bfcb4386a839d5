import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DeviceKeys } from "../integration/emulator-wire.ts";
import { rawDevice, registerRaw, registerWithSdk } from "./support/device.ts";
import type { Entries } from "./support/entries.ts";
import { signingCertificates, symmetricKeys } from "./support/entries.ts";
import type { HttpsAnswer, HttpsQuestion, Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";
import { TRANSPORTS } from "./support/transports.ts";

let target: Target;
let group: Entries;
beforeAll(async () => {
  target = await conformanceTarget();
  group = target.entries();
  const { certificatePem } = target.pki.intermediate;
  await group.group(group.name("dps-https"), signingCertificates(certificatePem));
});
afterAll(async () => {
  await group[Symbol.asyncDispose]();
  await target[Symbol.asyncDispose]();
});

const pathOf = (id: string, rest = ""): string =>
  `/${target.idScope}/registrations/${id}${rest}?api-version=2019-03-31`;

async function askRegister(
  id: string,
  keys: DeviceKeys | undefined,
  more: Partial<HttpsQuestion> = {},
): Promise<HttpsAnswer> {
  const body = JSON.stringify({ registrationId: id });
  return await target.https({ method: "PUT", path: pathOf(id, "/register"), body, keys, ...more });
}

const lookUp = (id: string, keys: DeviceKeys | undefined): Promise<HttpsAnswer> =>
  target.https({
    method: "POST",
    path: pathOf(id),
    body: JSON.stringify({ registrationId: id }),
    keys,
  });

describe("Microsoft Learn, How to use X.509 certificates over HTTPS without an SDK", () => {
  test("the answer to a register request has Location, Retry-After and the service's other headers", async () => {
    await using my = target.entries();
    const id = my.name("headers");
    // Sent by the article's own command; it is no encoding that could be undone.
    const headers = { "content-encoding": "utf-8" };
    const answer = await askRegister(id, await target.pki.leaf(id), { headers });
    expect(answer.status).toBe(202);
    expect(answer.headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "retry-after": expect.stringMatching(/^\d+$/),
      "x-ms-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/i),
      "strict-transport-security": "max-age=31536000; includeSubDomains",
    });
    expect(answer.headers.location).toMatch(/^https:\/\/.*\/registrations\/.*\/register$/);
    expect(answer.headers.location).toContain(
      `https://${target.provisioningHost}/${target.idScope}/registrations/${id}/`,
    );
    expect(JSON.parse(answer.body)).toMatchObject({ status: "assigning" });
  });

  test("the subject common name must be the registration ID", async () => {
    await using my = target.entries();
    const id = my.name("name");
    const answer = await askRegister(id, await target.pki.leaf(my.name("other")));
    expect(answer.status).toBe(401);
  });

  test("without certificate and token the answer is 401, with the error's code in x-ms-error-code", async () => {
    await using my = target.entries();
    const answer = await askRegister(my.name("nobody"), undefined);
    expect(answer.status).toBe(401);
    const body: { errorCode: number } = JSON.parse(answer.body);
    expect(answer.headers["x-ms-error-code"]).toBe(String(body.errorCode));
  });
});

describe("device.json 2021-10-01, Device Registration Status Lookup", () => {
  test("the look-up gives the registration itself, as the last poll did", async () => {
    await using my = target.entries();
    const id = my.name("lookup");
    const keys = await target.pki.leaf(id);
    await using device = await rawDevice(target, "HTTPS", id, keys);
    const last = (await registerRaw(device)).at(-1);
    const answer = await lookUp(id, keys);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual(last?.body["registrationState"]);
  });

  test("the look-up of a device that never registered is refused by 404202", async () => {
    await using my = target.entries();
    const id = my.name("never");
    const answer = await lookUp(id, await target.pki.leaf(id));
    expect(answer.status).toBe(404);
    expect(answer.headers["x-ms-error-code"]).toBe("404202");
  });

  test("nobody else learns of a registration: not by a certificate of strangers, of another name, or none", async () => {
    await using my = target.entries();
    const id = my.name("private");
    const keys = await target.pki.leaf(id);
    await using device = await rawDevice(target, "HTTPS", id, keys);
    const { body } = await device.register();
    const poll = pathOf(id, `/operations/${String(body["operationId"])}`);
    const strangers = [
      await target.pki.leaf(id, { signer: target.pki.otherRoot }),
      await target.pki.leaf(my.name("other")),
      undefined,
    ];
    for (const theirs of strangers) {
      expect((await lookUp(id, theirs)).status).toBe(401);
      expect((await target.https({ method: "GET", path: poll, keys: theirs })).status).toBe(401);
    }
  });
});

describe("Microsoft Learn, How to use symmetric keys over HTTPS without an SDK", () => {
  const KEY = Buffer.alloc(32, 7).toString("base64");

  test.for(TRANSPORTS)(
    "Microsoft's provisioning client registers over %s with a symmetric key",
    async (kind) => {
      await using my = target.entries();
      const id = my.name("key");
      await my.individual(id, symmetricKeys(KEY, Buffer.alloc(32, 8).toString("base64")));
      const result = await registerWithSdk(target, kind, id, { symmetricKey: KEY });
      expect(result).toMatchObject({ registrationId: id, deviceId: id, status: "assigned" });
    },
  );

  test("a wrong key is refused by 401 and 401000 over HTTPS", async () => {
    await using my = target.entries();
    const id = my.name("wrong");
    await my.individual(id, symmetricKeys(KEY, KEY));
    const symmetricKey = Buffer.alloc(32, 9).toString("base64");
    await expect(registerWithSdk(target, "HTTPS", id, { symmetricKey })).rejects.toMatchObject({
      responseBody: expect.stringContaining("401000"),
    });
  });

  test("a token that is none, or for another device, is refused by 401", async () => {
    await using my = target.entries();
    const id = my.name("token");
    await my.individual(id, symmetricKeys(KEY, KEY));
    for (const authorization of [
      "SharedAccessSignature",
      "Bearer x",
      `SharedAccessSignature sr=${target.idScope}%2Fregistrations%2Fother&sig=eA%3D%3D&se=9999999999&skn=registration`,
    ]) {
      const answer = await askRegister(id, undefined, { headers: { authorization } });
      expect(answer.status).toBe(401);
    }
  });
});
