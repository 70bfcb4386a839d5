import { X509Certificate } from "node:crypto";
import { FleetError } from "../base/errors.ts";
import type { CertsLayout } from "./layout.ts";
import type { LeafPlan } from "./leaf-plan.ts";
import { certificateBlocks } from "./pem.ts";
import { readStoredCas } from "./stored-ca.ts";

/** A CA that an enrollment group can hold. */
export interface EnrollmentCa {
  readonly certificatePem: string;
  /** Where it stands on disk. */
  readonly file: string;
}

/**
 * The CA that all leaves of the fleet lead to: the one that signs them, or the root where they are signed by several.
 * A fleet that brought all its certificates along names its CA itself: the one above the first leaf.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` if no CA is known at all
 */
export function groupCa(plans: readonly LeafPlan[], layout: CertsLayout): EnrollmentCa {
  const cas = readStoredCas(layout);
  const { root, intermediate } = cas;
  const present = plans.flatMap((plan) => ("present" in plan ? [plan.present] : []));
  const [first] = present;
  if (first !== undefined && present.length === plans.length && !present.some(({ ours }) => ours)) {
    const [, above] = certificateBlocks(first.chainPem);
    if (above !== undefined) return { certificatePem: above, file: first.file };
  }
  const signer = intermediate.certificate ?? root.certificate;
  if (signer === undefined) throw noCa(layout);
  const fingerprint = signer.fingerprint256;
  const allReachSigner = present
    .filter(({ ours }) => ours)
    .every(({ chainPem }) =>
      certificateBlocks(chainPem).some(
        (pem) => new X509Certificate(pem).fingerprint256 === fingerprint,
      ),
    );
  if (!allReachSigner && root.certificate !== undefined) {
    return { certificatePem: root.certificate.toString(), file: root.certFile };
  }
  const file = intermediate.certificate === undefined ? root.certFile : intermediate.certFile;
  return { certificatePem: signer.toString(), file };
}

function noCa(layout: CertsLayout): FleetError {
  const message = "expected the devices' files to hold the CA that signed them, got leaves alone";
  const hint = "append the intermediates and the root to each full chain file";
  return new FleetError("CERTIFICATE_INVALID", `${layout.dir}: ${message}`, {
    hint,
    problems: [{ place: layout.dir, message, hint }],
  });
}
