/** What to change for each way in which a TLS connection fails; keys are Node's error codes. */
const HINTS: Readonly<Record<string, string>> = {
  ENOTFOUND: "the name does not resolve: check its spelling, DNS, or give --connect-to",
  EAI_AGAIN: "DNS does not answer: check the network",
  ECONNREFUSED: "nothing listens there: check the port, or start the emulator",
  ECONNRESET: "the other side closed at once: is it really a TLS port?",
  ETIMEDOUT: "no answer: is the port closed by a firewall?",
  EHOSTUNREACH: "there is no route to that address",
  ENETUNREACH: "there is no route to that network",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for other names: check --connect-to",
  CERT_HAS_EXPIRED: "the server's certificate has expired, or this machine's clock is wrong",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet, or this machine's clock is wrong",
  EPROTO: "that port does not speak TLS as expected",
};

/** Codes that all mean: the server's chain ends at a CA that is not trusted here. */
const UNTRUSTED = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "CERT_SIGNATURE_FAILURE",
]);

/** What to change after a network or TLS failure, by Node's error code; `undefined` where we do not know. */
export function networkHint(code: string): string | undefined {
  if (UNTRUSTED.has(code)) {
    return "the server's certificate is signed by a CA that is not trusted here: give --ca FILE";
  }
  return HINTS[code];
}
