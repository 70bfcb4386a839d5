import { resolve } from "node:path";

import { textIfPresent } from "../pki/file-text.ts";
import { ensureFleetCertificates } from "../pki/fleet-certificates.ts";
import { certsLayout } from "../pki/layout.ts";
import { preflight } from "../pki/preflight.ts";
import type { SecretRef } from "../base/secret-ref.ts";
import type { CertificateSpec, DeviceSpec } from "../plan/plan.ts";
import { readSecret } from "../secrets/secret.ts";
import type { PreparedRun } from "./prepare.ts";
import type { RunContext, RunOptions } from "./run-options.ts";

/** What the enrollment group must hold for the fleet's leaves. */
export interface FleetIdentities {
  /** Absolute. */
  readonly certsDir: string;
  readonly groupCaPem: string;
  /** CAs above it: a group that holds one of them takes the same leaves. */
  readonly upperCaPems: readonly string[];
  /** When each leaf ends, ms since 1970, by registration id. */
  readonly leafEnds: ReadonlyMap<string, number>;
}

/** With so many devices reading and judging their certificates takes seconds. */
const TOLD_FROM = 1_000;

const hasCertificate = (
  device: DeviceSpec,
): device is DeviceSpec & { readonly credentials: CertificateSpec } =>
  device.credentials.format !== "symmetricKey";

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

/**
 * Issues what is missing, then reads and judges every identity, before a packet is sent.
 *
 * @throws {FleetError} `FOREIGN_FILE`, `CERTIFICATE_INVALID` or `FILE_INVALID` with every problem
 */
export async function ensureIdentities(
  prepared: PreparedRun,
  options: Pick<RunOptions, "certsDir">,
  context: Pick<RunContext, "env" | "cwd" | "now" | "console" | "cores" | "stop" | "passphraseOf">,
): Promise<FleetIdentities> {
  const { scenario, plan } = prepared;
  const { console, env, stop: signal } = context;
  const dir = resolve(context.cwd, options.certsDir);
  const secretOf = secretReader(env);
  // Devices follow the fleet's entries in order; the kind of key is known to the entry only.
  const kinds = scenario.fleet.flatMap((entry) =>
    Array.from({ length: entry.count }, () => entry.credentials.key),
  );
  const certified = plan.devices.filter(hasCertificate);
  const devices = await Promise.all(
    certified.map(async ({ registrationId, credentials, index }) => {
      const keyKind = kinds[index];
      const key = keyKind === undefined ? {} : { keyKind };
      if (credentials.format === "pem") {
        const { passphrase } = credentials;
        const opened = passphrase === undefined ? {} : { passphrase: await secretOf(passphrase) };
        return { registrationId, format: "pem" as const, ...opened, ...key };
      }
      const { password } = credentials;
      const opened = password === undefined ? {} : { password: await secretOf(password) };
      return { registrationId, format: "pfx" as const, ...opened, ...key };
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
  if (issued.caCreated && scenario.target === "azure" && !enrolls) {
    console.warning(
      `the CA in ${issued.group.file} is new: Azure must hold it in the enrollment group first`,
    );
  }
  const enrolledByUs = scenario.target === "emulator";
  const leafEnds = new Map<string, number>();
  const warnings = await preflight({
    dir,
    devices: certified,
    env,
    now: context.now(),
    ...(enrolledByUs ? { groupCaPem: issued.group.certificatePem } : {}),
    onLeaf: (id, leaf) => leafEnds.set(id, Date.parse(leaf.validTo)),
    signal,
  });
  for (const { place, message, hint } of warnings) {
    console.warning(`${place}: ${message}${hint === undefined ? "" : `; ${hint}`}`);
  }
  const rootPem = textIfPresent(certsLayout(dir).rootCert);
  const upperCaPems = rootPem === undefined ? [] : [rootPem];
  return { certsDir: dir, groupCaPem: issued.group.certificatePem, upperCaPems, leafEnds };
}
