import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { SecureContext } from "node:tls";
import { createSecureContext } from "node:tls";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { derivedDeviceKey } from "../base/symmetric-key.ts";
import { readIdentity, secureContextOf } from "../pki/identity-file.ts";
import type { DeviceSpec } from "../plan/plan.ts";
import { parseConnectionStringFile } from "../secrets/connection-string-file.ts";
import { readSymmetricKey } from "../secrets/symmetric-key-secret.ts";

/** A device's own key, and how long the tokens for its hub hold that are signed with it. */
export interface TokenKey {
  /** base64 */
  readonly key: string;
  readonly lifetimeS: number;
}

/** What is told of a device's certificate. */
export interface LeafFacts {
  /** SHA-1, 40 upper-case hex digits, as hubs know it. */
  readonly thumbprint: string;
  /** ISO time. */
  readonly validTo: string;
}

/** What a device shows the services: the certificate in its TLS context, or tokens that its key signs. */
export interface DeviceIdentity {
  /** Another one for another certificate, chain or key; tells nothing of them. */
  readonly proof: string;
  readonly certificate?: LeafFacts | undefined;
  /** Of all its connections. */
  readonly secureContext: SecureContext;
  /** undefined = the certificate is the proof. */
  readonly tokenKey?: TokenKey | undefined;
}

export interface IdentityLoaderOptions {
  readonly certsDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** Trusted instead of Node's own roots; undefined = Node's own. */
  readonly caPem: string | undefined;
}

/** Reads the identities of one worker's devices. */
export class IdentityLoader {
  readonly #options: IdentityLoaderOptions;
  /** By file, then by device id. */
  readonly #keys = new Map<string, Promise<ReadonlyMap<string, string>>>();
  #anonymous: SecureContext | undefined;

  constructor(options: IdentityLoaderOptions) {
    this.#options = options;
  }

  /**
   * Reads one device's identity and makes the TLS context that all its connections share: parsing certificate and key
   * costs as much CPU as half a handshake, so it is done once. Devices without a certificate share one context.
   *
   * @throws {FleetError} `CERTIFICATE_INVALID` or `FILE_INVALID`, naming file or variable, fault and mend
   */
  async load(spec: DeviceSpec): Promise<DeviceIdentity> {
    const { registrationId, credentials, expectedRefusal } = spec;
    const { certsDir, env, now, caPem } = this.#options;
    if (credentials.format === "symmetricKey") {
      const given = await readSymmetricKey(credentials.key, env);
      const key = credentials.scope === "group" ? derivedDeviceKey(given, registrationId) : given;
      return this.#keyed(key, credentials.tokenLifetimeS);
    }
    if (credentials.format === "connectionString") {
      const key = await this.#keyIn(credentials.file, registrationId);
      return this.#keyed(key, credentials.tokenLifetimeS);
    }
    const material = await readIdentity({
      dir: certsDir,
      registrationId,
      credentials,
      env,
      now: now(),
      unfit: expectedRefusal !== undefined,
    });
    const { chainPem, leaf } = material;
    return {
      // The key is that of the leaf: the identity was judged.
      proof: proofOf(chainPem),
      certificate: {
        thumbprint: leaf.fingerprint.replaceAll(":", ""),
        validTo: new Date(leaf.validTo).toISOString(),
      },
      secureContext: secureContextOf(material, caPem === undefined ? undefined : [caPem]),
    };
  }

  #keyed(key: string, lifetimeS: number): DeviceIdentity {
    const { caPem } = this.#options;
    this.#anonymous ??= createSecureContext({
      minVersion: "TLSv1.2",
      ...(caPem !== undefined && { ca: caPem }),
    });
    return {
      proof: proofOf(key),
      secureContext: this.#anonymous,
      tokenKey: { key, lifetimeS },
    };
  }

  async #keyIn(file: string, deviceId: string): Promise<string> {
    const reading = this.#keys.get(file) ?? keysIn(file);
    this.#keys.set(file, reading);
    const key = (await reading).get(deviceId);
    if (key !== undefined) return key;
    throw new FleetError("FILE_INVALID", `${file}: expected a key of "${deviceId}", got none`);
  }
}

const proofOf = (text: string): string => createHash("sha256").update(text).digest("base64");

/** The keys in a file of connection strings, by device id; what else is in it was judged before the run began. */
async function keysIn(file: string): Promise<ReadonlyMap<string, string>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const message = `expected a file with connection strings, got: ${fileTrouble(cause)}`;
    throw new FleetError("FILE_INVALID", `${file}: ${message}`, { cause });
  }
  const { lines } = parseConnectionStringFile(text, file);
  return new Map(
    lines.flatMap(({ deviceId, sharedAccessKey: key }) =>
      key === undefined ? [] : [[deviceId, key] as const],
    ),
  );
}
