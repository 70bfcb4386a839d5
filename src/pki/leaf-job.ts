import type { KeyObject } from "node:crypto";
import { X509Certificate } from "node:crypto";
import { copyBeside, MODE, writeFileAtomic } from "./atomic-file.ts";
import type { LeafDefect } from "../base/leaf-defect.ts";
import type { Issuer } from "./certificate.ts";
import { issueLeaf } from "./certificate.ts";
import { issueDefectiveLeaf } from "./defects.ts";
import type { KeyKind } from "./key-kind.ts";
import { privateKeyPem } from "./key-kind.ts";
import { certificateBlocks } from "./pem.ts";
import type { PfxProtection } from "./pfx-encrypt.ts";

/** Everything that is to be made for one device; can be sent to a thread. A file that is not named is not written. */
export interface LeafJob {
  readonly registrationId: string;
  /** Identity to write the files from; undefined = a leaf is issued. */
  readonly existing?: { readonly chainPem: string; readonly key: KeyObject } | undefined;
  /** Key to certify; undefined = a new one. */
  readonly key?: KeyObject | undefined;
  readonly keyKind?: KeyKind | undefined;
  /** > 0; default 365. */
  readonly days?: number | undefined;
  /** What is to be wrong with the leaf; undefined = nothing. */
  readonly defect?: LeafDefect | undefined;
  readonly passphrase?: string | undefined;
  readonly password?: string | undefined;
  /** Copies to make before anything is replaced: from, to. */
  readonly keep: readonly (readonly [from: string, to: string])[];
  readonly keyFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly fullChainFile?: string | undefined;
  readonly pfxFile?: string | undefined;
  /** Default: `aes256`. */
  readonly pfxProtection?: PfxProtection | undefined;
}

/** Who signs what is issued, and when. `signer` is undefined where every job has an identity already. */
export interface LeafJobContext {
  readonly signer: Issuer | undefined;
  readonly now: Date;
}

/** Does one job. Cut short at any point, it leaves files from which the next run goes on. */
export async function runLeafJob(job: LeafJob, context: LeafJobContext): Promise<void> {
  const { chainPem, key, certificatePem, keyPem } = await identityFor(job, context);
  for (const [from, to] of job.keep) copyBeside(from, to);
  // The key first: alone it is certified by the next run, while a certificate without its key is lost.
  if (job.keyFile !== undefined) {
    const text = job.passphrase === undefined ? keyPem : privateKeyPem(key, job.passphrase);
    writeFileAtomic(job.keyFile, text, MODE.secret);
  }
  if (job.certFile !== undefined) writeFileAtomic(job.certFile, certificatePem, MODE.public);
  if (job.fullChainFile !== undefined) writeFileAtomic(job.fullChainFile, chainPem, MODE.public);
  if (job.pfxFile === undefined) return;
  const { writePfx } = await import("./pfx-write.ts");
  const chain = certificateBlocks(chainPem).map((pem) => new X509Certificate(pem));
  const { password = "", pfxProtection: protection } = job;
  const pfx = writePfx({ chain, key, password, protection });
  writeFileAtomic(job.pfxFile, pfx, MODE.secret);
}

async function identityFor(
  { existing, defect, registrationId, key, keyKind, days }: LeafJob,
  { signer, now }: LeafJobContext,
): Promise<{ chainPem: string; key: KeyObject; certificatePem: string; keyPem: string }> {
  if (existing !== undefined) {
    const [certificatePem = ""] = certificateBlocks(existing.chainPem);
    return { ...existing, certificatePem, keyPem: privateKeyPem(existing.key) };
  }
  if (signer === undefined) throw new Error("a leaf is to be issued, and there is no CA");
  const options = { registrationId, signer, now, key, keyKind, days };
  const leaf =
    defect === undefined ? await issueLeaf(options) : await issueDefectiveLeaf(defect, options);
  return {
    chainPem: leaf.fullChainPem,
    key: leaf.key,
    certificatePem: leaf.certificatePem,
    keyPem: leaf.privateKeyPem,
  };
}
