import type {
  IotHubDescription,
  RouteProperties,
  RoutingMessage,
  RoutingProperties,
  TestRouteResult,
} from "@azure/arm-iothub";
import type { Management } from "./management.ts";
import { RESOURCE_GROUP } from "./management.ts";
import type { Target } from "./target.ts";

/** The routing of the target's first hub, by Microsoft's management client. */
export interface HubRouting {
  read(): Promise<IotHubDescription>;
  /** Replaces the routing, and nothing else. */
  replace(routing: RoutingProperties | undefined): Promise<IotHubDescription>;
  /** Tries a route out on a message. */
  test(route: RouteProperties, message: RoutingMessage): Promise<TestRouteResult>;
  /** The names of the hub's routes that would take the message. */
  testAll(message: RoutingMessage): Promise<readonly (string | undefined)[]>;
}

/** @throws {TypeError} where the target has no management */
export function hubRouting({ management, hub }: Target): HubRouting {
  if (management === undefined) throw new TypeError("no management");
  const [name = ""] = hub.split(".");
  return forHub(management, name);
}

function forHub({ hubs: { iotHubResource } }: Management, name: string): HubRouting {
  const read = (): Promise<IotHubDescription> => iotHubResource.get(RESOURCE_GROUP, name);
  return {
    read,
    replace: async (routing) => {
      // As Microsoft says: read it, change it, write all of it back.
      const { properties, ...hub } = await read();
      const { routing: _before, ...others } = properties ?? {};
      const changed = {
        ...hub,
        properties: routing === undefined ? others : { ...others, routing },
      };
      return iotHubResource.beginCreateOrUpdateAndWait(RESOURCE_GROUP, name, changed);
    },
    test: (route, message) => iotHubResource.testRoute(name, RESOURCE_GROUP, { route, message }),
    testAll: async (message) => {
      const input = { routingSource: "DeviceMessages", message };
      const { routes } = await iotHubResource.testAllRoutes(name, RESOURCE_GROUP, input);
      return (routes ?? []).map(({ properties }) => properties?.name);
    },
  };
}

/** An enabled route of device messages. */
export const route = (
  name: string,
  condition: string | undefined,
  endpointName: string,
  isEnabled = true,
): RouteProperties => ({
  name,
  source: "DeviceMessages",
  ...(condition === undefined ? {} : { condition }),
  endpointNames: [endpointName],
  isEnabled,
});

/** The fallback route as a new hub has it. */
export const FALLBACK = route("$fallback", "true", "events");

/** An event hub as a custom endpoint, as a template describes it. */
export const eventHub = (
  name: string,
): { readonly name: string; readonly connectionString: string } => ({
  name,
  connectionString: `Endpoint=sb://${name}.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=c2VjcmV0;EntityPath=${name}`,
});
