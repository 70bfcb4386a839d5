import type { CertificateSpec } from "../base/certificate-spec.ts";
import type { ConnectionStringSpec, SymmetricKeySpec } from "./plan.ts";

/** A device that a file of the user's names, in place of a pattern. */
export interface BroughtDevice {
  readonly registrationId: string;
  /** undefined = those of its fleet entry. */
  readonly credentials?: CertificateSpec | SymmetricKeySpec | ConnectionStringSpec | undefined;
  /** The hub that it connects to without DPS. */
  readonly hub?: string | undefined;
  /** File and line, as messages show them. */
  readonly place: string;
}

/** The devices that files name, by fleet entry; undefined = the entry has a pattern. */
export type BroughtDevices = readonly (readonly BroughtDevice[] | undefined)[];
