import { FleetError } from "../base/errors.ts";
import type { SecretRef } from "../base/secret-ref.ts";
import { secretPlace } from "../base/secret-ref.ts";
import { isSymmetricKey } from "../base/symmetric-key.ts";
import { readSecret } from "./secret.ts";

/**
 * A symmetric key of an enrollment or a device, in base64.
 *
 * @throws {FleetError} `FILE_INVALID` if it cannot be read, or is no key; no message shows it
 */
export async function readSymmetricKey(
  ref: SecretRef,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const key = (await readSecret(ref, env)).trim();
  if (isSymmetricKey(key)) return key;
  const place = secretPlace(ref);
  const message = "expected a symmetric key: the base64 of 16 to 64 bytes, got another text";
  const hint = "copy the primary key of the enrollment (portal: DPS, Manage enrollments), whole";
  throw new FleetError("FILE_INVALID", `${place}: ${message}`, {
    hint,
    problems: [{ place, message, hint }],
  });
}
