import type { DialRule } from "../base/dial.ts";
import type { Problem } from "../base/errors.ts";

/** `HOST[:PORT]=ADDR:PORT`; ADDR may be an IPv6 address in brackets. */
const CONNECT_TO =
  /^(?<host>[^:=]*)(?::(?<port>\d+))?=(?<address>\[[^\]]+\]|[^:]+):(?<toPort>\d+)$/;

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;

/** Parses one `--connect-to`; never throws. */
export function parseConnectTo(text: string): DialRule | Problem {
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
export function formatConnectTo(rule: DialRule): string {
  const address = rule.address.includes(":") ? `[${rule.address}]` : rule.address;
  const port = rule.port === undefined ? "" : `:${rule.port}`;
  return `${rule.host}${port}=${address}:${rule.toPort}`;
}
