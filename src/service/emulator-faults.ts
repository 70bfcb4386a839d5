import { z } from "zod";

import type { JsonObject } from "../base/json.ts";
import { serviceAgent } from "./connection.ts";
import type { EmulatorEvents, EmulatorRequest } from "./emulator-stream.ts";
import { EmulatorRefusal, readEmulatorAnswer } from "./emulator-stream.ts";

const fault = z.object({ id: z.string().min(1) });
const faultList = z.object({ faults: z.array(fault) });

/** The faults of an emulator. Every call may be `REFUSED` or `UNREACHABLE`. */
export interface EmulatorFaults {
  /** Puts one on, as `docs/faults.md` describes it. @returns its number */
  put(request: JsonObject): Promise<string>;
  /** Whether it is on, or waits for its begin. */
  isOn(id: string): Promise<boolean>;
  /** Ends it, where it has not ended already. */
  remove(id: string): Promise<void>;
}

/**
 * Asks an emulator's admin API. A call is not stopped in the middle: whether a fault was put on must be known to whoever
 * is to take it away.
 */
export function emulatorFaults(
  emulator: Pick<EmulatorEvents, "adminUrl" | "adminToken" | "route">,
): EmulatorFaults {
  const ask = async <Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    options: Omit<EmulatorRequest, "agent">,
  ): Promise<z.output<Schema>> => {
    const agent = serviceAgent(emulator.route);
    try {
      const url = new URL(`${emulator.adminUrl}/faults${path}`);
      return await readEmulatorAnswer(schema, emulator, url, { agent, ...options });
    } finally {
      agent.destroy();
    }
  };
  return {
    put: async (body) => {
      const what = "putting a fault on";
      return (await ask(fault, "", { method: "POST", body, what })).id;
    },
    isOn: async (id) => {
      const { faults } = await ask(faultList, "", { what: "listing faults" });
      return faults.some((one) => one.id === id);
    },
    remove: async (id) => {
      try {
        const what = `ending fault ${id}`;
        await ask(fault, `/${encodeURIComponent(id)}`, { method: "DELETE", what });
      } catch (error) {
        if (!(error instanceof EmulatorRefusal) || error.status !== 404) throw error;
      }
    },
  };
}
