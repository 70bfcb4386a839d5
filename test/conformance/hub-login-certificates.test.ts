import { X509Certificate } from "node:crypto";
import iotDevice from "azure-iot-device";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestLeafOptions } from "../support/pki.ts";
import { OwnCas, caClientOf } from "./support/ca-certificates.ts";
import type { EntryBody } from "./support/entries.ts";
import { hubDevice, report } from "./support/hub-device.ts";
import { inSeconds, returnCodeAt, sasToken } from "./support/raw-hub.ts";
import type { Target } from "./support/target.ts";
import { HAS_MANAGEMENT, conformanceTarget } from "./support/target.ts";
import { MQTT_TRANSPORTS } from "./support/transports.ts";

let target: Target;
beforeAll(async () => {
  target = await conformanceTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

const plain = (fingerprint: string): string => fingerprint.replaceAll(":", "");
const inDays = (count: number): Date => new Date(Date.now() + count * 86_400_000);

/** A leaf, with what a registry knows it by. */
async function leaf(id: string, options?: TestLeafOptions) {
  const keys = await target.pki.leaf(id, options);
  const certificate = new X509Certificate(keys.fullChainPem);
  return {
    ...keys,
    sha1: plain(certificate.fingerprint),
    sha256: plain(certificate.fingerprint256),
  };
}

const thumbprints = (primaryThumbprint: string, secondaryThumbprint = ""): EntryBody => ({
  type: "selfSigned",
  x509Thumbprint: { primaryThumbprint, secondaryThumbprint },
});

describe("Authenticate identities with X.509 certificates (Microsoft Learn), thumbprints", () => {
  test.for(MQTT_TRANSPORTS)(
    "a device logs in with the certificate whose thumbprint its identity has (%s)",
    async (kind) => {
      await using my = target.entries();
      const id = my.name("thumbprint");
      const keys = await leaf(id);
      await my.identity(id, thumbprints(keys.sha1));
      await using device = await hubDevice(target, id, keys, { kind });
      await device.client.sendEvent(new iotDevice.Message("by certificate"));
      await report(await device.client.getTwin(), { over: kind });
      const { responseBody: twin } = await target.clients.registry.getTwin(id);
      expect(twin.properties.reported).toMatchObject({ over: kind });
    },
  );

  test("the primary and the secondary thumbprint count, of SHA-1 and of SHA-256, in either case", async () => {
    await using my = target.entries();
    const id = my.name("slots");
    const [one, two, three] = [await leaf(id), await leaf(id), await leaf(id)];
    await my.identity(id, thumbprints(one.sha1, two.sha256.toLowerCase()));
    expect(await returnCodeAt(target, id, { keys: one })).toBe(0);
    expect(await returnCodeAt(target, id, { keys: two })).toBe(0);
    expect(await returnCodeAt(target, id, { keys: three })).toBe(5);
  });

  test("it does not matter who issued the certificate, nor whose name it has", async () => {
    await using my = target.entries();
    const id = my.name("anybody");
    const keys = await leaf("somebody", { signer: target.pki.otherRoot });
    await my.identity(id, thumbprints(keys.sha256));
    expect(await returnCodeAt(target, id, { keys })).toBe(0);
  });

  test("no certificate, and that of another device, are refused, which the SDK tells as unauthorized", async () => {
    await using my = target.entries();
    const [id, other] = [my.name("mine"), my.name("theirs")];
    const [keys, theirs] = [await leaf(id), await leaf(other)];
    await my.identity(id, thumbprints(keys.sha1));
    await my.identity(other, thumbprints(theirs.sha1));
    expect(await returnCodeAt(target, id)).toBe(5);
    await expect(hubDevice(target, id, theirs)).rejects.toMatchObject({
      name: "UnauthorizedError",
    });
  });

  test("a certificate that has expired, or is not valid yet, is refused", async () => {
    await using my = target.entries();
    const id = my.name("dates");
    const expired = await leaf(id, { notBefore: inDays(-2), notAfter: inDays(-1) });
    const early = await leaf(id, { notBefore: inDays(1), notAfter: inDays(2) });
    await my.identity(id, thumbprints(expired.sha1, early.sha1));
    expect(await returnCodeAt(target, id, { keys: expired })).toBe(5);
    expect(await returnCodeAt(target, id, { keys: early })).toBe(5);
  });

  test("a token opens no device that has thumbprints, nor does it shut out the right certificate", async () => {
    await using my = target.entries();
    const id = my.name("token");
    const keys = await leaf(id);
    await my.identity(id, thumbprints(keys.sha1));
    const [{ connectionString } = { connectionString: "" }] = target.hubs;
    const keyName = /SharedAccessKeyName=([^;]+)/.exec(connectionString)?.[1] ?? "";
    const key = /SharedAccessKey=([^;]+)/.exec(connectionString)?.[1] ?? "";
    const token = sasToken(encodeURIComponent(target.hub), key, {
      keyName,
      expiry: inSeconds(600),
    });
    expect(await returnCodeAt(target, id, { token })).toBe(5);
    expect(await returnCodeAt(target, id, { token, keys })).toBe(0);
  });
});

describe.skipIf(!HAS_MANAGEMENT)(
  "Authenticate identities with X.509 certificates (Microsoft Learn), certificate authorities",
  () => {
    const BY_CA: EntryBody = { type: "certificateAuthority" };

    test.for(MQTT_TRANSPORTS)(
      "a device logs in with a certificate below a CA that was uploaded and verified (%s)",
      async (kind) => {
        await using cas = new OwnCas(caClientOf(target, "hub"), target.pki);
        await using my = target.entries();
        await cas.verified("root", target.pki.root);
        const id = my.name("signed");
        await my.identity(id, BY_CA);
        for (const round of [1, 2]) {
          const keys = await target.pki.leaf(id);
          await using device = await hubDevice(target, id, keys, { kind });
          await report(await device.client.getTwin(), { round });
        }
        const { responseBody: twin } = await target.clients.registry.getTwin(id);
        expect(twin.properties.reported).toMatchObject({ round: 2 });
      },
    );

    test("a CA that nobody has verified opens nothing", async () => {
      const client = caClientOf(target, "hub");
      await using cas = new OwnCas(client, target.pki);
      await using my = target.entries();
      const stranger = target.pki.otherRoot;
      await client.put(cas.name("unproved"), stranger.certificatePem);
      const id = my.name("unverified");
      await my.identity(id, BY_CA);
      const keys = await target.pki.leaf(id, { signer: stranger });
      expect(await returnCodeAt(target, id, { keys })).toBe(5);
      await cas.verified("proved", stranger);
      expect(await returnCodeAt(target, id, { keys })).toBe(0);
    });

    test("a CA that is deleted opens nothing any more", async () => {
      const client = caClientOf(target, "hub");
      await using my = target.entries();
      const id = my.name("orphan");
      await my.identity(id, BY_CA);
      const keys = await target.pki.leaf(id, { signer: target.pki.otherRoot });
      {
        await using cas = new OwnCas(client, target.pki);
        await cas.verified("gone", target.pki.otherRoot);
        expect(await returnCodeAt(target, id, { keys })).toBe(0);
      }
      expect(await returnCodeAt(target, id, { keys })).toBe(5);
    });

    test("the subject common name must be the device id, in the same case", async () => {
      await using cas = new OwnCas(caClientOf(target, "hub"), target.pki);
      await using my = target.entries();
      await cas.verified("names", target.pki.intermediate);
      const id = my.name("named");
      await my.identity(id, BY_CA);
      for (const [name, code] of [
        [id, 0],
        [id.toUpperCase(), 5],
        [`${id}2`, 5],
      ] as const) {
        const keys = await target.pki.leaf(name);
        expect([name, await returnCodeAt(target, id, { keys })]).toEqual([name, code]);
      }
    });

    test("a certificate that has expired, or is not valid yet, is refused though its CA is good", async () => {
      await using cas = new OwnCas(caClientOf(target, "hub"), target.pki);
      await using my = target.entries();
      await cas.verified("dated", target.pki.intermediate);
      const id = my.name("ca-dates");
      await my.identity(id, BY_CA);
      for (const [notBefore, notAfter] of [
        [inDays(-2), inDays(-1)],
        [inDays(1), inDays(2)],
      ] as const) {
        const keys = await target.pki.leaf(id, { notBefore, notAfter });
        expect(await returnCodeAt(target, id, { keys })).toBe(5);
      }
    });

    test("a device must show a certificate, and the chain that leads up to the CA", async () => {
      await using cas = new OwnCas(caClientOf(target, "hub"), target.pki);
      await using my = target.entries();
      await cas.verified("top", target.pki.root);
      const id = my.name("chain");
      await my.identity(id, BY_CA);
      const keys = await target.pki.leaf(id);
      expect(await returnCodeAt(target, id)).toBe(5);
      const alone = { ...keys, fullChainPem: keys.certificatePem };
      expect(await returnCodeAt(target, id, { keys: alone })).toBe(5);
      expect(await returnCodeAt(target, id, { keys })).toBe(0);
    });
  },
);
