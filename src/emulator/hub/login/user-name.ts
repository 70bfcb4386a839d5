import { withoutPort } from "../../host-name.ts";
import { percentDecoded } from "../../sas-token.ts";

/** Who connects to a hub. Source: Microsoft Learn, "Communicate with an IoT hub using MQTT", CONNECT. */
export interface HubUserName {
  /** In lower case, without the port that the client may have put there. */
  readonly hostName: string;
  /** As it stands, percent-encoded or not: SDKs differ (`isNameOf`). */
  readonly deviceId: string;
  readonly moduleId: string | undefined;
  readonly apiVersion: string | undefined;
  /** Decoded; undefined where it is missing or empty. */
  readonly modelId: string | undefined;
  /** Which SDK the device has, decoded; undefined where it is missing or empty. */
  readonly clientType: string | undefined;
}

/** The SDKs write `?api-version=…`, older ones `api-version=…`. */
const QUERY = /^(?:\?|[A-Za-z-]+=|$)/;

/**
 * Reads `{hub}/{device}[/{module}]/?api-version=…&DeviceClientType=…&model-id=…`, with or without the `?` and what
 * follows it; members in any order. Never throws.
 */
export function parseHubUserName(userName: string): HubUserName | undefined {
  const [, hostName, deviceId, rest = ""] = /^([^/]+)\/([^/]+)(?:\/(.*))?$/s.exec(userName) ?? [];
  if (hostName === undefined || deviceId === undefined) return undefined;
  const [, moduleId, more = ""] = QUERY.test(rest)
    ? [rest, undefined, rest]
    : (/^([^/]+)(?:\/(.*))?$/s.exec(rest) ?? []);
  if (!QUERY.test(more) || (moduleId === undefined && more !== rest)) return undefined;
  const query = new URLSearchParams(more.replace(/^\?/, ""));
  return {
    hostName: withoutPort(hostName.toLowerCase()),
    deviceId,
    moduleId,
    apiVersion: query.get("api-version") ?? undefined,
    modelId: query.get("model-id") || undefined,
    clientType: query.get("DeviceClientType") || undefined,
  };
}

/** Whether `text` of a user name is `id`, percent-encoded or not. */
export function isNameOf(text: string, id: string): boolean {
  return text === id || percentDecoded(text) === id;
}
