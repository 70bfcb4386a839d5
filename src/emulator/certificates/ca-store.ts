import type { X509Certificate } from "node:crypto";
import { newEtag, requireMatch } from "../etag.ts";
import { ServiceFault } from "../fault.ts";
import type { Table } from "../state/state.ts";
import type { Surroundings } from "../surroundings.ts";
import { caCodec } from "./ca-codec.ts";
import { newVerificationCode, possessionProblem } from "./possession.ts";

/** A CA certificate of a DPS instance or a hub. */
export interface CaCertificate {
  /** As it was written first; another spelling is the same name. */
  readonly name: string;
  readonly certificate: X509Certificate;
  /** Whether its owner has shown to hold the private key, or said so when it was uploaded. */
  readonly isVerified: boolean;
  /** What the next verification certificate must be named; undefined where none was asked for, or it is used. */
  readonly verificationCode: string | undefined;
  readonly etag: string;
  /** ms since 1970 */
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** The CA certificates that count; what attestation may ask of a store. */
export interface VerifiedCas {
  /** undefined where there is none of this name, or it is not verified. */
  verified(name: string): X509Certificate | undefined;
  allVerified(): readonly X509Certificate[];
}

export interface CaStoreOptions {
  readonly around: Surroundings;
  /** What they are kept under, which no other store has; such as `dps/certificates`. */
  readonly table: string;
  /** Who needs a certificate, such as `enrollment group "x"`; what is needed cannot be deleted. */
  readonly neededBy?: (name: string) => string | undefined;
}

/** Source: @azure/arm-iothub 6.3, `certificateName`; the same is taken for DPS, whose names may be longer. */
const NAME = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * The CA certificates of one DPS instance or of one hub, and the proof that whoever uploaded them holds their keys.
 *
 * Source: Microsoft Learn, "How to verify X.509 CA certificates with your Device Provisioning Service" and "Tutorial:
 * Create and upload certificates for testing". Every write gives a new etag; all but the first must name the last one.
 */
export class CaStore implements VerifiedCas {
  readonly #around: Surroundings;
  readonly #neededBy: (name: string) => string | undefined;
  readonly #byName: Table<CaCertificate>;

  constructor({ around, table, neededBy = () => undefined }: CaStoreOptions) {
    this.#around = around;
    this.#byName = around.state.table(table, caCodec);
    this.#neededBy = neededBy;
  }

  /** In the order of their names. */
  all(): readonly CaCertificate[] {
    return [...this.#byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  has(name: string): boolean {
    return this.#byName.has(name.toLowerCase());
  }

  /** @throws {ServiceFault} `resourceNotFound` */
  get(name: string): CaCertificate {
    const found = this.#byName.get(name.toLowerCase());
    if (found === undefined)
      throw new ServiceFault("resourceNotFound", `The certificate '${name}' was not found.`);
    return found;
  }

  verified(name: string): X509Certificate | undefined {
    const found = this.#byName.get(name.toLowerCase());
    return found?.isVerified === true ? found.certificate : undefined;
  }

  allVerified(): readonly X509Certificate[] {
    return [...this.#byName.values()]
      .filter(({ isVerified }) => isVerified)
      .map(({ certificate }) => certificate);
  }

  /**
   * Uploads a certificate, or replaces one. Another certificate must be verified anew; the same one stays as it was.
   *
   * @param upload `isVerified`: undefined leaves that to what was there before
   * @param ifMatch needed, and looked at, only where there is one of this name
   * @throws {ServiceFault} `badRequest`, `preconditionFailed`
   */
  put(
    name: string,
    upload: { readonly certificate: X509Certificate; readonly isVerified: boolean | undefined },
    ifMatch: string | undefined,
  ): CaCertificate {
    const before = this.#byName.get(name.toLowerCase());
    if (before !== undefined) requireEtag(ifMatch, before);
    this.#requireRoom(name, before);
    const { certificate } = upload;
    if (!certificate.ca) throw new ServiceFault("badRequest", "certificate: it is not of a CA.");
    if (Date.parse(certificate.validTo) < this.#around.clock())
      throw new ServiceFault("badRequest", `certificate: it expired on ${certificate.validTo}.`);
    const kept =
      before?.certificate.fingerprint256 === certificate.fingerprint256 ? before : undefined;
    return this.#write({
      name: before?.name ?? name,
      certificate,
      isVerified: upload.isVerified ?? kept?.isVerified ?? false,
      verificationCode: kept?.verificationCode,
      createdMs: before?.createdMs,
    });
  }

  /** @throws {ServiceFault} `resourceNotFound`, `preconditionFailed`, `resourceInUse` */
  delete(name: string, ifMatch: string | undefined): void {
    requireEtag(ifMatch, this.get(name));
    const needed = this.#neededBy(name);
    if (needed !== undefined)
      throw new ServiceFault("resourceInUse", `The certificate '${name}' is used by ${needed}.`);
    this.#byName.delete(name.toLowerCase());
  }

  /**
   * Makes a new verification code; one that was made before is void.
   *
   * @throws {ServiceFault} `resourceNotFound`, `preconditionFailed`
   */
  newCode(name: string, ifMatch: string | undefined): CaCertificate {
    const before = this.get(name);
    requireEtag(ifMatch, before);
    const verificationCode = newVerificationCode(this.#around.newId());
    return this.#write({ ...before, verificationCode });
  }

  /**
   * Takes a proof of possession. The code is used up by it; where the proof is refused, the code stays good.
   *
   * @throws {ServiceFault} `resourceNotFound`, `preconditionFailed`, `badRequest` saying what is wrong with the proof
   */
  verify(name: string, proof: X509Certificate, ifMatch: string | undefined): CaCertificate {
    const before = this.get(name);
    requireEtag(ifMatch, before);
    const { certificate: ca, verificationCode: code } = before;
    if (code === undefined)
      throw new ServiceFault("badRequest", "There is no verification code; generate one first.");
    const problem = possessionProblem(proof, { ca, code });
    if (problem !== undefined)
      throw new ServiceFault("badRequest", `The verification certificate: ${problem}.`);
    return this.#write({ ...before, isVerified: true, verificationCode: undefined });
  }

  #requireRoom(name: string, before: CaCertificate | undefined): void {
    const most = this.#around.limits.caCertificatesMax;
    if (before !== undefined) return;
    if (!NAME.test(name))
      throw new ServiceFault(
        "badRequest",
        "name: expected 1 to 64 letters, digits, dots, hyphens or underscores.",
      );
    if (this.#byName.size >= most)
      throw new ServiceFault("badRequest", `There are ${most} certificates, and no more may be.`);
  }

  #write(
    next: Omit<CaCertificate, "etag" | "createdMs" | "updatedMs"> & {
      readonly createdMs: number | undefined;
    },
  ): CaCertificate {
    const nowMs = this.#around.stamp();
    const written: CaCertificate = {
      ...next,
      etag: newEtag(this.#around.newId()),
      createdMs: next.createdMs ?? nowMs,
      updatedMs: nowMs,
    };
    this.#byName.set(written.name.toLowerCase(), written);
    return written;
  }
}

/** What exists is changed only by who knows it as it is. */
function requireEtag(ifMatch: string | undefined, { etag }: CaCertificate): void {
  if (ifMatch === undefined || ifMatch === "")
    throw new ServiceFault("preconditionFailed", "If-Match: expected the certificate's etag.");
  requireMatch(ifMatch, etag);
}
