/** MQTT over TLS, at DPS and at hubs. Source: Microsoft Learn, "Communicate with an IoT hub using MQTT". */
export const MQTT_PORT = 8883;

/** Where a host name is really dialled. */
export interface DialRule {
  /** Host name that the rule is for; "" = every name. Compared without case. */
  readonly host: string;
  /** undefined = any port. */
  readonly port?: number | undefined;
  readonly address: string;
  readonly toPort: number;
}

/**
 * Maps a host and port to the address to dial, as curl's `--connect-to` does: the first rule that fits wins, and the
 * name itself stays what SNI and the certificate check use.
 */
export function dialTarget(
  rules: readonly DialRule[],
  host: string,
  port: number,
): { readonly address: string; readonly port: number } {
  const rule = rules.find(
    (candidate) =>
      (candidate.host === "" || candidate.host.toLowerCase() === host.toLowerCase()) &&
      (candidate.port === undefined || candidate.port === port),
  );
  return rule === undefined
    ? { address: host, port }
    : { address: rule.address, port: rule.toPort };
}

/** Where a server is dialled that listens at an address: "every address" cannot be dialled everywhere. */
export function dialAddress(listening: string): string {
  if (listening === "0.0.0.0") return "127.0.0.1";
  return listening === "::" ? "::1" : listening;
}
