import { isDpsUserName } from "./dps/user-name.ts";
import { goneAnswer } from "./faults/gone.ts";
import { parseHubUserName } from "./hub/login/user-name.ts";
import type { HandOverOptions } from "./listener.ts";
import type { Services } from "./services.ts";

/** Finds the service that a CONNECT is for, by its user name; one that has disappeared is not found. */
export function frontDoor({ hubs, dpsBroker, forDevices }: Services): HandOverOptions["route"] {
  const byName = new Map(hubs.map((hub) => [hub.hostName, hub]));
  const dps = { service: dpsBroker, faults: forDevices.faults };
  return ({ userName = "", clientId }) => {
    const hub = byName.get(parseHubUserName(userName)?.hostName ?? "");
    const found = isDpsUserName(userName) ? dps : hub && { service: hub, faults: hub.faults };
    if (found === undefined) return 5;
    const { service, faults } = found;
    if (faults.none) return service;
    const gone = goneAnswer(faults);
    if (gone !== undefined) return gone === "close" ? "close" : 5;
    return faults.strike("connackCode", clientId)?.order.parameters.code ?? service;
  };
}
