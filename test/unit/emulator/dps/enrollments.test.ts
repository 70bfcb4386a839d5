import { X509Certificate } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { testPki } from "../../../support/pki.ts";
import type { EnrollmentSettings } from "../../../../src/emulator/dps/enrollments.ts";
import { emptyEnrollments, settingsOf } from "./enrollment-world.ts";

let a: X509Certificate;
let b: X509Certificate;
beforeAll(async () => {
  const pki = await testPki();
  a = new X509Certificate(pki.root.certificatePem);
  b = new X509Certificate(pki.intermediate.certificatePem);
});

const x509 = (primary?: X509Certificate, secondary?: X509Certificate) =>
  ({ type: "x509", primary, secondary }) as const;
const naming = (primary?: string, secondary?: string) =>
  ({ type: "x509", caReferences: { primary, secondary } }) as const;
const keysOf = (attestation: unknown): unknown => attestation;

test("an individual enrollment and a group may have the same id", () => {
  const entries = emptyEnrollments();
  entries.put(settingsOf({ kind: "individual", id: "Same", attestation: x509(a) }), undefined);
  entries.put(settingsOf({ kind: "group", id: "same", attestation: x509(b) }), undefined);
  expect(entries.get("individual", "same").id).toBe("Same");
  expect(entries.get("group", "SAME").id).toBe("same");
  entries.delete("group", "Same", undefined);
  expect(entries.find("individual", "same")).toBeDefined();
  expect(() => entries.get("group", "same")).toThrow("Enrollment group not found.");
});

test("one certificate is in one entry only, of either kind, in either slot, until it is let go", () => {
  const entries = emptyEnrollments();
  const group = settingsOf({ kind: "group", id: "g", attestation: x509(b, a) });
  entries.put(group, undefined);
  const own = settingsOf({ kind: "individual", id: "d", attestation: x509(a) });
  expect(() => entries.put(own, undefined)).toThrow("already used by enrollment group g.");
  // Its own entry may take it again, also in the other slot.
  entries.put({ ...group, attestation: x509(a, b) }, undefined);
  entries.put({ ...group, attestation: x509(b) }, undefined);
  entries.put(own, undefined);
  expect(() => entries.put({ ...group, id: "h", attestation: x509(undefined, a) }, "")).toThrow(
    "already used by individual enrollment d.",
  );
  entries.delete("individual", "d", undefined);
  entries.put({ ...group, id: "h", attestation: x509(undefined, a) }, undefined);
});

test("a CA certificate is named by one group only, and the group is found by it until it lets go", () => {
  const entries = emptyEnrollments();
  const group = settingsOf({ kind: "group", id: "g", attestation: naming("Root", "next") });
  entries.put(group, undefined);
  expect(entries.referringTo("rOOt")?.id).toBe("g");
  expect(entries.referringTo("NEXT")?.id).toBe("g");
  expect(entries.referringTo("other")).toBeUndefined();
  const other = settingsOf({ kind: "group", id: "h", attestation: naming(undefined, "root") });
  expect(() => entries.put(other, undefined)).toThrow("already used by enrollment group g.");
  entries.put({ ...group, attestation: naming("next") }, undefined);
  entries.put(other, undefined);
  entries.delete("group", "h", undefined);
  expect(entries.referringTo("root")).toBeUndefined();
});

test("keys that are left out are made, and kept when the entry is written again without them", () => {
  const entries = emptyEnrollments();
  const entry = settingsOf({ kind: "group", id: "g", attestation: { type: "symmetricKey" } });
  const made = entries.put(entry, undefined).attestation;
  if (made.type !== "symmetricKey") throw new Error(made.type);
  for (const key of [made.primaryKey, made.secondaryKey])
    expect(Buffer.from(key, "base64")).toHaveLength(64);
  expect(made.primaryKey).not.toBe(made.secondaryKey);
  expect(keysOf(entries.put({ ...entry, enabled: false }, undefined).attestation)).toEqual(made);
  const primaryKey = Buffer.alloc(16, 1).toString("base64");
  const rolled = { type: "symmetricKey", primaryKey } as const;
  expect(entries.put({ ...entry, attestation: rolled }, undefined).attestation).toEqual({
    ...made,
    primaryKey,
  });
});

test("every write has a new etag, and only the last one fits", () => {
  const entries = emptyEnrollments();
  const entry = settingsOf({ kind: "individual", id: "d", attestation: x509(a) });
  expect(() => entries.put(entry, "*")).toThrow("Precondition failed");
  const first = entries.put(entry, undefined).etag;
  const second = entries.put(entry, first).etag;
  expect(second).not.toBe(first);
  expect(() => entries.put(entry, first)).toThrow("Precondition failed");
  expect(() => entries.delete("individual", "d", first)).toThrow("Precondition failed");
  entries.delete("individual", "d", `"${second}"`);
});

test("there are no more entries than the limits, which count groups by their attestation", () => {
  const entries = emptyEnrollments({
    enrollmentsMax: 1,
    x509GroupsMax: 1,
    symmetricKeyGroupsMax: 2,
  });
  const keys = { type: "symmetricKey" } as const;
  const put = (
    kind: "individual" | "group",
    id: string,
    attestation: EnrollmentSettings["attestation"],
  ) => entries.put(settingsOf({ kind, id, attestation }), undefined);
  put("individual", "d", keys);
  put("individual", "D", keys);
  expect(() => put("individual", "e", keys)).toThrow("There are 1 of this kind");
  put("group", "g", x509(a));
  put("group", "h", keys);
  put("group", "i", keys);
  expect(() => put("group", "j", keys)).toThrow("There are 2 of this kind");
  expect(() => put("group", "h", x509(b))).toThrow("There are 1 of this kind");
  expect(() => put("group", "g", keys)).toThrow("There are 2 of this kind");
  entries.delete("group", "h", undefined);
  put("group", "g", keys);
  put("group", "j", x509(b));
});
