import { existsSync } from "node:fs";

import { FleetError } from "../../base/errors.ts";
import type { CertificateSpec } from "../../base/certificate-spec.ts";
import type { CertsLayout } from "../../pki/layout.ts";
import { groupedByCause, judgeIdentities } from "../../pki/preflight.ts";
import { readStoreFiles } from "../../pki/store-files.ts";
import { groupCas } from "../../pki/group-cas.ts";
import { planLeaves } from "../../pki/plan-leaves.ts";
import { knownCas, presentCas, readStoredCas } from "../../pki/stored-ca.ts";
import { defectOf } from "../../pki/defects.ts";
import { textIfPresent } from "../../pki/file-text.ts";
import { outOfPeriod, parseCertificates } from "../../pki/identity-check.ts";
import { oneLine } from "../../pki/name.ts";
import type { Finding } from "../finding.ts";
import { fail, ofProblems, ok } from "../finding.ts";

/** Devices with where their identities are. */
export type FleetIdentity = {
  readonly registrationId: string;
  readonly credentials: CertificateSpec;
  /** Where a file of the user's names it; nothing is issued for such a device. */
  readonly place?: string | undefined;
  /** Services are to refuse it, so that they may find fault with its certificate. */
  readonly unfit?: boolean | undefined;
};

export interface IdentityOptions {
  readonly layout: CertsLayout;
  /** Of a scenario, which issues what is missing; undefined = all of the store. */
  readonly devices: readonly FleetIdentity[] | undefined;
  /** Each chain must reach the CA that the fleet's enrollment group has in an emulator. */
  readonly isGrouped: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
}

/** Judges every identity as a run does before it sends a packet, and the CAs beside them. Nothing is written. */
export async function checkIdentities(options: IdentityOptions): Promise<readonly Finding[]> {
  const { layout, env, now, signal } = options;
  const stored = options.devices === undefined ? storedDevices(layout) : undefined;
  const asked = options.devices ?? stored?.good ?? [];
  const present = asked.filter((device) => isPresent(layout, device));
  const { problems, warnings } = await judgeIdentities({
    dir: layout.dir,
    devices: present,
    env,
    now,
    groupCaPem: options.isGrouped ? await groupCaPem(present, options) : undefined,
    signal,
  });
  const missing = asked.length - present.length;
  return [
    ...checkCas(layout, now),
    ...ofProblems("identities", "fail", groupedByCause(problems)),
    ...ofProblems("identities", "warn", groupedByCause(warnings)),
    ...(problems.length > 0 ? [] : [ok("identities", goodText(present.length, layout.dir))]),
    ...(stored === undefined || stored.bad === 0
      ? []
      : [ok("identities", `${stored.bad} bad on purpose, for services to refuse`)]),
    ...(missing > 0 ? [ok("identities", `${missing} have none yet: a run issues them`)] : []),
  ];
}

/**
 * The CA that a run would hold these devices against; undefined = not known yet. What Azure's group has, DPS knows, and
 * devices that the user brought name theirs themselves.
 */
async function groupCaPem(
  all: readonly FleetIdentity[],
  { layout, now, signal }: IdentityOptions,
): Promise<string | undefined> {
  const devices = all.filter(({ unfit }) => unfit !== true);
  const known = knownCas(readStoredCas(layout));
  const stored = devices.filter(
    ({ credentials, place }) => credentials.format === "pem" && place === undefined,
  );
  if (known.length === 0 || stored.length === 0 || stored.length < devices.length) return undefined;
  const plans = await planLeaves(
    layout,
    stored.map(({ registrationId }) => ({ registrationId, format: "pem" })),
    { now, cas: known },
    signal,
  );
  return groupCas(plans, layout)[0].certificatePem;
}

const goodText = (count: number, dir: string): string =>
  count === 0 ? `no device has one in ${dir}` : `${count} in ${dir} can be used`;

/** All of a store, and how many more of its leaves are bad on purpose. */
function storedDevices(layout: CertsLayout): {
  readonly good: readonly FleetIdentity[];
  readonly bad: number;
} {
  const good: FleetIdentity[] = [];
  let bad = 0;
  for (const { name: registrationId, cert, fullChain, pfx } of readStoreFiles(layout).leaves) {
    const pem = cert ?? fullChain;
    if (pem !== undefined) {
      if (isBadOnPurpose(pem)) bad += 1;
      else good.push({ registrationId, credentials: { format: "pem" } });
    } else if (pfx !== undefined) good.push({ registrationId, credentials: { format: "pfx" } });
  }
  return { good, bad };
}

/** What cannot be read is told with all identities. */
function isBadOnPurpose(certFile: string): boolean {
  try {
    const [leaf] = parseCertificates(textIfPresent(certFile) ?? "") ?? [];
    return leaf !== undefined && defectOf(leaf.subject) !== undefined;
  } catch (error) {
    if (error instanceof FleetError) return false;
    throw error;
  }
}

function isPresent(
  layout: CertsLayout,
  { registrationId, credentials, place }: FleetIdentity,
): boolean {
  // One that is not there is a fault.
  if (place !== undefined) return true;
  const { leafCert, leafFullChain, leafPfx } = layout;
  const places = credentials.format === "pfx" ? [leafPfx] : [leafCert, leafFullChain];
  return places.some((fileOf) => existsSync(fileOf(registrationId)));
}

function checkCas(layout: CertsLayout, now: Date): readonly Finding[] {
  const cas = readStoredCas(layout);
  const findings = ofProblems("identities", "fail", cas.problems);
  const dated = presentCas(cas).flatMap(({ certificate, certFile }) => {
    const why = certificate === undefined ? undefined : outOfPeriod(certificate, now);
    if (certificate === undefined || why === undefined) return [];
    const mend = "make it anew and enroll it: certs root, certs intermediate";
    return [fail("identities", `${certFile}: ${oneLine(certificate.subject)} ${why}`, mend)];
  });
  return [...findings, ...dated];
}
