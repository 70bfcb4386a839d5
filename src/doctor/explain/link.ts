/** Why a device is refused; stable words, for `--json` and for counting. */
export const CAUSES = [
  "no certificate",
  "no key",
  "key mismatch",
  "bad id",
  "wrong common name",
  "expired",
  "not yet valid",
  "no client authentication",
  "CA as leaf",
  "weak key",
  "self-signed",
  "signed by another key",
  "not signed by a CA",
  "missing intermediate",
  "other CA",
  "CA not verified",
  "no enrollment",
  "enrollment disabled",
  "individual enrollment in the way",
  "symmetric key wanted",
  "unknown at the hub",
  "disabled at the hub",
  "wrong thumbprint at the hub",
  "other authentication at the hub",
  "unreadable",
] as const;
export type Cause = (typeof CAUSES)[number];

/** Why a link fails. */
export interface Fault {
  readonly cause: Cause;
  /** What was expected and what was found. */
  readonly message: string;
  readonly mend: string;
}

/** One link of the way from a device's leaf to its place at a hub. */
export interface Link {
  /** Such as `leaf`, `CA 2`, `group caves`, `hub`. */
  readonly title: string;
  /** What it is, in a line. */
  readonly text: string;
  /** `open`: not looked at, or not known. */
  readonly state: "ok" | "fail" | "open";
  /** Of a link that fails. */
  readonly fault?: Fault | undefined;
}

export const good = (title: string, text: string): Link => ({ title, text, state: "ok" });
export const open = (title: string, text: string): Link => ({ title, text, state: "open" });
export const failing = (title: string, text: string, fault: Fault): Link => ({
  title,
  text,
  state: "fail",
  fault,
});
