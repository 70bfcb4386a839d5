/** Who connects to a hub. Source: Microsoft Learn, "Communicate with an IoT hub using MQTT", CONNECT. */
export interface HubUserName {
  readonly hostName: string;
  readonly deviceId: string;
  readonly moduleId: string | undefined;
  readonly apiVersion: string | undefined;
  readonly modelId: string | undefined;
}

/**
 * Reads `{hub}/{device}[/{module}]/?api-version=…&DeviceClientType=…&model-id=…`, with or without the `?`;
 * never throws.
 */
export function parseHubUserName(userName: string): HubUserName | undefined {
  const parts = userName.split("/");
  const last = parts[parts.length - 1] ?? "";
  const hasQuery = parts.length > 2 && (last === "" || last.startsWith("?") || last.includes("="));
  const query = new URLSearchParams(hasQuery ? last.replace(/^\?/, "") : "");
  const names = (hasQuery ? parts.slice(0, -1) : parts).map(decode);
  const [hostName, deviceId, moduleId, ...more] = names;
  if (!hostName || !deviceId || more.length > 0) return undefined;
  return {
    hostName: hostName.toLowerCase(),
    deviceId,
    moduleId,
    apiVersion: query.get("api-version") ?? undefined,
    modelId: query.get("model-id") ?? undefined,
  };
}

export function formatHubUserName(name: HubUserName): string {
  const query = new URLSearchParams();
  if (name.apiVersion !== undefined) query.set("api-version", name.apiVersion);
  if (name.modelId !== undefined) query.set("model-id", name.modelId);
  const ids = [name.deviceId, ...(name.moduleId === undefined ? [] : [name.moduleId])];
  return `${name.hostName}/${ids.map(encodeURIComponent).join("/")}/?${query.toString()}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
