import type { ConnectHead } from "./connect-packet.ts";
import { isDpsUserName } from "./dps/user-name.ts";
import type { FaultsAt } from "./faults/faults-at.ts";
import { goneAnswer } from "./faults/gone.ts";
import { parseHubUserName } from "./hub/login/user-name.ts";
import type { HandOverOptions, MqttService } from "./hand-over.ts";
import type { Wires } from "./network/wires.ts";
import type { Services } from "./services.ts";

interface Found {
  readonly service: MqttService;
  readonly faults: FaultsAt;
}

/** Finds the service that a CONNECT is for, by its user name; one that has disappeared is not found. */
export function frontDoor(
  { hubs, dpsBroker, forDevices }: Services,
  wires: Wires,
): Pick<HandOverOptions, "arrive" | "route"> {
  const byName = new Map(
    hubs.map((hub): [string, Found] => [hub.hostName, { service: hub, faults: hub.faults }]),
  );
  const dps: Found = { service: dpsBroker, faults: forDevices.faults };
  const find = ({ userName = "" }: ConnectHead): Found | undefined =>
    isDpsUserName(userName) ? dps : byName.get(parseHubUserName(userName)?.hostName ?? "");
  return {
    arrive: (head, connection, enter) => {
      const found = find(head);
      if (found === undefined) return enter();
      const target = { service: found.faults.service, deviceId: head.clientId };
      wires.arrive(target, connection, enter);
    },
    route: (head) => {
      const found = find(head);
      if (found === undefined) return 5;
      const { service, faults } = found;
      if (faults.none) return service;
      const gone = goneAnswer(faults);
      if (gone !== undefined) return gone === "close" ? "close" : 5;
      return faults.strike("connackCode", head.clientId)?.order.parameters.code ?? service;
    },
  };
}
