import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";

import { z } from "zod";

import { errorCode } from "../base/error-code.ts";
import { FleetError, messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { SERVICE_TIMEOUT_MS, serviceAgent } from "./connection.ts";
import type { EmulatorInfo } from "./emulator-file.ts";
import { emulatorRoute } from "./emulator-file.ts";
import { networkHint } from "../base/network-hint.ts";

/** An emulator's management API; in Azure its paths are those of the resource manager. */
export interface Management {
  /** Name of the DPS instance. */
  readonly dpsName: string;
  /**
   * @param what the operation, for messages, such as `listing CA certificates of x`
   * @param path below the DPS instance, such as `/certificates`
   * @returns the parsed body of a success; undefined where it has none
   * @throws {ManagementRefusal} where the emulator refuses
   * @throws {FleetError} `UNREACHABLE`
   */
  call(what: string, method: string, path: string, options?: CallOptions): Promise<unknown>;
  /** Closes idle connections; safe to call twice. */
  close(): void;
}

interface CallOptions {
  readonly body?: unknown;
  readonly ifMatch?: string | undefined;
}

/** A refusal by the management API; `status` tells callers what they know how to answer. */
export class ManagementRefusal extends FleetError {
  readonly status: number;

  constructor(what: string, status: number, words: string) {
    super("REFUSED", `${what}: the emulator answered ${status}: ${words}`, {
      hint: STATUS_HINTS[status],
    });
    this.status = status;
  }
}

const STATUS_HINTS: Readonly<Record<number, string>> = {
  401: "is the emulator file from this emulator's last start?",
  412: "somebody else changed it meanwhile: run it again",
};

const errorBody = z.object({ error: z.object({ message: z.string() }) });
const API_VERSION = "2022-02-05";

/** @param access `caPem`: the CAs to trust, and no others; `log`: each call at debug */
export function openManagement(
  info: Pick<EmulatorInfo, "address" | "adminToken" | "adminUrl" | "dpsHost">,
  { caPem, log }: { readonly caPem: string; readonly log?: Logger | undefined },
): Management {
  const agent = serviceAgent(emulatorRoute(info, caPem));
  const dpsName = info.dpsHost.split(".")[0] ?? "";
  const resource = `/subscriptions/emulator/resourceGroups/emulator/providers/Microsoft.Devices/provisioningServices/${dpsName}`;
  return {
    dpsName,
    call: async (what, method, path, { body, ifMatch } = {}) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const asking = request(
        new URL(`${resource}${path}?api-version=${API_VERSION}`, info.adminUrl),
        {
          method,
          agent,
          timeout: SERVICE_TIMEOUT_MS,
          headers: {
            authorization: `Bearer ${info.adminToken}`,
            "content-length": text === undefined ? 0 : Buffer.byteLength(text),
            ...(text === undefined ? {} : { "content-type": "application/json" }),
            ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
          },
        },
      );
      asking.once("timeout", () => asking.destroy(new Error("no answer in time")));
      try {
        asking.end(text);
        const [answer]: IncomingMessage[] = await once(asking, "response");
        log?.debug({ component: "management", method, path, status: answer?.statusCode }, "called");
        return await bodyOf(what, answer);
      } catch (error) {
        throw error instanceof FleetError ? error : unreachable(what, info.adminUrl, error);
      }
    },
    close: () => agent.destroy(),
  };
}

async function bodyOf(what: string, answer: IncomingMessage | undefined): Promise<unknown> {
  const chunks: string[] = [];
  for await (const chunk of answer?.setEncoding("utf8") ?? []) chunks.push(String(chunk));
  const text = chunks.join("");
  const status = answer?.statusCode ?? 0;
  const body: unknown = text === "" ? undefined : JSON.parse(text);
  if (status >= 200 && status < 300) return body;
  const words = errorBody.safeParse(body).data?.error.message ?? "it says no more";
  throw new ManagementRefusal(what, status, words);
}

function unreachable(what: string, url: string, error: unknown): FleetError {
  const { origin } = new URL(url);
  return new FleetError("UNREACHABLE", `${what}: ${origin}: ${messageOf(error)}`, {
    cause: error,
    hint: networkHint(errorCode(error) ?? ""),
  });
}
