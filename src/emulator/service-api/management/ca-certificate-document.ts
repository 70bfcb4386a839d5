import type { X509Certificate } from "node:crypto";
import { z } from "zod";
import type { CaCertificate } from "../../certificates/ca-store.ts";
import { oneLineName, parseCertificateText } from "../../certificates/certificate-text.ts";
import { ServiceFault } from "../../fault.ts";
import { normalizeThumbprint } from "../../peer-certificate.ts";
import { parseBody } from "../replies.ts";

// Source: @azure/arm-deviceprovisioningservices 5.1, CertificateResponse and VerificationCodeResponse, and their twins in
// @azure/arm-iothub 6.3. Members that clients send back from a GET are known and ignored; unknown ones are refused.

const ignored = z.unknown().optional();
const upload = z.strictObject({
  properties: z.strictObject({
    certificate: z.string(),
    isVerified: z.boolean().nullish(),
    subject: ignored,
    expiry: ignored,
    thumbprint: ignored,
    created: ignored,
    updated: ignored,
    verificationCode: ignored,
  }),
  id: ignored,
  name: ignored,
  type: ignored,
  etag: ignored,
  systemData: ignored,
});
const verification = z.strictObject({ certificate: z.string() });

/** The body of `PUT …/certificates/{name}`. @throws {ServiceFault} `badRequest` */
export function parseUpload(body: unknown): {
  readonly certificate: X509Certificate;
  readonly isVerified: boolean | undefined;
} {
  const { certificate, isVerified } = parseBody(upload, body).properties;
  return {
    certificate: certificateOf("properties.certificate", certificate),
    isVerified: isVerified ?? undefined,
  };
}

/** The body of `POST …/certificates/{name}/verify`. @throws {ServiceFault} `badRequest` */
export function parseVerification(body: unknown): X509Certificate {
  return certificateOf("certificate", parseBody(verification, body).certificate);
}

function certificateOf(place: string, text: string): X509Certificate {
  const parsed = parseCertificateText(text);
  if (parsed !== undefined) return parsed;
  // The text itself is not shown: it may be a key that was sent by mistake.
  throw new ServiceFault("badRequest", `${place}: expected the PEM or base64 of a certificate.`);
}

/**
 * A CA certificate as the management API shows it; dates in the form of RFC 1123.
 *
 * @param identity id, name and type
 * @param options `code`: whether the verification code is told, as the answer that makes it does
 */
export function caCertificateDocument(
  { certificate, ...ca }: CaCertificate,
  identity: { readonly id: string; readonly name: string; readonly type: string },
  options: { readonly code: boolean } = { code: false },
): Readonly<Record<string, unknown>> {
  return {
    ...identity,
    etag: ca.etag,
    properties: {
      subject: oneLineName(certificate.subject),
      expiry: new Date(certificate.validTo).toUTCString(),
      thumbprint: normalizeThumbprint(certificate.fingerprint),
      isVerified: ca.isVerified,
      created: new Date(ca.createdMs).toUTCString(),
      updated: new Date(ca.updatedMs).toUTCString(),
      certificate: certificate.raw.toString("base64"),
      ...(options.code ? { verificationCode: ca.verificationCode } : {}),
    },
  };
}
