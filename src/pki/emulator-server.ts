import { createPrivateKey } from "node:crypto";
import type { Issuer } from "./certificate.ts";
import { issueServer } from "./certificate.ts";

const DAY_MS = 86_400_000;

/** What the ports of an emulator show; PEM, the certificates with their chains. */
export interface EmulatorServer {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly expiredCertificatePem: string;
}

/**
 * Issues the certificate of an emulator's ports, and one of the same key and names that ran out a day ago, longer than
 * clocks differ: an emulator shows it where somebody wants to see what clients make of that.
 */
export async function issueEmulatorServer(options: {
  readonly names: readonly string[];
  readonly signer: Issuer;
  readonly now: Date;
}): Promise<EmulatorServer> {
  const { chainPem, privateKeyPem } = await issueServer(options);
  const before = (days: number): Date => new Date(options.now.getTime() - days * DAY_MS);
  const expired = await issueServer({
    ...options,
    key: createPrivateKey(privateKeyPem),
    notBefore: before(2),
    notAfter: before(1),
  });
  return { certificatePem: chainPem, privateKeyPem, expiredCertificatePem: expired.chainPem };
}
