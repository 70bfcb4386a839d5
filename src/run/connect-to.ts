import type { Problem } from "../base/errors.ts";
import type { ConnectTo } from "../worker/protocol.ts";

/** `HOST[:PORT]=ADDR:PORT`; ADDR may be an IPv6 address in brackets. */
const CONNECT_TO =
  /^(?<host>[^:=]*)(?::(?<port>\d+))?=(?<address>\[[^\]]+\]|[^:]+):(?<toPort>\d+)$/;

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;

/** Parses one `--connect-to`; never throws. */
export function parseConnectTo(text: string): ConnectTo | Problem {
  const found = CONNECT_TO.exec(text)?.groups;
  const problem: Problem = {
    place: "--connect-to",
    message: `expected HOST[:PORT]=ADDR:PORT, got "${text}"`,
    hint: "such as global.azure-devices-provisioning.net:8883=127.0.0.1:18883",
  };
  if (found === undefined) return problem;
  const { host = "", port, address = "", toPort } = found;
  const from = port === undefined ? undefined : Number(port);
  if (!isPort(Number(toPort)) || (from !== undefined && !isPort(from))) return problem;
  const bare = address.startsWith("[") ? address.slice(1, -1) : address;
  return {
    host,
    ...(from === undefined ? {} : { port: from }),
    address: bare,
    toPort: Number(toPort),
  };
}

/** The text that `parseConnectTo` reads back. */
export function formatConnectTo(rule: ConnectTo): string {
  const address = rule.address.includes(":") ? `[${rule.address}]` : rule.address;
  const port = rule.port === undefined ? "" : `:${rule.port}`;
  return `${rule.host}${port}=${address}:${rule.toPort}`;
}

/** The first rule that fits wins, as curl does it; without one the name itself is dialled. */
export function dialTarget(
  rules: readonly ConnectTo[],
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
