import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { attest } from "../../../../src/emulator/dps/attestation.ts";
import type { EnrollmentSettings } from "../../../../src/emulator/dps/enrollments.ts";
import type { Proof } from "../../../../src/emulator/dps/proof.ts";
import { deviceKeys, newSymmetricKey } from "../../../../src/emulator/dps/symmetric-keys.ts";
import { sasSignature } from "../../../../src/emulator/sas-token.ts";
import type { TestPki } from "../../../support/pki.ts";
import { testPki } from "../../../support/pki.ts";
import type { VerifiedCas } from "../../../../src/emulator/certificates/ca-store.ts";
import { casOf, emptyEnrollments, settingsOf } from "./enrollment-world.ts";

let pki: TestPki;
let leaf: X509Certificate;
let stranger: X509Certificate;
let intermediate: X509Certificate;
let root: X509Certificate;
beforeAll(async () => {
  pki = await testPki();
  leaf = new X509Certificate((await pki.leaf("dev")).certificatePem);
  const { otherRoot } = pki;
  stranger = new X509Certificate((await pki.leaf("dev", { signer: otherRoot })).certificatePem);
  intermediate = new X509Certificate(pki.intermediate.certificatePem);
  root = new X509Certificate(pki.root.certificatePem);
});

type Given = Partial<EnrollmentSettings> & Pick<EnrollmentSettings, "kind" | "attestation">;
const keys = { primaryKey: newSymmetricKey(), secondaryKey: newSymmetricKey() };
const byKeys = { type: "symmetricKey", ...keys } as const;
const x509 = (primary: X509Certificate, secondary?: X509Certificate) =>
  ({ type: "x509", primary, secondary }) as const;
const certificate = (...chain: X509Certificate[]): Proof => ({ kind: "certificate", chain });

function token(key: string, expiresInS = 60): Proof {
  const resource = "0ne000CA7E5/registrations/dev";
  const expiry = Math.floor(pki.now.getTime() / 1000) + expiresInS;
  const signature = sasSignature(resource, expiry, key);
  return { kind: "token", token: { resource, signature, expiry, keyName: "registration" } };
}

/**
 * The id of the entry that took the device, `disabled`, or the refusal.
 *
 * @param required where given, verified CAs are required, and these are
 * @param cas the CA certificates where they are not required
 */
function outcome(
  entries: readonly Given[],
  proof: Proof,
  required?: X509Certificate[],
  cas: VerifiedCas = casOf(required ?? []),
): string {
  const store = emptyEnrollments();
  for (const { kind, ...rest } of entries)
    store.put(
      settingsOf({ kind, id: kind === "individual" ? "dev" : "group", ...rest }),
      undefined,
    );
  try {
    const attested = attest({ registrationId: "dev", proof }, store, {
      nowMs: pki.now.getTime(),
      clockSkewS: 300,
      cas,
      requireVerifiedCa: required !== undefined,
    });
    return attested.kind === "disabled" ? "disabled" : attested.enrollment.id;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test("an individual enrollment takes its primary and its secondary leaf, and no other", () => {
  const own = { kind: "individual", attestation: x509(stranger, leaf) } as const;
  expect(outcome([own], certificate(leaf))).toBe("dev");
  expect(outcome([own], certificate(stranger))).toBe("dev");
  expect(outcome([{ ...own, attestation: x509(stranger) }], certificate(leaf))).toBe(
    "Invalid certificate.",
  );
});

test("an individual enrollment overrides the group of its device, whether it fits, not, or is disabled", () => {
  const group = { kind: "group", attestation: x509(intermediate) } as const;
  const own = { kind: "individual", attestation: x509(leaf) } as const;
  const chain = certificate(leaf, intermediate, root);
  expect(outcome([group], chain)).toBe("group");
  expect(outcome([group, own], chain)).toBe("dev");
  expect(outcome([group, { ...own, enabled: false }], chain)).toBe("disabled");
  expect(outcome([group, { ...own, attestation: x509(stranger) }], chain)).toBe(
    "Invalid certificate.",
  );
});

test("a disabled individual enrollment shuts its device out whatever attestation either has", () => {
  const groups = [
    { kind: "group", id: "g1", attestation: x509(intermediate) },
    { kind: "group", id: "g2", attestation: byKeys },
  ] as const;
  const chain = certificate(leaf, intermediate);
  const derived = token(deviceKeys(keys, "dev").primaryKey);
  const disabled = { kind: "individual", enabled: false } as const;
  expect(outcome([...groups, { ...disabled, attestation: byKeys }], chain)).toBe("disabled");
  expect(outcome([...groups, { ...disabled, attestation: x509(leaf) }], derived)).toBe("disabled");
});

test("an enabled individual enrollment of another attestation lets nobody through to a group", () => {
  const group = { kind: "group", attestation: x509(intermediate) } as const;
  const own = { kind: "individual", attestation: byKeys } as const;
  expect(outcome([group, own], certificate(leaf, intermediate))).toBe("Invalid certificate.");
  const other = { kind: "individual", attestation: x509(leaf) } as const;
  const derived = token(deviceKeys(keys, "dev").primaryKey);
  expect(outcome([{ kind: "group", attestation: byKeys }, other], derived)).toBe("Unauthorized");
});

test("where verified CAs are required, a chain must reach one and a leaf alone need not", () => {
  const own = { kind: "individual", attestation: x509(leaf) } as const;
  const chain = certificate(leaf, intermediate);
  expect(outcome([own], chain, [])).toBe("CA certificate not found.");
  expect(outcome([own], chain, [intermediate])).toBe("dev");
  expect(outcome([own], chain, [root])).toBe("dev");
  expect(outcome([own], certificate(leaf), [])).toBe("dev");
  expect(outcome([own], certificate(leaf, root), [root])).toBe("CA certificate not found.");
});

test("where verified CAs are required, a group's signing certificate must be one or lead up to one", () => {
  const group = { kind: "group", attestation: x509(intermediate) } as const;
  const chain = certificate(leaf, intermediate);
  expect(outcome([group], chain)).toBe("group");
  expect(outcome([group], chain, [])).toBe("CA certificate not found.");
  expect(outcome([group], chain, [intermediate])).toBe("group");
  expect(outcome([group], chain, [root])).toBe("group");
});

const named = (primary: string, secondary?: string): Given => ({
  kind: "group",
  attestation: { type: "x509", caReferences: { primary, secondary } },
});

test("a group takes the leaves of the CA certificates that it names, while they are verified", () => {
  const chain = certificate(leaf, intermediate);
  const cas = casOf([root, intermediate], { factory: intermediate });
  for (const group of [named("ca-0"), named("CA-1"), named("factory", "ca-0")])
    expect(outcome([group], chain, undefined, cas)).toBe("group");
  for (const group of [named("factory"), named("nobody")])
    expect(outcome([group], chain, undefined, cas)).toBe("CA certificate not found.");
  expect(outcome([named("ca-0")], chain, [root])).toBe("group");
  expect(outcome([named("ca-0")], certificate(leaf), undefined, cas)).toBe(
    "CA certificate not found.",
  );
});

test("the nearest signing certificate decides, named or held by its group", () => {
  const upper = { ...named("ca-0"), id: "upper" };
  const nearest = { kind: "group", id: "nearest", attestation: x509(intermediate) } as const;
  const chain = certificate(leaf, intermediate, root);
  expect(outcome([upper, nearest], chain, undefined, casOf([root]))).toBe("nearest");
  expect(outcome([upper, { ...nearest, enabled: false }], chain, undefined, casOf([root]))).toBe(
    "disabled",
  );
  const below = { ...named("ca-0"), id: "below" };
  const above = { kind: "group", id: "above", attestation: x509(root) } as const;
  expect(outcome([above, below], chain, undefined, casOf([intermediate]))).toBe("below");
});

test("a token is signed with one of the two keys of an individual enrollment", () => {
  const own = { kind: "individual", attestation: byKeys } as const;
  expect(outcome([own], token(keys.primaryKey))).toBe("dev");
  expect(outcome([own], token(keys.secondaryKey))).toBe("dev");
  expect(outcome([own], token(newSymmetricKey()))).toBe("Unauthorized");
  expect(outcome([{ ...own, enabled: false }], token(keys.primaryKey))).toBe("disabled");
  expect(outcome([{ ...own, enabled: false }], token(newSymmetricKey()))).toBe("Unauthorized");
});

test("a group takes tokens of derived keys, and neither its own keys nor those of another device", () => {
  const group = { kind: "group", attestation: byKeys } as const;
  const derived = deviceKeys(keys, "dev");
  expect(outcome([group], token(derived.primaryKey))).toBe("group");
  expect(outcome([group], token(derived.secondaryKey))).toBe("group");
  expect(outcome([{ ...group, enabled: false }], token(derived.primaryKey))).toBe("disabled");
  for (const key of [...Object.values(keys), deviceKeys(keys, "other").primaryKey])
    expect(outcome([group], token(key))).toBe("Unauthorized");
});

test("a token that is over opens nothing", () => {
  const own = { kind: "individual", attestation: byKeys } as const;
  expect(outcome([own], token(keys.primaryKey, -299))).toBe("dev");
  expect(outcome([own], token(keys.primaryKey, -302))).toBe("Unauthorized");
});

test("without an entry that has keys there is no enrollment for a token", () => {
  expect(outcome([], token(keys.primaryKey))).toBe("Enrollment not found.");
  const group = { kind: "group", attestation: x509(intermediate) } as const;
  expect(outcome([group], token(keys.primaryKey))).toBe("Enrollment not found.");
});

test("no token opens an entry without one of its keys", () => {
  const own = { kind: "individual", attestation: byKeys } as const;
  const group = { kind: "group", attestation: byKeys } as const;
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 64 });
  fc.assert(
    fc.property(bytes, fc.constantFrom(own, group), (key, entry) => {
      const proof = token(Buffer.from(key).toString("base64"));
      expect(outcome([entry], proof)).toBe("Unauthorized");
    }),
  );
});
