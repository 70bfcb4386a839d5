import { createPrivateKey, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { sha1Of, sha256Of } from "../../../src/doctor/explain/certificate-text.ts";
import type { DeviceFacts, HubFacts } from "../../../src/doctor/explain/device-facts.ts";
import { judgeDevice } from "../../../src/doctor/explain/judge-device.ts";
import type { Cause } from "../../../src/doctor/explain/link.ts";
import { issueIntermediate, issueRoot } from "../../../src/pki/certificate.ts";
import type { LeafDefect } from "../../../src/base/leaf-defect.ts";
import { LEAF_DEFECTS } from "../../../src/base/leaf-defect.ts";
import { issueDefectiveLeaf } from "../../../src/pki/defects.ts";
import { testPki } from "../../support/pki.ts";
import { caFacts, factsOf, groupOf, groupsOf } from "./facts.ts";

const pki = await testPki();
const { now, root, intermediate, otherRoot } = pki;
const leaf = await pki.leaf("d1");
const strangeLeaf = await pki.leaf("d1", { signer: otherRoot });
const [own] = factsOf(leaf).files.chain;
if (own === undefined) throw new TypeError("no leaf");

const byIntermediate = groupOf(intermediate.certificatePem);
const byRoot = groupOf(root.certificatePem, { id: "all" });
const causeOf = (facts: DeviceFacts): Cause | undefined => judgeDevice(facts).fault?.cause;
const hubOf = (identity: Partial<HubFacts["identity"]> = {}): HubFacts => ({
  host: "h.azure-devices.net",
  identity: {
    isEnabled: true,
    authentication: "selfSigned",
    thumbprints: [sha1Of(own)],
    ...identity,
  },
});

test.for([
  ["its group", groupsOf(byIntermediate)],
  ["the root's group", groupsOf(byRoot)],
  ["groups beside its own", groupsOf(groupOf(otherRoot.certificatePem), byRoot)],
  [
    "a group whose CA is known by its thumbprint alone",
    groupsOf(
      groupOf(root.certificatePem, {
        cas: [caFacts(root.certificatePem, { certificate: undefined })],
      }),
    ),
  ],
  [
    "an individual enrollment",
    {
      individual: { isEnabled: true, attestation: "x509" as const, thumbprints: [sha1Of(own)] },
      groups: [],
    },
  ],
] as const)("a good device has no fault with %s", ([, enrollment]) => {
  expect(judgeDevice(factsOf(leaf, { enrollment, hub: hubOf() }))).toMatchObject({
    fault: undefined,
  });
});

test("without an answer of DPS the chain is judged by itself, and the rest is open", () => {
  const { links, fault } = judgeDevice(factsOf(leaf));
  expect(fault).toBeUndefined();
  expect(links.map(({ title, state }) => [title, state])).toEqual([
    ["leaf", "ok"],
    ["CA 1", "ok"],
    ["CA 2", "ok"],
    ["enrollment", "open"],
  ]);
});

const DEFECT_CAUSES: Readonly<Record<LeafDefect, Cause>> = {
  expired: "expired",
  "not-yet-valid": "not yet valid",
  "wrong-ca": "signed by another key",
  "wrong-cn": "wrong common name",
  "no-client-auth": "no client authentication",
  "self-signed": "self-signed",
  "broken-chain": "missing intermediate",
  "ca-as-leaf": "CA as leaf",
  "weak-key": "weak key",
};

test.for(LEAF_DEFECTS)("a leaf with the defect %s is explained by it", async (defect) => {
  const bad = await issueDefectiveLeaf(defect, { registrationId: "d1", signer: intermediate, now });
  for (const group of [byIntermediate, byRoot]) {
    const known = [{ certificate: new X509Certificate(intermediate.certificatePem), file: "f" }];
    const { fault } = judgeDevice(factsOf(bad, { enrollment: groupsOf(group), known }));
    expect(fault?.cause).toBe(DEFECT_CAUSES[defect]);
  }
});

test("files that are missing, foreign or of another device are told first", () => {
  const { files } = factsOf(leaf);
  const withFiles = (more: Partial<DeviceFacts["files"]>) =>
    causeOf(factsOf(leaf, { files: { ...files, ...more }, enrollment: groupsOf(byRoot) }));
  expect(withFiles({ chain: [], key: undefined })).toBe("no certificate");
  expect(withFiles({ key: undefined })).toBe("no key");
  expect(withFiles({ key: strangeLeaf.key })).toBe("key mismatch");
  expect(withFiles({ key: "locked" })).toBeUndefined();
  expect(withFiles({ chain: [], trouble: { message: "expected PEM" } })).toBe("unreadable");
});

test("a chain that lacks its intermediate names the file of the store that belongs there", () => {
  const { files } = factsOf(leaf);
  const enrollment = groupsOf(byRoot);
  const certificate = new X509Certificate(intermediate.certificatePem);
  const known = [{ certificate, file: "certs/intermediate.cert.pem" }];
  for (const chain of [files.chain.slice(0, 1), files.chain.filter((_, at) => at !== 1)]) {
    const { fault } = judgeDevice(factsOf(leaf, { files: { ...files, chain }, enrollment, known }));
    expect(fault).toMatchObject({
      cause: "missing intermediate",
      mend: expect.stringContaining("put certs/intermediate.cert.pem into d1-full-chain.cert.pem"),
    });
  }
});

test("a CA of the same name and another key is told apart from another CA", async () => {
  const alike = await issueIntermediate({ subject: "test intermediate", signer: root, now });
  const { files } = factsOf(leaf);
  const enrollment = groupsOf(groupOf(alike.certificatePem));
  for (const chain of [files.chain, files.chain.slice(0, 1)]) {
    const { links, fault } = judgeDevice(factsOf(leaf, { files: { ...files, chain }, enrollment }));
    expect(fault?.cause).toBe("signed by another key");
    expect(links.map(({ state }) => state)).toEqual(["ok", "fail"]);
  }
});

test("a group of another CA is told with both thumbprints", () => {
  const { fault } = judgeDevice(factsOf(strangeLeaf, { enrollment: groupsOf(byIntermediate) }));
  expect(fault?.cause).toBe("other CA");
  expect(fault?.message).toContain(caFacts(intermediate.certificatePem).sha1);
  expect(fault?.message).toContain(caFacts(otherRoot.certificatePem).sha1);
  expect(causeOf(factsOf(strangeLeaf, { enrollment: groupsOf() }))).toBe("no enrollment");
});

test("a group that names a CA certificate of DPS may be the one", () => {
  const named = groupOf(root.certificatePem, { cas: [], unknownCas: ["factory"] });
  const { links, fault } = judgeDevice(factsOf(strangeLeaf, { enrollment: groupsOf(named) }));
  expect(fault).toBeUndefined();
  expect(links.at(-1)).toMatchObject({ state: "open", text: expect.stringContaining("factory") });
});

test("a CA that is no CA, or does not hold, is told at its link", async () => {
  const upper = await pki.leaf("upper");
  const signer = { ...intermediate, ...upper, chainPem: upper.fullChainPem };
  const below = await pki.leaf("d1", { signer });
  expect(causeOf(factsOf(below, { enrollment: groupsOf(byRoot) }))).toBe("not signed by a CA");
  const old = await issueIntermediate({
    subject: "old",
    signer: root,
    now,
    notBefore: new Date(now.getTime() - 2 * 86_400_000),
    notAfter: new Date(now.getTime() - 86_400_000),
  });
  const late = await pki.leaf("d1", {
    signer: old,
    notAfter: new Date(now.getTime() + 86_400_000),
  });
  for (const group of [byRoot, groupOf(old.certificatePem)])
    expect(causeOf(factsOf(late, { enrollment: groupsOf(group) }))).toBe("expired");
});

test.for([
  [
    { isEnabled: false, attestation: "x509", thumbprints: [sha1Of(own)] },
    "individual enrollment in the way",
  ],
  [
    { isEnabled: false, attestation: "symmetricKey", thumbprints: [] },
    "individual enrollment in the way",
  ],
  [
    { isEnabled: true, attestation: "x509", thumbprints: ["AB"] },
    "individual enrollment in the way",
  ],
  [{ isEnabled: true, attestation: "symmetricKey", thumbprints: [] }, "symmetric key wanted"],
] as const)("an individual enrollment wins over the group: %o", ([individual, cause]) => {
  expect(causeOf(factsOf(leaf, { enrollment: { individual, groups: [byRoot] } }))).toBe(cause);
});

test("a disabled group and a CA that is not verified are told", () => {
  const disabled = groupsOf({ ...byIntermediate, isEnabled: false }, byRoot);
  expect(causeOf(factsOf(leaf, { enrollment: disabled }))).toBe("enrollment disabled");
  const unverified = groupOf(root.certificatePem, {
    cas: [caFacts(root.certificatePem, { isVerified: false })],
  });
  expect(causeOf(factsOf(leaf, { enrollment: groupsOf(unverified) }))).toBe("CA not verified");
  const seen = {
    at: "dps" as const,
    errorClass: "unauthorized",
    error: "registration refused: CA certificate not found.",
  };
  expect(causeOf(factsOf(leaf, { enrollment: groupsOf(byRoot), seen }))).toBe("CA not verified");
});

test.for([
  [{ host: "h", identity: undefined }, "unknown at the hub"],
  [hubOf({ isEnabled: false }), "disabled at the hub"],
  [
    hubOf({ thumbprints: [sha1Of(new X509Certificate(root.certificatePem))] }),
    "wrong thumbprint at the hub",
  ],
  [hubOf({ thumbprints: [sha256Of(own)] }), undefined],
  [hubOf({ authentication: "sas" }), "other authentication at the hub"],
  [hubOf({ authentication: "certificateAuthority" }), undefined],
] as const)("the hub's view is judged: %o", ([hub, cause]) => {
  expect(causeOf(factsOf(leaf, { enrollment: groupsOf(byRoot), hub }))).toBe(cause);
});

test("a leaf that signed itself goes by its individual enrollment, though it is a CA", async () => {
  const self = await issueRoot({ subject: "d1", organization: null, now });
  const selfFacts = factsOf({
    fullChainPem: self.certificatePem,
    key: createPrivateKey(self.privateKeyPem),
  });
  const { sha1 } = caFacts(self.certificatePem);
  const individual = { isEnabled: true, attestation: "x509" as const, thumbprints: [sha1] };
  expect(causeOf({ ...selfFacts, enrollment: { individual, groups: [] } })).toBeUndefined();
  expect(causeOf({ ...selfFacts, enrollment: groupsOf(byRoot) })).toBe("self-signed");
});
