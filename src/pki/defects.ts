import type { KeyObject } from "node:crypto";
import { createPublicKey, generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { LeafDefect } from "../base/leaf-defect.ts";
import { LEAF_DEFECTS } from "../base/leaf-defect.ts";
import type { IssuedLeaf, Issuer } from "./certificate.ts";
import { DEFAULT_DAYS, issueIntermediate } from "./certificate.ts";
import { caExtensions, caLeafExtensions, endEntityExtensions } from "./extensions.ts";
import type { KeyKind } from "./key-kind.ts";
import { generateKey, privateKeyPem } from "./key-kind.ts";
import { distinguishedName, valuesOf } from "./name.ts";
import type { Period } from "./signed-certificate.ts";
import { signCertificate } from "./signed-certificate.ts";
import type { PreparedSigner } from "./signer.ts";
import { preparedSigner, selfSigner } from "./signer.ts";

const DAY_MS = 86_400_000;
/** The organizational unit of a leaf that is bad on purpose, so that it is never taken for a good one. */
const MARK = "dps-fleet defect: ";
const generateRsa = promisify(generateKeyPair);

export interface DefectOptions {
  readonly registrationId: string;
  /** The CA that signs good leaves. */
  readonly signer: Issuer;
  readonly now: Date;
  /** > 0; how long the leaf holds, where its dates are not the defect. Default: that of a good leaf. */
  readonly days?: number | undefined;
  /** Default `p256`; not used for `weak-key`. */
  readonly keyKind?: KeyKind | undefined;
  /** Key to certify; undefined = a new one. */
  readonly key?: KeyObject | undefined;
}

/** The defect that a leaf was issued with, by its subject; undefined = none of ours. Never throws. */
export function defectOf(subject: string): LeafDefect | undefined {
  const marks = valuesOf(subject, "OU").filter((unit) => unit.startsWith(MARK));
  return LEAF_DEFECTS.find((defect) => marks.includes(MARK + defect));
}

/**
 * Issues a leaf that a service must refuse, for one reason. Its subject says which (`OU=dps-fleet defect: expired`).
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` if the id is empty or longer than 64 characters
 */
export async function issueDefectiveLeaf(
  defect: LeafDefect,
  options: DefectOptions,
): Promise<IssuedLeaf> {
  const key = await keyFor(defect, options);
  const subject = distinguishedName(commonNameFor(defect, options), undefined, MARK + defect);
  const { prepared, chainPem } = await signerFor(defect, { ...options, key, subject });
  const certificatePem = signCertificate(
    {
      ...periodFor(defect, options, prepared.notAfter),
      subject,
      publicKey: createPublicKey(key),
      extensions: extensionsFor(defect, key.asymmetricKeyType === "rsa"),
    },
    prepared,
  );
  return {
    certificatePem,
    fullChainPem: certificatePem + chainPem,
    privateKeyPem: privateKeyPem(key),
    key,
  };
}

async function keyFor(defect: LeafDefect, { key, keyKind }: DefectOptions): Promise<KeyObject> {
  if (key !== undefined) return key;
  if (defect !== "weak-key") return (await generateKey(keyKind ?? "p256")).privateKey;
  return (await generateRsa("rsa", { modulusLength: 1024 })).privateKey;
}

function commonNameFor(defect: LeafDefect, { registrationId }: DefectOptions): string {
  if (defect !== "wrong-cn") return registrationId;
  const other = "another-device";
  return registrationId.toLowerCase() === other ? `not-${other}` : other;
}

function periodFor(
  defect: LeafDefect,
  { now, days = DEFAULT_DAYS.leaf }: DefectOptions,
  signerEnd: Date | undefined,
): Period {
  const day = (count: number): Date => new Date(now.getTime() + count * DAY_MS);
  if (defect === "expired") return { notBefore: day(-2), notAfter: day(-1) };
  if (defect === "not-yet-valid") return { notBefore: day(1), notAfter: day(1 + days) };
  const end = day(days);
  return {
    notBefore: new Date(now.getTime() - DAY_MS / 24),
    notAfter: signerEnd !== undefined && signerEnd < end ? signerEnd : end,
  };
}

function extensionsFor(defect: LeafDefect, rsa: boolean): readonly Buffer[] {
  if (defect === "ca-as-leaf") return caLeafExtensions();
  return endEntityExtensions(defect === "no-client-auth" ? "serverAuth" : "clientAuth", rsa);
}

/** Who signs, and what stands above the leaf in the full chain. */
async function signerFor(
  defect: LeafDefect,
  {
    signer,
    now,
    key,
    subject,
  }: DefectOptions & { readonly key: KeyObject; readonly subject: Buffer },
): Promise<{ readonly prepared: PreparedSigner; readonly chainPem: string }> {
  const right = preparedSigner(signer);
  if (defect === "self-signed") return { prepared: selfSigner(key, subject), chainPem: "" };
  if (defect === "broken-chain") {
    // Nobody keeps it: neither its certificate, which is missing from the chain, nor its key.
    const hidden = await issueIntermediate({
      subject: "intermediate that is missing on purpose",
      signer,
      now,
    });
    return { prepared: preparedSigner(hidden), chainPem: signer.chainPem };
  }
  if (defect !== "wrong-ca") return { prepared: right, chainPem: signer.chainPem };
  const stranger = (await generateKey("p256")).privateKey;
  const prepared = selfSigner(stranger, right.issuerName);
  const chainPem = signCertificate(
    {
      notBefore: new Date(now.getTime() - DAY_MS),
      notAfter: new Date(now.getTime() + DEFAULT_DAYS.root * DAY_MS),
      subject: right.issuerName,
      publicKey: createPublicKey(stranger),
      extensions: caExtensions(),
    },
    prepared,
  );
  return { prepared, chainPem };
}
