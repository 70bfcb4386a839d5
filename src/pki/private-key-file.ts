import type { KeyObject } from "node:crypto";
import { createPrivateKey } from "node:crypto";
import { errorCode } from "../base/error-code.ts";
import type { Problem } from "../base/errors.ts";
import type { PemBlock } from "./pem.ts";
import { pemBlocks } from "./pem.ts";

export type PrivateKeyResult =
  | { readonly key: KeyObject }
  /** `recognised`: it is a private key, only this passphrase does not open it. */
  | { readonly problem: Problem; readonly recognised: boolean };

const keyBlock = (text: string) =>
  // Files of older tools start with a block of EC parameters.
  pemBlocks(text).find(({ label }) => label.endsWith("PRIVATE KEY"));

const isEncrypted = ({ label, text }: PemBlock): boolean =>
  label.startsWith("ENCRYPTED") || text.includes("ENCRYPTED\n");

/** Whether the text of a PEM file holds a private key that takes a passphrase to read. Never throws. */
export function isEncryptedKey(text: string): boolean {
  const block = keyBlock(text);
  return block !== undefined && isEncrypted(block);
}

/**
 * The private key in the text of a PEM file: PKCS#8, SEC 1 or PKCS#1, encrypted or not.
 * A passphrase for a key that is not encrypted is not used. Never throws.
 *
 * @param file names the file in the problem
 */
export function parsePrivateKey(
  text: string,
  file: string,
  passphrase: string | undefined,
): PrivateKeyResult {
  const block = keyBlock(text);
  if (block === undefined) {
    const message = "expected a private key in PEM, got a file without one";
    return unusable(file, message, "put the device's own key there, or move the file away", false);
  }
  const encrypted = isEncrypted(block);
  if (encrypted && passphrase === undefined) {
    const message = "expected a key that can be read without a passphrase, got an encrypted one";
    return unusable(file, message, SAY_WHERE, true);
  }
  try {
    return {
      key: createPrivateKey({ key: block.text, format: "pem", ...(encrypted && { passphrase }) }),
    };
  } catch (error) {
    if (encrypted) return { problem: unopened(file, error), recognised: true };
    return unusable(
      file,
      "expected a private key in PEM, got a damaged one",
      "restore the key",
      false,
    );
  }
}

const SAY_WHERE =
  "say where its passphrase is: credentials.passphrase in a scenario, --passphrase-env or --passphrase-file elsewhere";

/** What is wrong with an encrypted key that did not open: its cipher, or else the passphrase. */
function unopened(place: string, error: unknown): Problem {
  // OpenSSL 3 keeps ciphers such as RC2 and single DES in a provider that Node does not load.
  if (errorCode(error) === "ERR_OSSL_EVP_UNSUPPORTED") {
    return {
      place,
      message: "expected a key encrypted with AES or 3DES, got one of an older kind",
      hint: `convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in ${place} -out ${place}.new -provider legacy -provider default`,
    };
  }
  const message = "expected the passphrase that the key was encrypted with, got another one";
  return { place, message, hint: `check the passphrase; ${SAY_WHERE}` };
}

function unusable(
  place: string,
  message: string,
  hint: string,
  recognised: boolean,
): PrivateKeyResult {
  return { problem: { place, message, hint }, recognised };
}
