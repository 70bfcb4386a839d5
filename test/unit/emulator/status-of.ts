import { ServiceFault } from "../../../src/emulator/fault.ts";

/** The status of the refusal that `act` throws; 200 where it throws none. Anything else it throws is passed on. */
export function statusOf(act: () => unknown): number {
  try {
    act();
    return 200;
  } catch (error) {
    if (error instanceof ServiceFault) return error.status;
    throw error;
  }
}
