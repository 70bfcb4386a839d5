import { resolve } from "node:path";

import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { isToBeAdmitted } from "../metrics/device-outcome.ts";
import { readIdentity } from "../pki/identity-file.ts";
import { certificateBlocks } from "../pki/pem.ts";
import { preflight } from "../pki/preflight.ts";
import type { DeviceSpec } from "../plan/plan.ts";
import type { GroupAttestation } from "../service/ensure-enrollment-group.ts";
import { readFleetKeys } from "./fleet-keys.ts";
import type { FleetKeys } from "./fleet-keys.ts";
import type { CertifiedDevice } from "./issued-certificates.ts";
import { issueCertificates } from "./issued-certificates.ts";
import type { PreparedRun } from "./prepare.ts";
import type { RunContext, RunOptions } from "./run-options.ts";

/** What the services must hold for the fleet's devices. */
export interface FleetIdentities {
  /** Absolute. */
  readonly certsDir: string;
  /** undefined = no device needs the group, or its CA is in none of the files that were brought. */
  readonly group: GroupAttestation | undefined;
  /** Devices with keys of their own, which DPS needs an individual enrollment for. */
  readonly ownKeys: FleetKeys["own"];
  /** When each leaf ends, ms since 1970, by registration id. */
  readonly leafEnds: ReadonlyMap<string, number>;
}

const isCertified = (device: DeviceSpec): device is CertifiedDevice =>
  device.credentials.format === "pem" || device.credentials.format === "pfx";

/** Nothing is issued for a device whose files the user named, or whose hub knows it already. */
const isIssued = ({ credentials, hub }: CertifiedDevice): boolean =>
  hub === undefined &&
  (credentials.format === "pem" ? credentials.files : credentials.file) === undefined;

/** Tells what is odd and can be used. */
export function tellWarnings(
  console: Pick<RunContext["console"], "warning">,
  warnings: readonly Problem[],
): void {
  for (const { place, message, hint } of warnings) {
    console.warning(`${place}: ${message}${hint === undefined ? "" : `; ${hint}`}`);
  }
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
  const { plan, scenario, places } = prepared;
  const { console, env, stop: signal } = context;
  const certsDir = resolve(context.cwd, options.certsDir);
  const keys = await readFleetKeys(plan.devices, env);
  const certified = plan.devices.filter(isCertified);
  const issued = certified.filter(isIssued);
  const now = context.now();
  const issuedCas =
    issued.length > 0
      ? (await issueCertificates(issued, certsDir, prepared, options, context)).map(
          ({ certificatePem }) => certificatePem,
        )
      : [];
  const admitted = certified.filter(isToBeAdmitted);
  // The group has the CA of those that it is to let in; only where there are none, that of leaves which are bad on purpose.
  const caPems =
    admitted.length === 0 || admitted.some(isIssued)
      ? issuedCas
      : await broughtCas(admitted, { dir: certsDir, env, now });
  const grouped = scenario.provisioning.group !== undefined;
  const leafEnds = new Map<string, number>();
  const warnings = await preflight({
    dir: certsDir,
    devices: certified.map((device) => ({
      registrationId: device.registrationId,
      credentials: device.credentials,
      place: places.get(device.registrationId),
      unfit: !isToBeAdmitted(device),
    })),
    env,
    now,
    // In an emulator the group has this CA; what Azure's has, DPS knows.
    ...(grouped && scenario.target === "emulator" ? { groupCaPem: caPems[0] } : {}),
    onLeaf: (id, leaf) => leafEnds.set(id, Date.parse(leaf.validTo)),
    signal,
  });
  tellWarnings(console, warnings);
  const group = grouped ? attestationOf(keys, caPems) : undefined;
  return { certsDir, group, ownKeys: keys.own, leafEnds };
}

function attestationOf(
  { groupKey }: FleetKeys,
  [caPem, ...acceptedCaPems]: readonly string[],
): GroupAttestation | undefined {
  if (groupKey !== undefined) return { type: "symmetricKey", groupKey };
  if (caPem === undefined) return undefined;
  return { type: "x509", caPem, acceptedCaPems };
}

/** The CAs above the first leaf that can be read and has one; the rest of the fleet is held against them. */
async function broughtCas(
  devices: readonly CertifiedDevice[],
  options: Omit<Parameters<typeof readIdentity>[0], "registrationId" | "credentials">,
): Promise<readonly string[]> {
  for (const { registrationId, credentials } of devices) {
    try {
      const { chainPem } = await readIdentity({ ...options, registrationId, credentials });
      const [, ...above] = certificateBlocks(chainPem);
      if (above.length > 0) return above;
    } catch (error) {
      // What is wrong with it is told with all others.
      if (!(error instanceof FleetError)) throw error;
    }
  }
  return [];
}
