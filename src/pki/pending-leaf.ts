import type { KeyObject, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import type { Problem } from "../base/errors.ts";
import { textIfPresent } from "./file-text.ts";
import { parseCertificates } from "./identity-check.ts";
import type { CertsLayout } from "./layout.ts";
import { parsePrivateKey } from "./private-key-file.ts";

/** The pair that waits to follow a leaf. */
export type PendingLeaf =
  | { readonly type: "none" }
  /** Making it was cut short; a key that is there already is certified when it goes on. */
  | { readonly type: "begun"; readonly key: KeyObject | undefined }
  | {
      readonly type: "ready";
      /** Leaf first. */
      readonly chain: readonly X509Certificate[];
      readonly leaf: X509Certificate;
      readonly key: KeyObject;
      /** Putting the pair in place was cut short: the key stands in the old one's place already. */
      readonly keyIsPlaced: boolean;
    }
  | { readonly type: "refused"; readonly problems: readonly Problem[] };

/**
 * Reads what is pending for a leaf.
 *
 * The chain is written last and goes in place last, so where it is, all of it was made, and where it is not, nothing of
 * it is in use.
 *
 * @param passphrase of its key; undefined = it is not encrypted
 * @throws {FleetError} `FILE_INVALID` where a file is there and cannot be read
 */
export function readPendingLeaf(
  layout: CertsLayout,
  id: string,
  passphrase: string | undefined,
): PendingLeaf {
  const chainFile = layout.renewedFullChain(id);
  const pendingKey = layout.renewedKey(id);
  const chainText = textIfPresent(chainFile);
  const keyText = textIfPresent(pendingKey);
  if (chainText === undefined) {
    if (keyText === undefined && !existsSync(layout.renewedCert(id))) return { type: "none" };
    return begun(keyText, pendingKey, passphrase);
  }
  const chain = parseCertificates(chainText);
  const [leaf] = chain ?? [];
  if (chain === undefined || leaf === undefined) {
    return refused(chainFile, "expected the renewed chain in PEM, got something else", id);
  }
  const certFile = layout.renewedCert(id);
  const [single] = parseCertificates(textIfPresent(certFile) ?? leaf.toString()) ?? [];
  if (single?.fingerprint256 !== leaf.fingerprint256) {
    return refused(certFile, `expected the leaf of ${chainFile}, got something else`, id);
  }
  const keyIsPlaced = keyText === undefined;
  const keyFile = keyIsPlaced ? layout.leafKey(id) : pendingKey;
  const text = keyText ?? textIfPresent(keyFile);
  if (text === undefined) return refused(pendingKey, "expected the renewed key, got no file", id);
  const parsed = parsePrivateKey(text, keyFile, passphrase);
  if ("problem" in parsed) return { type: "refused", problems: [parsed.problem] };
  if (!leaf.checkPrivateKey(parsed.key)) {
    const message = `expected the private key of ${chainFile}, got ${keyIsPlaced ? "no file" : "another one"}`;
    return refused(pendingKey, message, id);
  }
  return { type: "ready", chain, leaf, key: parsed.key, keyIsPlaced };
}

function begun(
  text: string | undefined,
  file: string,
  passphrase: string | undefined,
): PendingLeaf {
  if (text === undefined) return { type: "begun", key: undefined };
  const parsed = parsePrivateKey(text, file, passphrase);
  if ("problem" in parsed) return { type: "refused", problems: [parsed.problem] };
  return { type: "begun", key: parsed.key };
}

function refused(place: string, message: string, id: string): PendingLeaf {
  const hint = `restore the file, or give it up: certs renew ${id} --discard`;
  return { type: "refused", problems: [{ place, message, hint }] };
}

/** What stands in the way of a device whose renewed pair is half in place: its key is `key`, its chain is not there yet. */
export function halfPlaced(layout: CertsLayout, id: string, key: KeyObject): Problem | undefined {
  const place = layout.renewedFullChain(id);
  const [leaf] = parseCertificates(textIfPresent(place) ?? "") ?? [];
  if (leaf?.checkPrivateKey(key) !== true) return undefined;
  const message =
    "expected a renewal that is in place, or has not begun to be, got one that was cut short";
  return { place, message, hint: `finish it: certs renew ${id} --confirm` };
}
