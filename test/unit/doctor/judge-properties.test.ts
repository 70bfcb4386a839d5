import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sha1Of } from "../../../src/doctor/explain/certificate-text.ts";
import type { DeviceFacts, GroupFacts } from "../../../src/doctor/explain/device-facts.ts";
import { judgeDevice } from "../../../src/doctor/explain/judge-device.ts";
import { CAUSES } from "../../../src/doctor/explain/link.ts";
import { testPki } from "../../support/pki.ts";
import { caFacts, factsOf, groupOf, groupsOf } from "./facts.ts";

const pki = await testPki();
const { root, intermediate, otherRoot } = pki;
const leaf = await pki.leaf("d1");
const strangeLeaf = await pki.leaf("d1", { signer: otherRoot });
const byIntermediate = groupOf(intermediate.certificatePem);

const certificates = [leaf, strangeLeaf, root, intermediate, otherRoot].map(
  ({ certificatePem }) => new X509Certificate(certificatePem),
);
const anyGroup = fc.record({
  id: fc.string(),
  isEnabled: fc.boolean(),
  attestation: fc.constantFrom("x509" as const, "symmetricKey" as const, "other" as const),
  cas: fc.array(
    fc.constantFrom(...certificates).map((certificate) => caFacts(certificate.toString())),
  ),
  unknownCas: fc.array(fc.string()),
});
const anyThumbprints = fc.array(fc.constantFrom(...certificates.map(sha1Of)));
const anyFacts: fc.Arbitrary<DeviceFacts> = fc.record({
  registrationId: fc.constantFrom("d1", "d2", "", "x".repeat(80)),
  files: fc.record({
    certFile: fc.constant("c"),
    keyFile: fc.constant("k"),
    chain: fc.array(fc.constantFrom(...certificates), { maxLength: 4 }),
    key: fc.constantFrom(leaf.key, strangeLeaf.key, "locked" as const, undefined),
  }),
  known: fc.array(
    fc.constantFrom(...certificates).map((certificate) => ({ certificate, file: "f" })),
  ),
  enrollment: fc.option(
    fc.record({
      individual: fc.option(
        fc.record({
          isEnabled: fc.boolean(),
          attestation: fc.constantFrom("x509" as const, "symmetricKey" as const, "other" as const),
          thumbprints: anyThumbprints,
        }),
        { nil: undefined },
      ),
      groups: fc.array(anyGroup, { maxLength: 3 }),
    }),
    { nil: undefined },
  ),
  hub: fc.option(
    fc.record({
      host: fc.string(),
      identity: fc.option(
        fc.record({
          isEnabled: fc.boolean(),
          authentication: fc.constantFrom(
            "selfSigned" as const,
            "certificateAuthority" as const,
            "sas" as const,
            "other" as const,
          ),
          thumbprints: anyThumbprints,
        }),
        { nil: undefined },
      ),
    }),
    { nil: undefined },
  ),
  seen: fc.option(
    fc.record({
      at: fc.constantFrom("dps" as const, "hub" as const),
      errorClass: fc.string(),
      error: fc.string(),
    }),
    { nil: undefined },
  ),
  now: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
});

test("whatever is known, the judge ends with the fault of the first link that fails", () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const { links, fault } = judgeDevice(facts);
      const first = links.find(({ state }) => state === "fail");
      expect(fault).toBe(first?.fault);
      for (const link of links) expect(link.fault !== undefined).toBe(link.state === "fail");
      expect([undefined, ...CAUSES]).toContain(fault?.cause);
    }),
  );
});

test("groups that hold nothing of a good chain change nothing", () => {
  const strange = anyGroup.map((group): GroupFacts => ({
    ...group,
    cas: [caFacts(otherRoot.certificatePem)],
  }));
  fc.assert(
    fc.property(
      fc.array(strange, { maxLength: 2 }),
      fc.array(strange, { maxLength: 2 }),
      (before, after) => {
        const enrollment = groupsOf(...before, byIntermediate, ...after);
        expect(judgeDevice(factsOf(leaf, { enrollment })).fault).toBeUndefined();
      },
    ),
  );
});
