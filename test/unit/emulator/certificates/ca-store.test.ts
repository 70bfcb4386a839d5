import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { CaStore } from "../../../../src/emulator/certificates/ca-store.ts";
import { ServiceFault } from "../../../../src/emulator/fault.ts";
import type { TestPki } from "../../../support/pki.ts";
import { testPki } from "../../../support/pki.ts";
import { surroundingsFrom } from "../../../../src/emulator/surroundings.ts";

let pki: TestPki;
let root: X509Certificate;
let other: X509Certificate;
beforeAll(async () => {
  pki = await testPki();
  root = new X509Certificate(pki.root.certificatePem);
  other = new X509Certificate(pki.otherRoot.certificatePem);
});

/** A store whose clock goes on by a second with each look, and whose ids count. */
function emptyStore(options: { readonly caCertificatesMax?: number; needed?: string } = {}) {
  let at = pki.now.getTime();
  let ids = 0;
  const { caCertificatesMax = 25, needed } = options;
  return new CaStore({
    around: surroundingsFrom({
      limits: { caCertificatesMax },
      clock: () => (at += 1000),
      newId: () => `id-${++ids}`,
    }),
    table: "certificates",
    neededBy: (name) => (name === needed ? "enrollment group g" : undefined),
  });
}

const unverified = (certificate: X509Certificate) => ({ certificate, isVerified: undefined });
const proofOf = async (code: string | undefined, signer = pki.root): Promise<X509Certificate> =>
  new X509Certificate((await pki.leaf(code ?? "", { signer })).certificatePem);

test("an upload counts once it is verified by a certificate for its code", async () => {
  const cas = emptyStore();
  const { etag, isVerified } = cas.put("Root", unverified(root), undefined);
  expect(isVerified).toBe(false);
  expect(cas.verified("root")).toBeUndefined();
  const { verificationCode, etag: next } = cas.newCode("root", etag);
  expect(cas.allVerified()).toEqual([]);
  const proof = await proofOf(verificationCode);
  expect(cas.verify("ROOT", proof, next)).toMatchObject({ name: "Root", isVerified: true });
  expect(cas.verified("rOOT")?.fingerprint256).toBe(root.fingerprint256);
  expect(cas.allVerified()).toHaveLength(1);
});

test("a code is good for one proof, and for none once a new one is made", async () => {
  const cas = emptyStore();
  cas.put("root", unverified(root), undefined);
  const first = cas.newCode("root", "*").verificationCode;
  const second = cas.newCode("root", "*").verificationCode;
  expect(second).not.toBe(first);
  const late = await proofOf(first);
  expect(() => cas.verify("root", late, "*")).toThrow("expected the verification code");
  const proof = await proofOf(second);
  cas.verify("root", proof, "*");
  expect(() => cas.verify("root", proof, "*")).toThrow("There is no verification code");
});

test("a proof that is refused leaves everything as it was", async () => {
  const cas = emptyStore();
  cas.put("root", unverified(root), undefined);
  const before = cas.newCode("root", "*");
  const wrong = await proofOf(before.verificationCode, pki.otherRoot);
  expect(() => cas.verify("root", wrong, "*")).toThrow("did not sign it");
  expect(cas.get("root")).toEqual(before);
  const proof = await proofOf(before.verificationCode);
  expect(cas.verify("root", proof, before.etag).isVerified).toBe(true);
});

test("another certificate must be verified anew, the same one stays as it was", async () => {
  const cas = emptyStore();
  const first = cas.put("ca", { certificate: root, isVerified: true }, undefined);
  const again = cas.put("CA", unverified(root), first.etag);
  expect(again).toMatchObject({ name: "ca", isVerified: true, createdMs: first.createdMs });
  expect(again.updatedMs).toBeGreaterThan(first.updatedMs);
  const { verificationCode } = cas.newCode("ca", again.etag);
  const kept = cas.put("ca", { certificate: root, isVerified: false }, "*");
  expect(kept).toMatchObject({ isVerified: false, verificationCode });
  cas.put("ca", { certificate: root, isVerified: true }, "*");
  const changed = cas.put("ca", unverified(other), "*");
  expect(changed).toMatchObject({ isVerified: false, verificationCode: undefined });
  expect(cas.verified("ca")).toBeUndefined();
});

test("what exists is changed only by who knows its etag, and never without one", async () => {
  const cas = emptyStore();
  // Nothing is there that an etag could be of.
  const stale = cas.put("ca", unverified(root), "whatever").etag;
  const { etag, verificationCode } = cas.newCode("ca", `"${stale}"`);
  const proof = await proofOf(verificationCode);
  const before = cas.get("ca");
  for (const ifMatch of [undefined, "", stale])
    for (const act of [
      () => cas.put("ca", unverified(root), ifMatch),
      () => cas.newCode("ca", ifMatch),
      () => cas.verify("ca", proof, ifMatch),
      () => cas.delete("ca", ifMatch),
    ])
      expect(act).toThrow(expect.objectContaining({ kind: "preconditionFailed" }));
  expect(cas.get("ca")).toEqual(before);
  cas.delete("ca", etag);
  for (const act of [() => cas.get("ca"), () => cas.newCode("ca", "*")])
    expect(act).toThrow(expect.objectContaining({ kind: "resourceNotFound" }));
});

test("what an enrollment group names cannot be deleted", () => {
  const cas = emptyStore({ needed: "ca" });
  cas.put("ca", unverified(root), undefined);
  expect(() => cas.delete("ca", "*")).toThrow(
    "The certificate 'ca' is used by enrollment group g.",
  );
  expect(cas.all()).toHaveLength(1);
});

test("there are no more than the limit, and one that is there may still be replaced", () => {
  const cas = emptyStore({ caCertificatesMax: 2 });
  for (const name of ["b", "a"]) cas.put(name, unverified(root), undefined);
  expect(() => cas.put("c", unverified(root), undefined)).toThrow("There are 2 certificates");
  cas.put("B", unverified(other), "*");
  expect(cas.all().map(({ name }) => name)).toEqual(["a", "b"]);
});

test("what is no CA, or has expired, is not taken", async () => {
  const cas = emptyStore();
  const leaf = new X509Certificate((await pki.leaf("dev")).certificatePem);
  expect(() => cas.put("ca", unverified(leaf), undefined)).toThrow("it is not of a CA");
  const old = new Date(pki.now.getTime() + 100 * 365 * 86_400_000);
  const late = new CaStore({
    around: surroundingsFrom({ clock: () => old.getTime() }),
    table: "certificates",
  });
  expect(() => late.put("ca", unverified(root), undefined)).toThrow("it expired on");
});

/** Whether `act` was done; a refusal changes nothing, and anything else that is thrown is a bug. */
function unlessRefused(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof ServiceFault) return false;
    throw error;
  }
}

test("whatever comes in whatever order, only an owner's word or a proof verifies", () => {
  const step = fc.record({
    act: fc.constantFrom("upload", "vouch", "code", "other", "delete"),
    name: fc.constantFrom("a", "A", "b"),
    etag: fc.constantFrom("*", undefined, "stale"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const cas = emptyStore();
      const vouched = new Map<string, string>();
      const etags: string[] = [];
      for (const { act, name, etag } of steps) {
        const key = name.toLowerCase();
        const certificate = act === "other" ? other : root;
        const isVerified = act === "vouch" ? true : undefined;
        const done = unlessRefused(() => {
          if (act === "delete") cas.delete(name, etag);
          else if (act === "code") etags.push(cas.newCode(name, etag).etag);
          else etags.push(cas.put(name, { certificate, isVerified }, etag).etag);
        });
        if (!done || act === "code") continue;
        if (act === "vouch") vouched.set(key, root.fingerprint256);
        else if (act === "delete" || vouched.get(key) !== certificate.fingerprint256)
          vouched.delete(key);
        for (const one of ["a", "b"])
          expect(cas.verified(one)?.fingerprint256).toBe(vouched.get(one));
      }
      expect(new Set(etags).size).toBe(etags.length);
    }),
  );
});
