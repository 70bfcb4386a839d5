import type { CertificateSpec } from "../base/certificate-spec.ts";
import { ensureFleetCertificates } from "../pki/fleet-certificates.ts";
import type { EnrollmentCa } from "../pki/group-cas.ts";
import type { FleetDevice } from "../pki/leaf-plan.ts";
import type { SecretRef } from "../base/secret-ref.ts";
import type { DeviceSpec } from "../plan/plan.ts";
import type { Credentials } from "../scenario/scenario.ts";
import { readSecret } from "../secrets/secret.ts";
import type { PreparedRun } from "./prepare.ts";
import type { RunContext, RunOptions } from "./run-options.ts";

/** A device that has a certificate. */
export type CertifiedDevice = DeviceSpec & { readonly credentials: CertificateSpec };

/** With so many devices reading and judging their certificates takes seconds. */
const TOLD_FROM = 1_000;

/** Reads each secret once, however many devices share it. */
function secretReader(env: RunContext["env"]): (ref: SecretRef) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return (ref) => {
    const key = JSON.stringify(ref);
    const secret = known.get(key) ?? readSecret(ref, env);
    known.set(key, secret);
    return secret;
  };
}

/** What a leaf is to be like that is issued. */
type LeafWishes = Pick<FleetDevice, "keyKind" | "defect">;

/** Devices follow the fleet's entries in order; kinds of keys and defects are known to the entry only. */
const wishesOf = ({ scenario }: Pick<PreparedRun, "scenario">): readonly LeafWishes[] =>
  scenario.fleet.flatMap(({ count = 0, credentials }) =>
    Array.from({ length: count }, () => entryWishes(credentials)),
  );

function entryWishes(credentials: Credentials): LeafWishes {
  if (credentials.format !== "pem" && credentials.format !== "pfx") return {};
  const { key: keyKind } = credentials;
  const defect = credentials.format === "pem" ? credentials.defect : undefined;
  return {
    ...(keyKind !== undefined && { keyKind }),
    ...(defect !== undefined && { defect }),
  };
}

/**
 * Issues what devices lack under `certs/`.
 *
 * @param dir absolute
 * @returns the CAs of which an enrollment group must hold one for them, the nearest to them first
 * @throws {FleetError} `FOREIGN_FILE`, `CERTIFICATE_INVALID` or `FILE_INVALID` with every problem
 */
export async function issueCertificates(
  certified: readonly CertifiedDevice[],
  dir: string,
  prepared: Pick<PreparedRun, "scenario">,
  options: Pick<RunOptions, "certsDir">,
  context: Pick<RunContext, "env" | "now" | "console" | "cores" | "stop" | "passphraseOf">,
): Promise<readonly EnrollmentCa[]> {
  const { console, env, stop: signal } = context;
  const secretOf = secretReader(env);
  const wishes = wishesOf(prepared);
  const devices = await Promise.all(
    certified.map(async ({ registrationId, credentials, index }) => {
      const wished = wishes[index];
      if (credentials.format === "pem") {
        const { passphrase } = credentials;
        const opened = passphrase === undefined ? {} : { passphrase: await secretOf(passphrase) };
        return { registrationId, format: "pem" as const, ...opened, ...wished };
      }
      const { password } = credentials;
      const opened = password === undefined ? {} : { password: await secretOf(password) };
      return { registrationId, format: "pfx" as const, ...opened, ...wished };
    }),
  );
  if (devices.length >= TOLD_FROM) console.phase(`checking ${devices.length} certificates`);
  const issued = await ensureFleetCertificates({
    dir,
    devices,
    now: context.now(),
    passphraseOf: context.passphraseOf,
    threads: context.cores,
    onProgress: (done, total) => console.progress("issuing certificates", done, total),
    signal,
  });
  const made = issued.issued + issued.reissued;
  if (made > 0) {
    const again = issued.reissued > 0 ? ` (${issued.reissued} anew)` : "";
    const rest = issued.reused > 0 ? `, ${issued.reused} were there` : "";
    console.phase(
      `issued ${made} device ${made === 1 ? "certificate" : "certificates"} in ${options.certsDir}${again}${rest}`,
    );
  }
  // With access to DPS the run creates the group with this very CA.
  const enrolls = Boolean(env["DPS_CONNECTION_STRING"]);
  if (issued.caCreated && prepared.scenario.target === "azure" && !enrolls) {
    console.warning(
      `the CA in ${issued.groupCas[0].file} is new: Azure must hold it in the enrollment group first`,
    );
  }
  return issued.groupCas;
}
