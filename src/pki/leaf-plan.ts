import type { KeyObject } from "node:crypto";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import type { LeafDefect } from "../base/leaf-defect.ts";
import { bytesIfPresent } from "./file-text.ts";
import type { KeyKind } from "./key-kind.ts";
import { keyKindOf } from "./key-kind.ts";
import type { CertsLayout } from "./layout.ts";
import { isReservedId, keptName } from "./layout.ts";
import type { PemFiles } from "./leaf-files.ts";
import { judgePemFiles, startsWith } from "./leaf-files.ts";
import { planDefective } from "./defective-plan.ts";
import type { LeafJob } from "./leaf-job.ts";
import { idFindings } from "./leaf-fitness.ts";
import type { JudgementOptions } from "./leaf-judgement.ts";
import { judgeLeaf } from "./leaf-judgement.ts";

/** A device that is to have a certificate. */
export interface FleetDevice {
  readonly registrationId: string;
  readonly format: "pem" | "pfx";
  /** Of the PEM key; undefined = not encrypted. */
  readonly passphrase?: string | undefined;
  /** Of the PFX; undefined = none. */
  readonly password?: string | undefined;
  /** undefined = any kind will do, and new ones are P-256. */
  readonly keyKind?: KeyKind | undefined;
  /** Of a new leaf, > 0; default 365. */
  readonly days?: number | undefined;
  /** A leaf of ours is issued anew with a new key, however good it is. PEM only. */
  readonly anew?: boolean | undefined;
  /** What is to be wrong with the leaf, so that services refuse it; undefined = nothing. PEM only. */
  readonly defect?: LeafDefect | undefined;
}

/** The identity that a device has already. */
export interface PresentIdentity {
  /** Signed by a CA of the store. */
  readonly ours: boolean;
  /** Leaf first. */
  readonly chainPem: string;
  readonly file: string;
}

export type LeafPlan =
  | { readonly type: "reuse"; readonly present: PresentIdentity }
  /** There is a leaf with the defect that is asked for. */
  | { readonly type: "reuseDefective" }
  /** `derive`: the identity is good, and a file made from it is missing or old. */
  | {
      readonly type: "write";
      readonly cause: "derive";
      readonly present: PresentIdentity;
      readonly job: LeafJob;
    }
  | { readonly type: "write"; readonly cause: "issue" | "reissue"; readonly job: LeafJob }
  | { readonly type: "refused"; readonly foreign: boolean; readonly problems: readonly Problem[] };

/** What has to be done for one device. Reads its files, writes nothing. */
export async function planLeaf(
  layout: CertsLayout,
  device: FleetDevice,
  options: JudgementOptions,
): Promise<LeafPlan> {
  const named = idProblem(layout, device.registrationId);
  if (named !== undefined) return { type: "refused", foreign: false, problems: [named] };
  const { defect } = device;
  if (defect !== undefined) return planDefective(layout, { ...device, defect }, options);
  if (device.format === "pfx") return planPfx(layout, device, options);
  const files = judgePemFiles(layout, device.registrationId, device.passphrase, options);
  if (files.type !== "usable") return planIssue(layout, device, files, undefined);
  if (device.anew === true && files.ours)
    return planIssue(layout, device, replaced(files), undefined);
  const present = presentIn(files);
  if (!files.chainIsStale) return { type: "reuse", present };
  const existing = { chainPem: present.chainPem, key: files.key };
  const job = { ...jobFor(device), existing, fullChainFile: files.chainFile };
  return { type: "write", cause: "derive", present, job };
}

async function planPfx(
  layout: CertsLayout,
  device: FleetDevice,
  options: JudgementOptions,
): Promise<LeafPlan> {
  const pfxFile = layout.leafPfx(device.registrationId);
  const bytes = bytesIfPresent(pfxFile);
  const read = bytes === undefined ? undefined : await judgePfx(bytes, pfxFile, device, options);
  if (read !== undefined && read.type !== "stale") {
    if (read.type !== "chain") return read;
    const { present, key } = read;
    const job = { ...jobFor(device), existing: { chainPem: present.chainPem, key }, pfxFile };
    return { type: "write", cause: "derive", present, job };
  }
  const files = judgePemFiles(layout, device.registrationId, device.passphrase, options);
  if (files.type !== "usable") return planIssue(layout, device, files, read);
  const present = presentIn(files);
  const job = {
    ...jobFor(device),
    existing: { chainPem: present.chainPem, key: files.key },
    keep: read === undefined ? [] : [[pfxFile, keptName(pfxFile, read.fingerprint)] as const],
    ...(files.chainIsStale && { fullChainFile: files.chainFile }),
    pfxFile,
  };
  return { type: "write", cause: "derive", present, job };
}

type PfxFile =
  | Exclude<LeafPlan, { type: "write" }>
  | { readonly type: "stale"; readonly fingerprint: string; readonly key: KeyObject }
  | { readonly type: "chain"; readonly present: PresentIdentity; readonly key: KeyObject };

async function judgePfx(
  bytes: Buffer,
  file: string,
  device: FleetDevice,
  options: JudgementOptions,
): Promise<PfxFile> {
  // Loaded where needed: its ASN.1 schemas are slow to load.
  const { isPfx, readPfx } = await import("./pfx-read.ts");
  try {
    const { key, chain } = readPfx(bytes, { file, password: device.password ?? "" });
    const [leaf] = chain;
    if (leaf === undefined) throw new Error("a PFX was read without a leaf");
    const { registrationId } = device;
    const judged = judgeLeaf({ registrationId, certFile: file, keyFile: file, leaf, key }, options);
    if (judged.type === "refused") return judged;
    if (judged.type === "stale") return { type: "stale", fingerprint: leaf.fingerprint, key };
    const ours = judged.chain.length > 0;
    if (startsWith(chain, judged.chain)) {
      return { type: "reuse", present: { ours, chainPem: pemOf(chain), file } };
    }
    return { type: "chain", present: { ours, chainPem: pemOf(judged.chain), file }, key };
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    return { type: "refused", foreign: !isPfx(bytes), problems: error.problems };
  }
}

function planIssue(
  layout: CertsLayout,
  device: FleetDevice,
  files: Exclude<PemFiles, { type: "usable" }>,
  stalePfx: { readonly fingerprint: string; readonly key: KeyObject } | undefined,
): LeafPlan {
  if (files.type === "refused") return files;
  const { registrationId, format } = device;
  const certFile = layout.leafCert(registrationId);
  const keyFile = layout.leafKey(registrationId);
  const pfxFile = layout.leafPfx(registrationId);
  // A key without a certificate has nothing to be kept under: it is certified.
  const oldKey =
    device.anew === true && files.type === "stale" ? undefined : (files.key ?? stalePfx?.key);
  const kind = oldKey === undefined ? undefined : keyKindOf(oldKey);
  const key = kind !== undefined && (device.keyKind ?? kind) === kind ? oldKey : undefined;
  const keep: (readonly [string, string])[] = [];
  if (files.type === "stale") {
    keep.push([files.certFile, keptName(files.certFile, files.leaf.fingerprint)]);
    if (files.key !== undefined) keep.push([keyFile, keptName(keyFile, files.leaf.fingerprint)]);
  }
  if (stalePfx !== undefined) keep.push([pfxFile, keptName(pfxFile, stalePfx.fingerprint)]);
  const job: LeafJob = {
    ...jobFor(device),
    keep,
    ...(key !== undefined && { key }),
    // A key that is in its file already stays untouched.
    ...((key === undefined || files.key === undefined) && { keyFile }),
    certFile,
    fullChainFile: layout.leafFullChain(registrationId),
    ...(format === "pfx" && { pfxFile }),
  };
  const reissued = files.type === "stale" || stalePfx !== undefined;
  return { type: "write", cause: reissued ? "reissue" : "issue", job };
}

/** A good leaf that is to be replaced all the same. */
const replaced = (files: Extract<PemFiles, { type: "usable" }>): PemFiles & { type: "stale" } => ({
  type: "stale",
  leaf: files.leaf,
  certFile: files.certFile,
  key: files.key,
});

const pemOf = (chain: readonly { toString: () => string }[]): string =>
  chain.map((certificate) => certificate.toString()).join("");

const presentIn = (files: Extract<PemFiles, { type: "usable" }>): PresentIdentity => ({
  ours: files.ours,
  chainPem: pemOf(files.chain),
  file: files.chainFile,
});

const jobFor = (device: FleetDevice): LeafJob => ({
  registrationId: device.registrationId,
  keep: [],
  keyKind: device.keyKind,
  days: device.days,
  passphrase: device.passphrase,
  password: device.password,
});

/** What keeps a device of this id from having a leaf in this store. */
export function idProblem(layout: CertsLayout, registrationId: string): Problem | undefined {
  const place = layout.leafCert(registrationId);
  const [unfit] = idFindings(registrationId);
  if (unfit !== undefined) return { place, message: unfit.message, hint: unfit.hint };
  if (!isReservedId(registrationId)) return undefined;
  return {
    place,
    message: `expected a registration id whose file is free, got "${registrationId}", which is the name of another certificate of the store`,
    hint: "choose another registrationId",
  };
}
