import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { FleetError } from "../../src/base/errors.ts";
import { serviceAgent } from "../../src/service/connection.ts";
import type { EmulatorInfo } from "../../src/service/emulator-file.ts";
import { emulatorRoute } from "../../src/service/emulator-file.ts";

/** A fault as `docs/faults.md` has it. */
export interface EmulatorFault {
  readonly kind: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly scope: { readonly devices: readonly string[] } | { readonly share: number };
  readonly seed?: number;
  readonly durationMs: number;
}

/**
 * Puts a fault on a running emulator.
 *
 * @throws {FleetError} `REFUSED` with the emulator's words
 */
export type InjectFault = (fault: EmulatorFault) => Promise<void>;

export async function faultsOf(info: EmulatorInfo): Promise<InjectFault> {
  const route = emulatorRoute(info, await readFile(info.caFile, "utf8"));
  const headers = {
    authorization: `Bearer ${info.adminToken}`,
    "content-type": "application/json",
  };
  return async (fault) => {
    // No connection is left behind that would be counted.
    const agent = serviceAgent(route);
    try {
      const asking = request(`${info.adminUrl}/faults`, { method: "POST", agent, headers });
      asking.end(JSON.stringify(fault));
      const answer = await answerTo(asking);
      const words = (await answer.toArray()).join("");
      if ((answer.statusCode ?? 0) < 300) return;
      throw new FleetError("REFUSED", `fault ${fault.kind}: the emulator answered ${words}`);
    } finally {
      agent.destroy();
    }
  };
}

async function answerTo(asking: ReturnType<typeof request>): Promise<IncomingMessage> {
  const [answer]: IncomingMessage[] = await once(asking, "response");
  if (answer === undefined) throw new TypeError("a response without a message");
  return answer;
}
