/** Where Prometheus finds the metrics of a run. */
export interface ScrapeAddress {
  /** A name or an address; an IPv6 address without brackets. */
  readonly host: string;
  /** 0 = a free one. */
  readonly port: number;
}

/** Nobody else reaches it there. */
const LOOPBACK = "127.0.0.1";
const ADDRESS = /^(?:(?:\[([\da-f:.]+)\]|([\w.-]+)):)?(\d{1,5})$/i;

/** Parses `PORT` (of the loopback address) or `HOST:PORT`, an IPv6 address in brackets; undefined for all else. */
export function parseScrapeAddress(text: string): ScrapeAddress | undefined {
  const [, ipv6, host, port] = ADDRESS.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) return undefined;
  return { host: ipv6 ?? host ?? LOOPBACK, port: Number(port) };
}
