import { X509Certificate } from "node:crypto";
import { resolve } from "node:path";
import { FleetError } from "../base/errors.ts";
import { bytesIfPresent } from "./file-text.ts";
import { certificateBlocks, pemBlocks } from "./pem.ts";

/**
 * The one certificate in a file, PEM or DER. Of a file that holds a key too, only the certificate is given.
 *
 * @param file its path as the user wrote it
 * @param cwd what a relative path is relative to
 * @throws {FleetError} `FILE_INVALID` for a file that is missing, holds several, or something else; nothing of its
 * content is shown
 */
export function readCertificateFile(file: string, cwd: string): X509Certificate {
  const bytes = bytesIfPresent(resolve(cwd, file));
  if (bytes === undefined)
    throw unfit(file, "got no file", "check the path, relative to this folder");
  const text = bytes.toString("latin1");
  const [pem, ...more] = certificateBlocks(text);
  if (more.length > 0) {
    const hint = "give a file with this certificate alone, not its chain";
    throw unfit(file, `got ${more.length + 1} of them`, hint);
  }
  if (pem === undefined && pemBlocks(text).some(({ label }) => label.endsWith("PRIVATE KEY"))) {
    const hint = "give the file of the certificate; a private key stays where it is";
    throw unfit(file, "got a private key", hint);
  }
  try {
    return new X509Certificate(pem ?? bytes);
  } catch (cause) {
    const found = pem === undefined ? "got something else" : "got a damaged one";
    throw unfit(file, found, "give a certificate, such as one under certs/", cause);
  }
}

function unfit(file: string, found: string, hint: string, cause?: unknown): FleetError {
  const message = `expected one certificate in PEM or DER, ${found}`;
  return new FleetError("FILE_INVALID", `${file}: ${message}`, {
    hint,
    cause,
    problems: [{ place: file, message, hint }],
  });
}
