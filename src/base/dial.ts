/** MQTT over TLS, at DPS and at hubs. Source: Microsoft Learn, "Communicate with an IoT hub using MQTT". */
export const MQTT_PORT = 8883;
/** HTTPS and WebSocket, at DPS and at hubs. */
export const HTTPS_PORT = 443;

/** Where a host name is really dialled. */
export interface DialRule {
  /** Host name that the rule is for; "" = every name. Compared without case. */
  readonly host: string;
  /** undefined = any port. */
  readonly port?: number | undefined;
  readonly address: string;
  readonly toPort: number;
}

/** The first rule that fits, as with curl's `--connect-to`. */
export function ruleFor(
  rules: readonly DialRule[],
  host: string,
  port: number,
): DialRule | undefined {
  return rules.find(
    (rule) =>
      (rule.host === "" || rule.host.toLowerCase() === host.toLowerCase()) &&
      (rule.port === undefined || rule.port === port),
  );
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
  const rule = ruleFor(rules, host, port);
  return rule === undefined
    ? { address: host, port }
    : { address: rule.address, port: rule.toPort };
}

/** Where a server is dialled from this machine that listens at an address: "every address" cannot be dialled everywhere. */
export function dialAddress(listening: string): string {
  if (listening === "0.0.0.0") return "127.0.0.1";
  return listening === "::" ? "::1" : listening;
}

/** An address of a network interface, as `node:os` tells it. */
export interface MachineAddress {
  readonly address: string;
  readonly family: "IPv4" | "IPv6";
  /** Whether only this machine has it, as the loopback one. */
  readonly internal: boolean;
}

/**
 * Where others dial a server that listens at an address: for "every address" the machine's first one that leads here from
 * outside, IPv4 before IPv6; on a machine without any, the loopback one.
 */
export function addressForOthers(listening: string, own: readonly MachineAddress[]): string {
  const isEvery = listening === "0.0.0.0" || listening === "::";
  const outer = own.filter(({ address, internal }) => !internal && !isLinkLocal(address));
  const families = listening === "::" ? ["IPv4", "IPv6"] : ["IPv4"];
  const [found] = families.flatMap((family) => outer.filter((one) => one.family === family));
  return isEvery && found !== undefined ? found.address : dialAddress(listening);
}

/** Dialling one takes the name of an interface too. Source: RFC 4291, 2.5.6; RFC 3927. */
const isLinkLocal = (address: string): boolean =>
  address.startsWith("169.254.") || /^fe[89ab]/i.test(address);
