import { FleetError } from "../base/errors.ts";

/** How to turn a PFX of an old kind into one that can be read, as two commands of OpenSSL 3. */
export function convertHint(file: string): string {
  return (
    `convert it: openssl pkcs12 -legacy -in ${file} -nodes -out identity.pem && ` +
    `openssl pkcs12 -export -in identity.pem -out ${file} && rm identity.pem`
  );
}

/** A PFX that cannot be used: what was expected in `file`, what was found, what to do. */
export function pfxProblem(
  file: string,
  message: string,
  options: { hint?: string; cause?: unknown } = {},
): FleetError {
  return new FleetError("CERTIFICATE_INVALID", `${file}: ${message}`, {
    ...options,
    problems: [{ place: file, message, hint: options.hint }],
  });
}
