import type { SecureContext } from "node:tls";
import { readIdentity, secureContextOf } from "../pki/identity-file.ts";
import type { DeviceSpec } from "../plan/plan.ts";

/**
 * Reads one device's certificate and key and makes the TLS context that all its connections share: parsing them costs
 * as much CPU as half a handshake, so it is done once.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` or `FILE_INVALID`, naming file, fault and mend
 */
export async function loadSecureContext(options: {
  readonly certsDir: string;
  readonly spec: DeviceSpec;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
  /** Trusted instead of Node's own roots; undefined = Node's own. */
  readonly caPem: string | undefined;
}): Promise<SecureContext> {
  const { spec, caPem } = options;
  const identity = await readIdentity({
    dir: options.certsDir,
    registrationId: spec.registrationId,
    credentials: spec.credentials,
    env: options.env,
    now: options.now,
  });
  return secureContextOf(identity, caPem === undefined ? undefined : [caPem]);
}
