import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { outOfPeriod } from "./identity-check.ts";
import { oneLine } from "./name.ts";
import type { Issuer } from "./signer.ts";
import type { StoredCa, StoredCas } from "./stored-ca.ts";
import {
  chainFrom,
  INTERMEDIATE_NAME,
  isAbsent,
  knownCas,
  presentCas,
  ROOT_NAME,
  unlockCa,
} from "./stored-ca.ts";

/** A CA whose key takes a passphrase. */
export interface LockedCa extends Pick<StoredCa, "name" | "keyFile"> {
  /** Whether this passphrase opens its key. */
  readonly opens: (passphrase: string) => boolean;
}

/** The passphrase of a CA's key; undefined = there is nobody to ask. */
export type CaPassphrase = (ca: LockedCa) => Promise<string | undefined>;

/**
 * The CA that is to sign, found good but for its key, which `openSigner` reads.
 *
 * @param name undefined = the default intermediate if there is one, else the root
 * @throws {FleetError} `CERTIFICATE_INVALID` with all that keeps it from signing
 */
export function chooseSigner(cas: StoredCas, name: string | undefined, now: Date): StoredCa {
  const asked = name ?? (isAbsent(cas.intermediate) ? ROOT_NAME : INTERMEDIATE_NAME);
  const ca = presentCas(cas).find((each) => each.name === asked);
  const problems = ca === undefined ? [noSuchCa(asked, name, cas)] : signerProblems(ca, cas, now);
  if (ca !== undefined && problems.length === 0) return ca;
  throw cannotSign(problems);
}

/**
 * The CA with its key, ready to sign.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` if its key cannot be read, or no passphrase is known
 */
export async function openSigner(
  ca: StoredCa,
  cas: StoredCas,
  passphraseOf: CaPassphrase,
): Promise<Issuer> {
  const open = await openCa(ca, passphraseOf);
  if (open.certificate === undefined || open.key === undefined) throw cannotSign([locked(ca)]);
  const chain = chainFrom(open.certificate, knownCas(cas));
  return {
    certificatePem: open.certificate.toString(),
    chainPem: chain.map((certificate) => certificate.toString()).join(""),
    key: open.key,
  };
}

/**
 * The CA with its key read, where it takes a passphrase; as it is where nobody knows one.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` if the passphrase is not the key's
 */
export async function openCa(ca: StoredCa, passphraseOf: CaPassphrase): Promise<StoredCa> {
  if (ca.lockedKey === undefined) return ca;
  const passphrase = await passphraseOf({
    name: ca.name,
    keyFile: ca.keyFile,
    opens: (tried) => unlockCa(ca, tried).keyProblem === undefined,
  });
  if (passphrase === undefined) return ca;
  const open = unlockCa(ca, passphrase);
  if (open.keyProblem !== undefined) throw cannotSign([open.keyProblem]);
  return open;
}

/** The same, and each passphrase is asked for once, however often it is needed. */
export function askedOnce(passphraseOf: CaPassphrase): CaPassphrase {
  const known = new Map<string, Promise<string | undefined>>();
  return (ca) => {
    const passphrase = known.get(ca.keyFile) ?? passphraseOf(ca);
    known.set(ca.keyFile, passphrase);
    return passphrase;
  };
}

/** What a key says that nobody has a passphrase for. */
export const locked = ({ keyFile }: Pick<StoredCa, "keyFile">): Problem => ({
  place: keyFile,
  message: "expected a CA's key that can be read, got an encrypted one and no passphrase",
  hint: "put its passphrase into DPS_FLEET_CA_PASSPHRASE, or into a file that --ca-passphrase-file (run) or --passphrase-file (certs) names",
});

function signerProblems(ca: StoredCa, cas: StoredCas, now: Date): Problem[] {
  const { certificate, certFile, keyProblem } = ca;
  if (certificate === undefined) return [noCertificate(ca)];
  const chain = chainFrom(certificate, knownCas(cas));
  const last = chain.at(-1) ?? certificate;
  const ended = chain.flatMap((link) => {
    const why = outOfPeriod(link, now);
    if (why === undefined) return [];
    const whose = link === certificate ? "a CA" : `a CA below one (${oneLine(link.subject)})`;
    return [
      {
        place: certFile,
        message: `expected ${whose} that holds, got one that ${why}`,
        hint: "make it anew with --force, or renew it where it was made",
      },
    ];
  });
  // A CA that others made may have its root elsewhere.
  const orphaned = ca.ours && !last.checkIssued(last);
  return [
    ...(keyProblem === undefined ? [] : [keyProblem]),
    ...ended,
    ...(orphaned ? [orphan(ca)] : []),
  ];
}

const orphan = ({ name, certFile }: StoredCa): Problem => ({
  place: certFile,
  message: "expected a CA that one of this store signed, got one whose signer is not here",
  hint: `its signer was made anew: certs intermediate ${name === INTERMEDIATE_NAME ? "" : `${name} `}--force`,
});

const noCertificate = ({ name, certFile, keyFile }: StoredCa): Problem => ({
  place: certFile,
  message: `expected the certificate of the CA whose key is ${keyFile}, got no file`,
  hint: `certify that key: certs ${name === ROOT_NAME ? name : `intermediate ${name}`}`,
});

function noSuchCa(asked: string, name: string | undefined, cas: StoredCas): Problem {
  const there = presentCas(cas).map((ca) => ca.name);
  if (there.length === 0) {
    return {
      place: cas.root.certFile,
      message: "expected a CA to sign with, got none",
      hint: "make one first: certs root",
    };
  }
  return {
    place: name === undefined ? cas.root.certFile : "--signer",
    message: `expected one of ${there.join(", ")}, got "${asked}"`,
    hint: asked === ROOT_NAME ? "make one first: certs root" : "certs intermediate NAME makes one",
  };
}

function cannotSign(problems: readonly Problem[]): FleetError {
  const [first] = problems;
  return new FleetError("CERTIFICATE_INVALID", "the CA cannot sign", {
    hint: first?.hint,
    problems,
  });
}
