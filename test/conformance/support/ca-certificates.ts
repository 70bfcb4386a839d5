import { randomUUID } from "node:crypto";
import type { IssuedCa } from "../../../src/pki/certificate.ts";
import type { TestPki } from "../../support/pki.ts";
import type { EntryBody } from "./entries.ts";
import type { Management } from "./management.ts";
import { RESOURCE_GROUP } from "./management.ts";
import type { Target } from "./target.ts";

/** A CA certificate as Microsoft's two management clients show it. */
export interface ShownCa {
  readonly name?: string | undefined;
  readonly etag?: string | undefined;
  readonly properties?:
    | {
        readonly isVerified?: boolean | undefined;
        readonly subject?: string | undefined;
        readonly thumbprint?: string | undefined;
        readonly verificationCode?: string | undefined;
      }
    | undefined;
}

/** What Microsoft's clients for DPS and for hubs both do with the CA certificates of one resource. */
export interface CaClient {
  list(): Promise<readonly ShownCa[]>;
  get(name: string): Promise<ShownCa>;
  put(
    name: string,
    pem: string,
    more?: { isVerified?: boolean; ifMatch?: string },
  ): Promise<ShownCa>;
  remove(name: string, ifMatch: string): Promise<unknown>;
  newCode(name: string, ifMatch: string): Promise<ShownCa>;
  verify(name: string, ifMatch: string, pem: string): Promise<ShownCa>;
}

const nameOf = (hostName: string): string => hostName.split(".")[0] ?? "";

/** @azure/arm-deviceprovisioningservices; it sends certificates as bytes, here those of the PEM text. */
export function dpsCaClient({ dps }: Management, dpsHost: string): CaClient {
  const [api, group, service] = [dps.dpsCertificate, RESOURCE_GROUP, nameOf(dpsHost)];
  return {
    list: async () => (await api.list(group, service)).value ?? [],
    get: (name) => api.get(name, group, service),
    put: (name, pem, { ifMatch, ...more } = {}) =>
      api.createOrUpdate(
        group,
        service,
        name,
        { properties: { certificate: Buffer.from(pem), ...more } },
        ifMatch === undefined ? {} : { ifMatch },
      ),
    remove: (name, ifMatch) => api.delete(group, ifMatch, service, name),
    newCode: (name, ifMatch) => api.generateVerificationCode(name, ifMatch, group, service),
    verify: (name, ifMatch, certificate) =>
      api.verifyCertificate(name, ifMatch, group, service, { certificate }),
  };
}

/** @azure/arm-iothub; it sends certificates as text. */
export function hubCaClient({ hubs }: Management, hub: string): CaClient {
  const [api, group, service] = [hubs.certificates, RESOURCE_GROUP, nameOf(hub)];
  return {
    list: async () => (await api.listByIotHub(group, service)).value ?? [],
    get: (name) => api.get(group, service, name),
    put: (name, certificate, { ifMatch, ...more } = {}) =>
      api.createOrUpdate(
        group,
        service,
        name,
        { properties: { certificate, ...more } },
        ifMatch === undefined ? {} : { ifMatch },
      ),
    remove: (name, ifMatch) => api.delete(group, service, name, ifMatch),
    newCode: (name, ifMatch) => api.generateVerificationCode(group, service, name, ifMatch),
    verify: (name, ifMatch, certificate) =>
      api.verify(group, service, name, ifMatch, { certificate }),
  };
}

/** The client of the target's DPS instance, or of its first hub. */
export function caClientOf(target: Target, of: "DPS" | "hub"): CaClient {
  if (target.management === undefined) throw new TypeError("no management clients");
  return of === "DPS"
    ? dpsCaClient(target.management, target.dpsHost)
    : hubCaClient(target.management, target.hub);
}

/**
 * The CA certificates of one test, under names that nobody else has; `await using` deletes them, so it must stand before
 * the entries that name them.
 */
export class OwnCas implements AsyncDisposable {
  readonly #client: CaClient;
  readonly #pki: TestPki;
  readonly #unique = randomUUID().slice(0, 8);
  readonly #names: string[] = [];

  constructor(client: CaClient, pki: TestPki) {
    this.#client = client;
    this.#pki = pki;
  }

  name(text: string): string {
    const name = `${text}-${this.#unique}`;
    this.#names.push(name);
    return name;
  }

  /** Uploads a CA and proves that its key is here. @returns its name */
  async verified(text: string, ca: IssuedCa): Promise<string> {
    const name = this.name(text);
    const { etag = "" } = await this.#client.put(name, ca.certificatePem);
    const asked = await this.#client.newCode(name, etag);
    const proof = await this.proof(asked, ca);
    await this.#client.verify(name, asked.etag ?? "", proof);
    return name;
  }

  /** The verification certificate for a code. */
  async proof(asked: ShownCa, signer: IssuedCa): Promise<string> {
    const code = asked.properties?.verificationCode ?? "";
    return (await this.#pki.leaf(code, { signer })).certificatePem;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(
      this.#names.map(async (name) => {
        const { etag = "" } = await this.#client.get(name);
        await this.#client.remove(name, etag);
      }),
    );
  }
}

/** The attestation of a group that names CA certificates of the DPS instance. */
export const caReferences = (primary: string, secondary?: string): EntryBody => ({
  type: "x509",
  x509: { caReferences: { primary, ...(secondary === undefined ? {} : { secondary }) } },
});
