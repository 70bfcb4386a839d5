import type { KeyObject, X509Certificate } from "node:crypto";

/** A CA certificate that an enrollment group goes by, as far as the service tells. */
export interface CaFacts {
  /** SHA-1, 40 upper-case hex digits. */
  readonly sha1: string;
  /** On one line; undefined where the service does not tell. */
  readonly subject: string | undefined;
  /** undefined = the service answered with a thumbprint alone, and no file has it. */
  readonly certificate: X509Certificate | undefined;
  /** Whether its key was proven to DPS; undefined = not known. */
  readonly isVerified?: boolean | undefined;
}

export interface GroupFacts {
  readonly id: string;
  readonly isEnabled: boolean;
  readonly attestation: "x509" | "symmetricKey" | "other";
  readonly cas: readonly CaFacts[];
  /** Names of CA certificates of DPS that it goes by, and that DPS's own API does not show. */
  readonly unknownCas: readonly string[];
}

export interface IndividualFacts {
  readonly isEnabled: boolean;
  readonly attestation: "x509" | "symmetricKey" | "other";
  /** SHA-1 of the leaves that it holds. */
  readonly thumbprints: readonly string[];
}

/** What DPS has for a device. */
export interface EnrollmentFacts {
  /** The individual enrollment of its registration id; undefined = there is none. */
  readonly individual: IndividualFacts | undefined;
  /** Every group that the device could belong to. */
  readonly groups: readonly GroupFacts[];
}

/** What the hub has for a device that DPS assigned to it. */
export interface HubFacts {
  readonly host: string;
  /** undefined = the hub knows no such device. */
  readonly identity:
    | {
        readonly isEnabled: boolean;
        readonly authentication: "selfSigned" | "certificateAuthority" | "sas" | "other";
        /** SHA-1 or SHA-256, upper-case hex. */
        readonly thumbprints: readonly string[];
      }
    | undefined;
}

/** How a run saw the device fail. */
export interface SeenFailure {
  readonly errorClass: string;
  readonly error: string;
  /** Whether it was refused before it was assigned to a hub, or after. */
  readonly at: "dps" | "hub";
}

/** A device's files. */
export interface DeviceFiles {
  /** For messages. */
  readonly certFile: string;
  readonly keyFile: string;
  /** Leaf first; empty = no certificate that can be read. */
  readonly chain: readonly X509Certificate[];
  /** undefined = there is none; `locked` = there is one, and no passphrase to look at it. */
  readonly key: KeyObject | "locked" | undefined;
  /** What stands in the way of reading them. */
  readonly trouble?: { readonly message: string; readonly mend?: string | undefined } | undefined;
}

/** Everything that is known of a device whose 401 is to be explained. */
export interface DeviceFacts {
  readonly registrationId: string;
  readonly files: DeviceFiles;
  /** CAs of the store, which a device's chain may lack. */
  readonly known: readonly KnownCa[];
  /** undefined = DPS was not asked. */
  readonly enrollment: EnrollmentFacts | undefined;
  /** undefined = not asked, or not assigned to one yet. */
  readonly hub: HubFacts | undefined;
  readonly seen: SeenFailure | undefined;
  readonly now: Date;
}

/** A CA certificate of the store and where it is. */
export interface KnownCa {
  readonly certificate: X509Certificate;
  readonly file: string;
}
