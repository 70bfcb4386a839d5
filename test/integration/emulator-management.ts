import { once } from "node:events";
import { request } from "node:https";
import { DEFAULT_NAMES } from "../../src/emulator/emulator.ts";
import type { TestEmulator } from "./emulator-wire.ts";

/** The emulator's own DPS instance and first hub, by the names that their paths have. */
export const DPS_RESOURCE = resourcePath("provisioningServices", DEFAULT_NAMES.dpsHost);
export const HUB_RESOURCE = resourcePath("IotHubs", DEFAULT_NAMES.hubs[0]);

/** Where the management API has a DPS instance or a hub. */
export function resourcePath(type: "provisioningServices" | "IotHubs", host: string): string {
  return `/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Devices/${type}/${host.split(".")[0]}`;
}

export interface ManagementAnswer {
  readonly status: number | undefined;
  /** Parsed; undefined where there is none. */
  readonly body: unknown;
}

/** A call of the management API as administrators make it. `token`: null = none; default the emulator's. */
export async function manage(
  { emulator, pki }: TestEmulator,
  method: string,
  path: string,
  options: {
    readonly body?: unknown;
    readonly token?: string | null;
    readonly host?: string;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<ManagementAnswer> {
  const { token = emulator.adminToken, host = emulator.dpsHost } = options;
  const { body } = options;
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const asked = request({
    host: emulator.host,
    port: emulator.httpsPort,
    servername: host,
    ca: pki.root.certificatePem,
    method,
    path,
    agent: false,
    headers: {
      host,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(text === undefined
        ? {}
        : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
      ...options.headers,
    },
  });
  asked.end(text);
  const [answer] = await once(asked, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const sent = Buffer.concat(chunks).toString();
  return { status: answer.statusCode, body: sent === "" ? undefined : JSON.parse(sent) };
}
