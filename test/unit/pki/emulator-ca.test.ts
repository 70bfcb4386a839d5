import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { expect, test } from "vitest";
import { issueServer } from "../../../src/pki/certificate.ts";
import { ensureEmulatorCa } from "../../../src/pki/emulator-ca.ts";
import { withFolderLock } from "../../../src/pki/folder-lock.ts";
import { certsLayout } from "../../../src/pki/layout.ts";
import { hasOpenssl, openssl } from "../../support/openssl.ts";
import { temporaryDir, writeTestFile } from "../../support/pki.ts";

const now = new Date();

test("the emulator's CA is made once, for its owner alone", async () => {
  await using store = temporaryDir();
  const dir = join(store.path, "certs");
  const first = await ensureEmulatorCa({ dir, now });
  expect(isAbsolute(first.caFile)).toBe(true);
  expect(readFileSync(first.caFile, "utf8")).toBe(first.caPem);
  expect(statSync(certsLayout(dir).emulatorCa(undefined).key).mode & 0o777).toBe(0o600);
  expect((await ensureEmulatorCa({ dir, now })).caPem).toBe(first.caPem);
});

test("two that start at once share one CA", async () => {
  await using store = temporaryDir();
  const both = await Promise.all([1, 2].map(() => ensureEmulatorCa({ dir: store.path, now })));
  expect(both[0]?.caPem).toBe(both[1]?.caPem);
});

test("a CA that has run out, lost its key or is broken is made anew", async () => {
  await using store = temporaryDir();
  const dir = store.path;
  const layout = certsLayout(dir);
  const pems = new Set([(await ensureEmulatorCa({ dir, now })).caPem]);
  pems.add((await ensureEmulatorCa({ dir, now: new Date(now.getTime() + 4e11) })).caPem);
  rmSync(layout.emulatorCa(undefined).key);
  pems.add((await ensureEmulatorCa({ dir, now })).caPem);
  writeFileSync(layout.emulatorCa(undefined).cert, "broken");
  pems.add((await ensureEmulatorCa({ dir, now })).caPem);
  expect(pems.size).toBe(4);
});

test.skipIf(!hasOpenssl)(
  "the emulator's CA vouches for Azure's names and this machine only",
  async () => {
    await using store = temporaryDir();
    const { issuer, caFile } = await ensureEmulatorCa({ dir: store.path, now });
    const verdictOn = async (name: string): Promise<string> => {
      const { chainPem } = await issueServer({ names: [name], signer: issuer, now });
      const file = writeTestFile(join(store.path, "server.pem"), chainPem);
      expect(
        new X509Certificate(chainPem).verify(new X509Certificate(issuer.certificatePem).publicKey),
      ).toBe(true);
      try {
        return openssl("verify -x509_strict -purpose sslserver -CAfile", [caFile, file]);
      } catch (error) {
        return String(error);
      }
    };
    for (const name of [
      "global.azure-devices-provisioning.net",
      "h.azure-devices.net",
      "localhost",
      "127.1.2.3",
      "::1",
    ]) {
      expect(await verdictOn(name)).toContain("OK");
    }
    for (const name of ["example.com", "azure-devices.net.example.com", "192.168.0.1", "::2"]) {
      expect(await verdictOn(name)).toContain("permitted subtree violation");
    }
    expect(openssl("x509 -noout -text -in", [caFile])).toContain(
      "X509v3 Name Constraints: critical",
    );
  },
);

test("a lock that a lost process left behind is taken over", async () => {
  await using store = temporaryDir();
  const lock = join(store.path, ".lock");
  mkdirSync(lock);
  utimesSync(lock, new Date(0), new Date(0));
  expect(await withFolderLock(store.path, { staleMs: 1 }, async () => "done")).toBe("done");
});

test("waiting for a lock ends with the signal, and with its time", async () => {
  await using store = temporaryDir();
  await withFolderLock(store.path, {}, async () => {
    const signal = AbortSignal.abort();
    await expect(withFolderLock(store.path, { signal }, async () => 1)).rejects.toThrow("abort");
    await expect(withFolderLock(store.path, { timeoutMs: 1 }, async () => 1)).rejects.toThrow(
      "another process is issuing some",
    );
  });
  expect(await withFolderLock(store.path, {}, async () => "free")).toBe("free");
});
