import { X509Certificate } from "node:crypto";
import { sha1Of } from "../../../src/doctor/explain/certificate-text.ts";
import type {
  CaFacts,
  DeviceFacts,
  EnrollmentFacts,
  GroupFacts,
} from "../../../src/doctor/explain/device-facts.ts";
import type { IssuedLeaf } from "../../../src/pki/certificate.ts";
import { parseCertificates } from "../../../src/pki/identity-check.ts";

/** What DPS tells of a CA certificate. */
export function caFacts(pem: string, more: Partial<CaFacts> = {}): CaFacts {
  const certificate = new X509Certificate(pem);
  return {
    sha1: sha1Of(certificate),
    subject: certificate.subject.replaceAll("\n", ", "),
    certificate,
    ...more,
  };
}

export const groupOf = (pem: string, more: Partial<GroupFacts> = {}): GroupFacts => ({
  id: "caves",
  isEnabled: true,
  attestation: "x509",
  cas: [caFacts(pem)],
  unknownCas: [],
  ...more,
});

export const groupsOf = (...groups: GroupFacts[]): EnrollmentFacts => ({
  individual: undefined,
  groups,
});

/** A device whose files hold this leaf, asked of nobody unless said. */
export function factsOf(
  leaf: Pick<IssuedLeaf, "fullChainPem" | "key">,
  more: Partial<DeviceFacts> = {},
): DeviceFacts {
  return {
    registrationId: "d1",
    files: {
      certFile: "d1-full-chain.cert.pem",
      keyFile: "private/d1.key.pem",
      chain: parseCertificates(leaf.fullChainPem) ?? [],
      key: leaf.key,
    },
    known: [],
    enrollment: undefined,
    hub: undefined,
    seen: undefined,
    now: new Date(),
    ...more,
  };
}
