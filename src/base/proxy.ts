import { isIP } from "node:net";
import type { SecureContext } from "node:tls";
import { createSecureContext } from "node:tls";
import { FleetError } from "./errors.ts";

/** A proxy that tunnels by CONNECT. It carries a secret. */
export interface Proxy {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** The value of `Proxy-Authorization`; never goes into a message. */
  readonly authorization?: string | undefined;
  /** Of a proxy that is spoken to over TLS: what its certificate is checked against. */
  readonly secureContext?: SecureContext | undefined;
}

/**
 * Which proxy leads to a host; undefined = none.
 *
 * @throws {FleetError} `USAGE` where the environment names one that cannot be used
 */
export type ProxyChooser = (host: string, port: number) => Proxy | undefined;

type Environment = Readonly<Record<string, string | undefined>>;

/** As programs look them up: the first that is set and not empty; the lower-case name wins. */
const PROXY_VARIABLES = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };
const EXPECTED = "expected http://HOST:PORT or https://HOST:PORT";

/**
 * Chooses as the environment says: `HTTPS_PROXY`, else `ALL_PROXY`, for all that `NO_PROXY` does not exempt; names in
 * lower case count too. `localhost` and loopback addresses are always exempt: they mean this machine.
 *
 * The environment is judged when a proxy is first needed: what nobody uses harms nobody.
 *
 * @param caPem the CAs to trust in place of Node's own, for proxies over TLS
 */
export function proxiesOf(env: Environment, caPem?: string): ProxyChooser {
  const exempt = exemptionOf(env["no_proxy"] || env["NO_PROXY"] || "");
  const variable = PROXY_VARIABLES.find((name) => env[name]);
  let proxy: Proxy | undefined;
  return (host, port) => {
    if (variable === undefined || isLoopback(host) || exempt(host, port)) return undefined;
    proxy ??= parseProxy(env[variable] ?? "", variable, caPem);
    return proxy;
  };
}

/** A proxy as messages name it: without name and password. */
export function proxyName({ host, port }: Pick<Proxy, "host" | "port">): string {
  return `${bracketed(host)}:${port}`;
}

/** A host as it stands before a port: an IPv6 address in brackets. */
export const bracketed = (host: string): string => (host.includes(":") ? `[${host}]` : host);

/** @throws {FleetError} `USAGE`; no message shows the text, which may hold a password */
function parseProxy(text: string, variable: string, caPem: string | undefined): Proxy {
  // Without a scheme it is a plain proxy, as for curl.
  const url = urlOf(text.includes("://") ? text : `http://${text}`);
  const defaultPort = DEFAULT_PORTS[url?.protocol ?? ""];
  const authorization = url === undefined ? undefined : basicOf(url);
  if (url === undefined || defaultPort === undefined || authorization === undefined) {
    const scheme = /^([a-z0-9+.-]{1,20}):\/\//i.exec(text)?.[1]?.toLowerCase();
    const isOther = scheme !== undefined && !(`${scheme}:` in DEFAULT_PORTS);
    const got = isOther ? `a proxy of kind ${scheme}` : "something else";
    throw new FleetError("USAGE", "the environment is wrong", {
      problems: [{ place: variable, message: `${EXPECTED}, got ${got}` }],
      hint: "characters of name and password other than letters and digits are percent-encoded; NO_PROXY=* takes no proxy at all",
    });
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? defaultPort : Number(url.port),
    ...(authorization === "" ? {} : { authorization }),
    ...(url.protocol === "https:"
      ? { secureContext: createSecureContext(caPem === undefined ? {} : { ca: caPem }) }
      : {}),
  };
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** Source: RFC 7617, 2. @returns "" without name and password; undefined where they are not percent-encoded well */
function basicOf({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return "";
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(pair).toString("base64")}`;
  } catch {
    return undefined;
  }
}

function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (name === "localhost" || name.endsWith(".localhost") || name === "::1") return true;
  return isIP(name) === 4 && name.startsWith("127.");
}

/**
 * What `NO_PROXY` exempts: names, or their ends with a leading dot or star, each with or without a port, between commas
 * or spaces; `*` alone is everything. The rules are those of the package proxy-from-env, which many programs use.
 */
function exemptionOf(text: string): (host: string, port: number) => boolean {
  const list = text.toLowerCase();
  if (list === "*") return () => true;
  const entries = list.split(/[,\s]/).filter((entry) => entry !== "");
  return (host, port) => {
    const name = bracketed(host.toLowerCase());
    return entries.some((entry) => {
      const [, beforePort, itsPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
      const pattern = beforePort ?? entry;
      if (itsPort !== undefined && Number(itsPort) !== 0 && Number(itsPort) !== port) return false;
      if (!/^[.*]/.test(pattern)) return name === pattern;
      return name.endsWith(pattern.replace(/^\*/, ""));
    });
  };
}
