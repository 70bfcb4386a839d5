import type { Agent } from "node:https";
import type { AuthenticationProvider } from "azure-iot-common";
import { Mqtt, MqttWs } from "azure-iot-device-mqtt";
import mqttBase from "azure-iot-mqtt-base";
import { Http as ProvisioningHttp } from "azure-iot-provisioning-device-http";
import {
  Mqtt as ProvisioningMqtt,
  MqttWs as ProvisioningMqttWs,
} from "azure-iot-provisioning-device-mqtt";
import { connect as mqttConnect } from "mqtt";

/** How a device comes to its hub, and to DPS. */
export const MQTT_TRANSPORTS = ["MQTT", "MQTT over WebSocket"] as const;
export const TRANSPORTS = [...MQTT_TRANSPORTS, "HTTPS"] as const;
export type MqttTransportKind = (typeof MQTT_TRANSPORTS)[number];
export type TransportKind = (typeof TRANSPORTS)[number];

export type DeviceTransport = ProvisioningMqtt | ProvisioningMqttWs | ProvisioningHttp;

/** What Microsoft's device client takes as its transport. */
export type HubTransport = new (auth: AuthenticationProvider) => Mqtt;

/** Where to dial instead of the name, and whom to trust. */
export interface Detour {
  readonly address: string;
  readonly mqttPort: number;
  /** For all that goes to the HTTPS port. */
  readonly agent: Agent;
  readonly ca: string;
}

/** Microsoft's provisioning transport, one for each registration. */
export function provisioningTransport(
  kind: TransportKind,
  detour: Detour | undefined,
): DeviceTransport {
  switch (kind) {
    case "MQTT":
      return new ProvisioningMqtt(mqttBaseOf(kind, detour));
    case "MQTT over WebSocket":
      return new ProvisioningMqttWs(mqttBaseOf(kind, detour));
    case "HTTPS": {
      const transport = new ProvisioningHttp();
      // The transport has no option for it; the field is what its constructor takes in Microsoft's own tests.
      const base: unknown = Reflect.get(transport, "_httpBase");
      if (detour !== undefined) setAgent(base, detour.agent);
      return transport;
    }
    default:
      return kind satisfies never;
  }
}

/** Microsoft's transport for device clients of hubs. */
export function hubTransport(kind: MqttTransportKind, detour: Detour | undefined): HubTransport {
  const Base = kind === "MQTT" ? Mqtt : MqttWs;
  return class extends Base {
    constructor(auth: AuthenticationProvider) {
      super(auth, mqttBaseOf(kind, detour));
    }
  };
}

function mqttBaseOf(
  kind: MqttTransportKind,
  detour: Detour | undefined,
): InstanceType<typeof mqttBase.MqttBase> {
  if (detour === undefined) return new mqttBase.MqttBase();
  if (kind === "MQTT") return new mqttBase.MqttBase(providerOf(detour));
  const base = new mqttBase.MqttBase();
  base.setOptions({ mqtt: { webSocketAgent: detour.agent } });
  return base;
}

function setAgent(base: unknown, agent: Agent): void {
  if (typeof base !== "object" || base === null || !("setOptions" in base))
    throw new TypeError("the SDK's HTTP base is elsewhere");
  const { setOptions } = base;
  if (typeof setOptions !== "function") throw new TypeError("the SDK's HTTP base is different");
  Reflect.apply(setOptions, base, [{ http: { agent } }]);
}

/** What `MqttBase` asks of an MQTT library: here its own, MQTT.js, with another address under the same name. */
function providerOf({ address, mqttPort, ca }: Detour): unknown {
  return {
    connect: (uri: string, options: Record<string, unknown>) => {
      const { hostname } = new URL(uri);
      const dial = { hostname: address, host: address, port: mqttPort, servername: hostname, ca };
      return mqttConnect(uri, { ...options, ...dial });
    },
  };
}
