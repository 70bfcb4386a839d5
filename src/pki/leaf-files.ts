import type { KeyObject, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import type { Problem } from "../base/errors.ts";
import { textIfPresent } from "./file-text.ts";
import { parseCertificates } from "./identity-check.ts";
import type { CertsLayout } from "./layout.ts";
import { keptName } from "./layout.ts";
import type { FoundLeaf, JudgementOptions } from "./leaf-judgement.ts";
import { isOurs, judgeLeaf } from "./leaf-judgement.ts";
import { keyKindOf } from "./key-kind.ts";
import { oneLine } from "./name.ts";
import { halfPlaced } from "./pending-leaf.ts";
import { parsePrivateKey } from "./private-key-file.ts";

/** What the PEM files of one device come to. */
export type PemFiles =
  /** No certificate. A key that stands alone is certified. */
  | { readonly type: "none"; readonly key: KeyObject | undefined }
  | {
      readonly type: "usable";
      readonly leaf: X509Certificate;
      readonly certFile: string;
      readonly key: KeyObject;
      /** Leaf first; what the full chain file is to hold. */
      readonly chain: readonly X509Certificate[];
      /** Where the chain is, or is to be. */
      readonly chainFile: string;
      /** The full chain file is missing or holds something else, and is ours to write. */
      readonly chainIsStale: boolean;
      readonly ours: boolean;
    }
  | {
      readonly type: "stale";
      readonly leaf: X509Certificate;
      readonly certFile: string;
      readonly key: KeyObject | undefined;
    }
  | { readonly type: "refused"; readonly foreign: boolean; readonly problems: readonly Problem[] };

/** Reads and judges certificate, full chain and key of one device. */
export function judgePemFiles(
  layout: CertsLayout,
  registrationId: string,
  passphrase: string | undefined,
  options: JudgementOptions,
): PemFiles {
  const certFile = layout.leafCert(registrationId);
  const chainFile = layout.leafFullChain(registrationId);
  const keyFile = layout.leafKey(registrationId);
  const certText = textIfPresent(certFile);
  const chainText = textIfPresent(chainFile);
  const keyText = textIfPresent(keyFile);

  const single = certText === undefined ? undefined : parseCertificates(certText, options.parsed);
  const full = chainText === undefined ? undefined : parseCertificates(chainText, options.parsed);
  const garbage = [
    ...(certText !== undefined && single === undefined ? [notOurs(certFile)] : []),
    ...(chainText !== undefined && full === undefined ? [notOurs(chainFile)] : []),
  ];
  if (garbage.length > 0) return { type: "refused", foreign: true, problems: garbage };

  const parsed = keyText === undefined ? undefined : parsePrivateKey(keyText, keyFile, passphrase);
  if (parsed !== undefined && "problem" in parsed) {
    return { type: "refused", foreign: !parsed.recognised, problems: [parsed.problem] };
  }
  const key = parsed?.key;
  const leaf = single?.[0] ?? full?.[0];
  if (leaf === undefined) return loneKey(key, keyFile, options);

  const found = {
    registrationId,
    certFile: single === undefined ? chainFile : certFile,
    keyFile,
    leaf,
    key,
  };
  const unfinished =
    key === undefined || leaf.checkPrivateKey(key)
      ? undefined
      : halfPlaced(layout, registrationId, key);
  if (unfinished !== undefined) return { type: "refused", foreign: false, problems: [unfinished] };
  if (wasInterrupted(found, options)) return { type: "stale", leaf, certFile: found.certFile, key };
  const judged = judgeLeaf(found, options);
  if (judged.type === "refused") return judged;
  const stranger = strangeChain(leaf, full, chainFile, options);
  if (stranger !== undefined) return { type: "refused", foreign: true, problems: [stranger] };
  if (judged.type === "stale" || key === undefined) {
    return { type: "stale", leaf, certFile: found.certFile, key };
  }
  const ours = judged.chain.length > 0;
  return {
    type: "usable",
    leaf,
    certFile: found.certFile,
    key,
    ours,
    chainFile: ours || full !== undefined ? chainFile : certFile,
    // A foreign leaf keeps the chain that its owner gave it.
    chain: ours ? judged.chain : (full ?? single ?? [leaf]),
    chainIsStale: ours && !startsWith(full ?? [], judged.chain),
  };
}

/** Whether `found` begins with `expected`, certificate for certificate. */
export function startsWith(
  found: readonly X509Certificate[],
  expected: readonly X509Certificate[],
): boolean {
  return expected.every(
    (certificate, at) => found[at]?.fingerprint256 === certificate.fingerprint256,
  );
}

/**
 * Whether an earlier run was cut short between a new key and its certificate: the certificate in its place is one that
 * was kept aside already, which happens to nothing but what is being replaced.
 */
function wasInterrupted({ leaf, key, certFile }: FoundLeaf, { cas }: JudgementOptions): boolean {
  return (
    key !== undefined &&
    !leaf.checkPrivateKey(key) &&
    isOurs(leaf, cas) &&
    existsSync(keptName(certFile, leaf.fingerprint))
  );
}

function loneKey(
  key: KeyObject | undefined,
  place: string,
  { keyKind }: JudgementOptions,
): PemFiles {
  const kind = key === undefined ? undefined : keyKindOf(key);
  const fits = key === undefined || (kind !== undefined && (keyKind ?? kind) === kind);
  if (fits) return { type: "none", key };
  const message = `expected no key, or one of kind ${keyKind ?? "that can be issued for"}, got ${kind ?? "another kind"} without a certificate`;
  const hint = "move the key away: keys are never replaced";
  return { type: "refused", foreign: true, problems: [{ place, message, hint }] };
}

/** A full chain that starts with another leaf, which is not ours either, is somebody's file. */
function strangeChain(
  leaf: X509Certificate,
  full: readonly X509Certificate[] | undefined,
  place: string,
  { cas }: JudgementOptions,
): Problem | undefined {
  const [first] = full ?? [];
  if (first === undefined || first.fingerprint256 === leaf.fingerprint256) return undefined;
  if (isOurs(first, cas) && isOurs(leaf, cas)) return undefined;
  return {
    place,
    message: `expected a chain that starts with the device's own certificate, got another one, signed by ${oneLine(first.issuer)}`,
    hint: "put certificate and full chain of one device together, or move both away",
  };
}

const notOurs = (place: string): Problem => ({
  place,
  message: "expected a certificate in PEM that dps-fleet issued, got something else",
  hint: "move the file away: it stands where this device's certificate belongs",
});
