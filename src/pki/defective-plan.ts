import type { KeyObject, X509Certificate } from "node:crypto";
import type { LeafDefect } from "../base/leaf-defect.ts";
import type { Problem } from "../base/errors.ts";
import { defectOf } from "./defects.ts";
import { textIfPresent } from "./file-text.ts";
import { outOfPeriod, parseCertificates } from "./identity-check.ts";
import { keyKindOf } from "./key-kind.ts";
import type { CertsLayout } from "./layout.ts";
import { keptName } from "./layout.ts";
import { startsWith } from "./leaf-files.ts";
import type { JudgementOptions } from "./leaf-judgement.ts";
import { signerOf } from "./leaf-judgement.ts";
import type { FleetDevice, LeafPlan } from "./leaf-plan.ts";
import { parsePrivateKey } from "./private-key-file.ts";
import { chainFrom } from "./stored-ca.ts";

/** Smaller than any key of a good leaf. */
const WEAK_BITS = 1_024;

/**
 * What has to be done for a device whose leaf is to be bad for one reason. A leaf that is bad on purpose and no longer for
 * this reason alone is issued anew; one that is not bad on purpose is in the way. Reads files, writes nothing.
 */
export function planDefective(
  layout: CertsLayout,
  device: FleetDevice & { readonly defect: LeafDefect },
  options: JudgementOptions,
): LeafPlan {
  const { registrationId, defect, passphrase, keyKind } = device;
  const certFile = layout.leafCert(registrationId);
  const fullChainFile = layout.leafFullChain(registrationId);
  const keyFile = layout.leafKey(registrationId);
  const keyText = textIfPresent(keyFile);
  const parsed = keyText === undefined ? undefined : parsePrivateKey(keyText, keyFile, passphrase);
  if (parsed !== undefined && "problem" in parsed) return inTheWay(parsed.problem);
  const key = parsed?.key;
  const isFit = key !== undefined && fits(key, device);

  const certText = textIfPresent(certFile);
  const chain = parseCertificates(textIfPresent(fullChainFile) ?? certText ?? "", options.parsed);
  const leaf = parseCertificates(certText ?? "", options.parsed)?.[0] ?? chain?.[0];
  const isPresent = certText !== undefined || chain !== undefined;
  if (isPresent && (leaf === undefined || defectOf(leaf.subject) === undefined)) {
    return inTheWay(notOnPurpose(certFile));
  }
  const isOwn = key !== undefined && leaf?.checkPrivateKey(key) === true;
  if (isFit && isOwn && chain !== undefined && isStillBad(defect, chain, options)) {
    return { type: "reuseDefective" };
  }
  if (key !== undefined && !isFit && !isOwn) return inTheWay(loneKey(keyFile));
  const keep =
    leaf === undefined
      ? []
      : [certFile, fullChainFile, ...(isOwn ? [keyFile] : [])].flatMap((file) =>
          textIfPresent(file) === undefined
            ? []
            : [[file, keptName(file, leaf.fingerprint)] as const],
        );
  return {
    type: "write",
    cause: leaf === undefined ? "issue" : "reissue",
    job: {
      registrationId,
      defect,
      keep,
      keyKind,
      passphrase,
      // A key that can be certified again stays untouched.
      ...(isFit ? { key } : { keyFile }),
      certFile,
      fullChainFile,
    },
  };
}

const fits = (key: KeyObject, { defect, keyKind }: FleetDevice): boolean => {
  if (defect === "weak-key") return key.asymmetricKeyDetails?.modulusLength === WEAK_BITS;
  const kind = keyKindOf(key);
  return kind !== undefined && (keyKind ?? kind) === kind;
};

/** Whether the defect is what the leaf has, and all that is wrong with it. */
function isStillBad(
  defect: LeafDefect,
  chain: readonly X509Certificate[],
  { cas, now }: JudgementOptions,
): boolean {
  const [leaf] = chain;
  if (leaf === undefined || defectOf(leaf.subject) !== defect) return false;
  const why = outOfPeriod(leaf, now);
  if (defect === "expired") {
    if (why?.startsWith("expired") !== true) return false;
  } else if (defect === "not-yet-valid") {
    if (why?.startsWith("is not valid") !== true) return false;
  } else if (why !== undefined) return false;
  // No CA of the store signed these, nor ever will.
  if (defect === "wrong-ca" || defect === "self-signed" || defect === "broken-chain") return true;
  const signer = signerOf(leaf, cas);
  return signer !== undefined && startsWith(chain, [leaf, ...chainFrom(signer, cas)]);
}

const inTheWay = (problem: Problem): LeafPlan => ({
  type: "refused",
  foreign: true,
  problems: [problem],
});

const notOnPurpose = (place: string): Problem => ({
  place,
  message:
    "expected no files of this device, or a leaf that is bad on purpose, got others: a defective leaf replaces no good one",
  hint: "give devices with credentials.defect ids of their own, or another --certs",
});

const loneKey = (place: string): Problem => ({
  place,
  message: "expected no key, or one of the kind that is asked for, got another",
  hint: "move the key away: keys are never replaced",
});
