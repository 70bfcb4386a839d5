import type { X509Certificate } from "node:crypto";

import { FleetError } from "../../base/errors.ts";
import { readCertificateFile } from "../../pki/certificate-file.ts";
import { outOfPeriod } from "../../pki/identity-check.ts";
import { commonNameIn, oneLine } from "../../pki/name.ts";
import type { Host } from "../host.ts";

/**
 * PEM of the certificate that a group's devices are signed by.
 *
 * @throws {FleetError} `FILE_INVALID`; `CERTIFICATE_INVALID` for one that is no CA
 */
export function groupCertificate(file: string, host: Pick<Host, "cwd" | "now" | "stderr">): string {
  const certificate = readCertificateFile(file, host.cwd);
  if (!certificate.ca)
    throw unfit(file, `expected a CA certificate, got that of ${oneLine(certificate.subject)}`, {
      hint: "give the intermediate or root that signed it; `enroll device ID --certificate` is for one device",
    });
  warnOfPeriod(certificate, file, host);
  return certificate.toString();
}

/**
 * PEM of a device's own certificate.
 *
 * @throws {FleetError} `FILE_INVALID`; `CERTIFICATE_INVALID` for a CA, or that of another device
 */
export function deviceCertificate(
  file: string,
  id: string,
  host: Pick<Host, "cwd" | "now" | "stderr">,
): string {
  const certificate = readCertificateFile(file, host.cwd);
  if (certificate.ca)
    throw unfit(
      file,
      `expected a device's certificate, got a CA: ${oneLine(certificate.subject)}`,
      {
        hint: "`enroll group NAME --certificate` is for all devices of a CA",
      },
    );
  const name = commonNameIn(certificate.subject);
  // Registration ids are the same in any case.
  if (name?.toLowerCase() !== id.toLowerCase()) {
    const got = name === undefined ? `subject ${oneLine(certificate.subject)}` : `"${name}"`;
    throw unfit(file, `expected the common name "${id}" (the registration id), got ${got}`, {
      hint: "DPS takes the registration id from the common name: give that device's own certificate, or enroll it by its name",
    });
  }
  warnOfPeriod(certificate, file, host);
  return certificate.toString();
}

/** DPS takes it all the same, and then refuses the devices. */
function warnOfPeriod(
  certificate: X509Certificate,
  file: string,
  { now, stderr }: Pick<Host, "now" | "stderr">,
): void {
  const why = outOfPeriod(certificate, now());
  if (why !== undefined) stderr.write(`warning: ${file}: the certificate ${why}\n`);
}

const unfit = (file: string, message: string, { hint }: { readonly hint: string }): FleetError =>
  new FleetError("CERTIFICATE_INVALID", `${file}: ${message}`, {
    hint,
    problems: [{ place: file, message, hint }],
  });
