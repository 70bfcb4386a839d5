// Source of all topics: Microsoft Learn, "Communicate with an IoT hub using MQTT".

export const TWIN_RESPONSES = "$iothub/twin/res/#";
export const DESIRED_CHANGES = "$iothub/twin/PATCH/properties/desired/#";
export const METHOD_CALLS = "$iothub/methods/POST/#";

export type DeviceRequest =
  | { readonly kind: "telemetry"; readonly bag: string }
  | { readonly kind: "twinGet"; readonly requestId: string }
  | { readonly kind: "reported"; readonly requestId: string }
  | { readonly kind: "methodResult"; readonly requestId: string; readonly status: number };

/** What devices may publish, as the documents write it; `{…}` is to be filled in. */
export const REQUEST_TOPICS: Readonly<Record<DeviceRequest["kind"], string>> = {
  telemetry: "devices/{device-id}/messages/events/{property-bag}",
  twinGet: "$iothub/twin/GET/?$rid={request-id}",
  reported: "$iothub/twin/PATCH/properties/reported/?$rid={request-id}",
  methodResult: "$iothub/methods/res/{status}/?$rid={request-id}",
};

/** What devices may subscribe to. */
export const FILTERS: readonly string[] = [
  TWIN_RESPONSES,
  DESIRED_CHANGES,
  METHOD_CALLS,
  "devices/{device-id}/messages/devicebound/#",
];

const TWIN_GET = /^\$iothub\/twin\/GET\/\?\$rid=([^&]+)$/;
const REPORTED =
  /^\$iothub\/twin\/PATCH\/properties\/reported\/\?\$rid=([^&]+)(?:&\$version=\d+)?$/;
const METHOD_RESULT = /^\$iothub\/methods\/res\/(-?\d{1,9})\/\?\$rid=([^&]+)$/;

/** The topics of one device: what it may publish and subscribe to. */
export class DeviceTopics {
  /** Under which the device gets its cloud-to-device messages. */
  readonly commandFilter: string;
  readonly #telemetry: string;
  readonly #commands: string;

  constructor(deviceId: string) {
    this.#telemetry = `devices/${deviceId}/messages/events`;
    this.#commands = `devices/${deviceId}/messages/devicebound`;
    this.commandFilter = `${this.#commands}/#`;
  }

  /** @returns undefined for a topic that this device may not publish to; never throws */
  parse(topic: string): DeviceRequest | undefined {
    if (topic.startsWith(this.#telemetry)) {
      const rest = topic.slice(this.#telemetry.length);
      if (rest === "") return { kind: "telemetry", bag: "" };
      return rest.startsWith("/") ? { kind: "telemetry", bag: rest.slice(1) } : undefined;
    }
    const get = TWIN_GET.exec(topic)?.[1];
    if (get !== undefined) return { kind: "twinGet", requestId: get };
    const reported = REPORTED.exec(topic)?.[1];
    if (reported !== undefined) return { kind: "reported", requestId: reported };
    const [, status, requestId] = METHOD_RESULT.exec(topic) ?? [];
    if (status === undefined || requestId === undefined) return undefined;
    return { kind: "methodResult", requestId, status: Number(status) };
  }

  /** Only the documented filters; no other wildcard. */
  maySubscribe(filter: string): boolean {
    return (
      filter === TWIN_RESPONSES ||
      filter === DESIRED_CHANGES ||
      filter === METHOD_CALLS ||
      filter === this.commandFilter
    );
  }

  /** @param bag the message's properties */
  command(bag: string): string {
    return `${this.#commands}/${bag}`;
  }

  format(request: DeviceRequest): string {
    switch (request.kind) {
      case "telemetry":
        return `${this.#telemetry}/${request.bag}`;
      case "twinGet":
        return `$iothub/twin/GET/?$rid=${request.requestId}`;
      case "reported":
        return `$iothub/twin/PATCH/properties/reported/?$rid=${request.requestId}`;
      case "methodResult":
        return `$iothub/methods/res/${request.status}/?$rid=${request.requestId}`;
      default:
        return request satisfies never;
    }
  }
}

export function formatTwinResponse(
  status: number,
  requestId: string,
  version: number | undefined,
): string {
  const suffix = version === undefined ? "" : `&$version=${version}`;
  return `$iothub/twin/res/${status}/?$rid=${requestId}${suffix}`;
}

export function formatDesiredChange(version: number): string {
  return `$iothub/twin/PATCH/properties/desired/?$version=${version}`;
}

export function formatMethodCall(methodName: string, requestId: string): string {
  return `$iothub/methods/POST/${methodName}/?$rid=${requestId}`;
}
