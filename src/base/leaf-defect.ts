/** What can be wrong with a leaf on request, each the only thing that is. */
export const LEAF_DEFECTS = [
  "expired",
  "not-yet-valid",
  "wrong-ca",
  "wrong-cn",
  "no-client-auth",
  "self-signed",
  "broken-chain",
  "ca-as-leaf",
  "weak-key",
] as const;
export type LeafDefect = (typeof LEAF_DEFECTS)[number];

/** What each of them is, for help. */
export const DEFECT_TEXTS: Readonly<Record<LeafDefect, string>> = {
  expired: "ran out yesterday",
  "not-yet-valid": "holds from tomorrow on",
  "wrong-ca": "signed by a stranger's CA of the right CA's name",
  "wrong-cn": "its common name is another device's",
  "no-client-auth": "for servers only (extendedKeyUsage = serverAuth)",
  "self-signed": "signed by itself",
  "broken-chain": "the intermediate that signed it is missing from the full chain",
  "ca-as-leaf": "is a CA itself (CA:TRUE)",
  "weak-key": "an RSA key of 1024 bits",
};
