import { X509Certificate } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { groupedBy } from "../base/grouped-by.ts";
import type { CertificateSpec } from "../base/certificate-spec.ts";
import type { IdentityMaterial } from "./identity-file.ts";
import { readIdentity } from "./identity-file.ts";
import { identityWarnings } from "./identity-warnings.ts";
import { oneLine } from "./name.ts";
import { certificateBlocks } from "./pem.ts";
import { SharedIdentities } from "./shared-identities.ts";
import { isSignedBy, relationOf } from "./signed-by.ts";

export interface PreflightOptions {
  readonly dir: string;
  readonly devices: readonly {
    readonly registrationId: string;
    readonly credentials: CertificateSpec;
    /** Where the user's file names it; stands before the place of what is wrong with it. */
    readonly place?: string | undefined;
    /** Services are to refuse it: only what keeps it from showing its certificate at all is told. */
    readonly unfit?: boolean | undefined;
  }[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
  /** The certificate of the enrollment group: each chain must reach it. Not known: undefined. */
  readonly groupCaPem?: string | undefined;
  /** Told of each leaf that was read. */
  readonly onLeaf?: ((registrationId: string, leaf: X509Certificate) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How many problems of one cause are told one by one; the rest is counted. */
const TOLD_PER_CAUSE = 3;
const DEVICES_PER_TURN = 20;

/** What is wrong with the identities of a fleet, one problem a finding. */
export interface IdentityFindings {
  /** A service would refuse these. */
  readonly problems: readonly Problem[];
  /** These work today: leaves that end soon, keys that others can read. */
  readonly warnings: readonly Problem[];
}

/**
 * Reads and judges the identities of many devices, before a packet is sent.
 *
 * @returns warnings, those of one cause together
 * @throws {FleetError} `CERTIFICATE_INVALID` with every problem, those of one cause together
 */
export async function preflight(options: PreflightOptions): Promise<readonly Problem[]> {
  const { problems, warnings } = await judgeIdentities(options);
  if (problems.length === 0) return groupedByCause(warnings);
  const [first] = problems;
  throw new FleetError(
    "CERTIFICATE_INVALID",
    problems.length === 1 && first !== undefined
      ? `${first.place}: ${first.message}`
      : `identities cannot be used: ${problems.length} problems`,
    { hint: first?.hint, problems: groupedByCause(problems) },
  );
}

/** Reads and judges the identities of many devices: each by itself, against the group's CA, and against each other. */
export async function judgeIdentities(options: PreflightOptions): Promise<IdentityFindings> {
  const groupCa =
    options.groupCaPem === undefined ? undefined : new X509Certificate(options.groupCaPem);
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const shared = new SharedIdentities();
  for (const [at, device] of options.devices.entries()) {
    const { registrationId, credentials, place, unfit } = device;
    options.signal?.throwIfAborted();
    const found: Problem[] = [...shared.idProblems(registrationId)];
    try {
      const material = await readIdentity({ ...options, registrationId, credentials, unfit });
      if (unfit !== true) {
        options.onLeaf?.(registrationId, material.leaf);
        found.push(...shared.leafProblems(material));
        warnings.push(...identityWarnings(material, options.now).map((one) => placed(one, place)));
        if (groupCa !== undefined) found.push(...groupProblems(material, groupCa));
      }
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      found.push(...(error.problems.length > 0 ? error.problems : [asProblem(error)]));
    }
    problems.push(...found.map((one) => placed(one, place)));
    if (at % DEVICES_PER_TURN === DEVICES_PER_TURN - 1) await nextTurn();
  }
  return { problems, warnings };
}

/** Whether the chain leads to the group's CA: what DPS asks of a device of an enrollment group. */
export function groupProblems(material: IdentityMaterial, groupCa: X509Certificate): Problem[] {
  const chain = certificateBlocks(material.chainPem).map((pem) => new X509Certificate(pem));
  const last = chain.at(-1);
  const reaches =
    chain.slice(1).some((ca) => ca.fingerprint256 === groupCa.fingerprint256) ||
    (last !== undefined && isSignedBy(last, groupCa));
  if (reaches) return [];
  const impostor = chain.some((one) => relationOf(one, groupCa) === "same name, other key");
  return [
    {
      place: material.source.file,
      message: impostor
        ? `expected a chain to the CA of the enrollment group (${oneLine(groupCa.subject)}), got one to another CA of the same name, with another key`
        : `expected a chain to the CA of the enrollment group (${oneLine(groupCa.subject)}), got one that ends at ${oneLine(last?.issuer ?? "")}`,
      hint: "enroll the CA that signed this device, or use a device certificate of the group's CA",
    },
  ];
}

/** Problems with one text beside the place are of one cause: the first few stand for all of them. */
export function groupedByCause(problems: readonly Problem[]): Problem[] {
  // What differs between two devices in one trouble stands in quotes, brackets or times.
  const byCause = groupedBy(problems, ({ message }) =>
    message.replaceAll(/"[^"]*"|\d{4}-\d\d-\d\dT\S+|in \S+/g, "…"),
  );
  return [...byCause.values()].flatMap((same) => {
    const told = same.slice(0, TOLD_PER_CAUSE);
    const rest = same.length - told.length;
    const [first] = same;
    if (rest === 0 || first === undefined) return told;
    return [...told, { place: `${rest} more files`, message: "the same", hint: first.hint }];
  });
}

const placed = (problem: Problem, before: string | undefined): Problem =>
  before === undefined ? problem : { ...problem, place: `${before} ${problem.place}` };

const asProblem = (error: FleetError): Problem => ({
  place: "certificates",
  message: error.message,
  hint: error.hint,
});
