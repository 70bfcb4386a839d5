import { errorCode } from "./error-code.ts";
import { FleetError } from "./errors.ts";
import { portHolder } from "./port-holder.ts";
import { bracketed } from "./proxy.ts";

/** What keeps an address from being opened, as a FleetError with its mend; anything else is returned as it is. */
export async function addressError(error: unknown, host: string, port: number): Promise<unknown> {
  const place = `${bracketed(host)}:${port}`;
  switch (errorCode(error) ?? "") {
    case "EADDRINUSE": {
      const holder = await portHolder(port);
      const who = holder === undefined ? "another program" : `${holder.name} (PID ${holder.pid})`;
      return new FleetError("ADDRESS_IN_USE", `${place} is already in use by ${who}`, {
        hint: "stop that program, or choose another port (0 takes a free one)",
        cause: error,
      });
    }
    case "EACCES":
      return new FleetError("ADDRESS_IN_USE", `${place} may not be opened: permission denied`, {
        hint: "ports below 1024 need more rights: choose a higher port",
        cause: error,
      });
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new FleetError("ADDRESS_IN_USE", `${place} is no address of this machine`, {
        hint: "use 127.0.0.1, or an address that this machine has",
        cause: error,
      });
    default:
      return error;
  }
}
