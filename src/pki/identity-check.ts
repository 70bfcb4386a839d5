import type { KeyObject } from "node:crypto";
import { X509Certificate } from "node:crypto";
import type { Problem } from "../base/errors.ts";
import { leafFindings } from "./leaf-fitness.ts";
import { oneLine } from "./name.ts";
import { certificateBlocks } from "./pem.ts";
import { isSelfSigned } from "./signed-by.ts";

/** One device's certificates and key, as they were found. */
export interface Identity {
  readonly registrationId: string;
  /** File of the certificates, for messages. */
  readonly certFile: string;
  /** File of the key, for messages. */
  readonly keyFile: string;
  /** The leaf first. */
  readonly chain: readonly X509Certificate[];
  readonly key: KeyObject;
}

/** Certificates by their PEM text. Parsing one takes 0.15 ms, and thousands of chains end with the same CAs. */
export type ParsedCertificates = Map<string, X509Certificate>;

/**
 * The certificates in a PEM text; undefined = it has none, or one that cannot be read. Never throws.
 *
 * @param parsed what was parsed before; grows
 */
export function parseCertificates(
  text: string,
  parsed: ParsedCertificates = new Map(),
): X509Certificate[] | undefined {
  try {
    const found = certificateBlocks(text).map((pem) => {
      const certificate = parsed.get(pem) ?? new X509Certificate(pem);
      parsed.set(pem, certificate);
      return certificate;
    });
    return found.length === 0 ? undefined : found;
  } catch {
    return undefined;
  }
}

/** Everything that would make a service refuse this identity; empty = nothing. Never throws. */
export function identityProblems(identity: Identity, now: Date): Problem[] {
  return [
    ...bindingProblems(identity),
    ...identity.chain.flatMap((certificate, at) =>
      periodProblems(certificate, at, identity.certFile, now),
    ),
    ...orderProblems(identity),
  ];
}

/** What makes leaf, key and device not belong together, whatever the time; empty = nothing. Never throws. */
export function bindingProblems(identity: Identity): Problem[] {
  const [leaf] = identity.chain;
  if (leaf === undefined) return [];
  return [...keyProblems(identity), ...fitnessProblems(identity, leaf)];
}

/** Whether `certificate` does not hold at `now`, and why: the text for a message. */
export function outOfPeriod(certificate: X509Certificate, now: Date): string | undefined {
  const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  if (to < now) return `expired on ${to.toISOString()}`;
  if (from > now) return `is not valid before ${from.toISOString()}`;
  return undefined;
}

/** What keeps a device from showing its leaf at all; empty = nothing. Never throws. */
export function keyProblems({ chain, key, keyFile, certFile }: Identity): Problem[] {
  const [leaf] = chain;
  if (leaf === undefined || leaf.checkPrivateKey(key)) return [];
  const owner = chain.findIndex((certificate) => certificate.checkPrivateKey(key));
  if (owner > 0) {
    return [
      {
        place: certFile,
        message: `expected the leaf first, got it at position ${owner + 1} of ${chain.length}`,
        hint: "order the file: leaf, intermediates, root",
      },
    ];
  }
  return [
    {
      place: keyFile,
      message: `expected the private key of the certificate in ${certFile}, got the key of another one`,
      hint: "put key and certificate of one device together",
    },
  ];
}

/** What is wrong with the leaf by itself. */
function fitnessProblems(
  { registrationId, certFile, chain }: Identity,
  leaf: X509Certificate,
): Problem[] {
  const alone = chain.length === 1 && isSelfSigned(leaf);
  return leafFindings(leaf, { registrationId, alone }).map(({ message, hint }) => ({
    place: certFile,
    message,
    hint,
  }));
}

function periodProblems(
  certificate: X509Certificate,
  at: number,
  place: string,
  now: Date,
): Problem[] {
  const why = outOfPeriod(certificate, now);
  if (why === undefined) return [];
  const whose =
    at === 0 ? "certificate" : `certificate ${at + 1} (${oneLine(certificate.subject)})`;
  return [
    {
      place,
      message: `expected a ${whose} that holds at ${now.toISOString()}, got one that ${why}`,
      hint: why.startsWith("expired")
        ? "issue it anew: move the old files away, and the next run does"
        : "check the clock of this machine, or wait",
    },
  ];
}

function orderProblems({ chain, certFile }: Identity): Problem[] {
  return chain.flatMap((below, at) => {
    const above = chain[at + 1];
    if (above === undefined || (below.checkIssued(above) && below.verify(above.publicKey)))
      return [];
    return [
      {
        place: certFile,
        message: `expected certificate ${at + 2} to be the signer of certificate ${at + 1} (${oneLine(below.issuer)}), got ${oneLine(above.subject)}`,
        hint: "order the file: leaf, intermediates, root; each must have signed the one before it",
      },
    ];
  });
}
