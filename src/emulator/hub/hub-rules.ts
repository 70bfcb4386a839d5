import type { PublishPacket } from "aedes";
import type { JsonObject } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";
import { azureDate } from "../azure-time.ts";
import type { BrokerRules, ConnectRequest } from "../broker.ts";
import { packetBytes } from "../broker.ts";
import { ServiceFault, faultBody } from "../fault.ts";
import { parseJson } from "../parse-json.ts";
import { HubConnection } from "./hub-connection.ts";
import type { IotHub } from "./hub.ts";
import { ingestTelemetry } from "./ingest-telemetry.ts";
import { logIn } from "./login/login.ts";
import { reportProperties } from "./twins/report-properties.ts";
import type { DeviceRequest } from "./topics.ts";
import { TWIN_RESPONSES, formatTwinResponse } from "./topics.ts";
import { deviceView } from "./twins/twin.ts";

/** The device API of a hub over MQTT. */
export class HubRules implements BrokerRules<HubConnection> {
  readonly alwaysClean = false;
  readonly keepaliveMaxS: number;
  readonly packetMaxBytes: number;
  readonly #hub: IotHub;

  constructor(hub: IotHub) {
    this.#hub = hub;
    const { limits } = hub.around;
    this.keepaliveMaxS = limits.keepaliveMaxS;
    this.packetMaxBytes = packetBytes(
      Math.max(limits.telemetryMaxBytes, limits.methodPayloadMaxBytes),
    );
  }

  connect(request: ConnectRequest): HubConnection {
    const login = logIn(this.#hub, request);
    const { deviceId, modelId } = login;
    this.#hub.connections.replaced(deviceId);
    if (modelId !== undefined) this.#hub.devices.setModelId(deviceId, modelId);
    return new HubConnection(login, request.client, this.#hub.around.clock());
  }

  subscribe(connection: HubConnection, filter: string, qos: 0 | 1): "grant" | "refuse" | "close" {
    if (!connection.topics.maySubscribe(filter)) return this.#hub.around.limits.foreignTopics;
    connection.subscribed(filter, qos);
    return "grant";
  }

  listening(connection: HubConnection): void {
    this.#hub.connections.announce(connection.deviceId);
    this.#hub.commands.deliver(connection.deviceId);
  }

  acknowledged(connection: HubConnection, packetId: number): void {
    connection.lastActivityMs = this.#hub.around.clock();
    this.#hub.commands.acknowledged(connection.deviceId, packetId);
  }

  unsubscribe(connection: HubConnection, filter: string): void {
    connection.unsubscribed(filter);
  }

  receive(connection: HubConnection, packet: PublishPacket, isWill: boolean): boolean {
    const request = connection.topics.parse(packet.topic);
    connection.lastActivityMs = this.#hub.around.clock();
    if (request === undefined) return this.#hub.around.limits.foreignTopics === "refuse";
    const bytes = Buffer.byteLength(packet.payload);
    switch (request.kind) {
      case "telemetry":
        return ingestTelemetry(this.#hub, connection, {
          bag: request.bag,
          // A copy: the payload is a window on the socket's buffer, which it would keep alive.
          body: Buffer.from(packet.payload),
          retained: packet.retain,
          isWill,
        });
      case "methodResult":
        return !isWill && bytes <= this.#hub.around.limits.methodPayloadMaxBytes;
      case "twinGet":
      case "reported":
        return !isWill && bytes <= this.#hub.around.limits.telemetryMaxBytes;
      default:
        return request satisfies never;
    }
  }

  answer(connection: HubConnection, packet: PublishPacket): void {
    const request = connection.topics.parse(packet.topic);
    if (request === undefined || request.kind === "telemetry") return;
    const body = Buffer.from(packet.payload);
    if (request.kind === "methodResult")
      this.#hub.methods.settle(connection.deviceId, request.requestId, request.status, body);
    else this.#answerTwin(connection, request, body);
  }

  connected(connection: HubConnection): void {
    this.#hub.connections.opened(connection);
    // An older connection that this one replaces may close later, and will acknowledge nothing any more.
    this.#hub.commands.handedBack(connection.deviceId);
  }

  disconnected(connection: HubConnection): void {
    if (this.#hub.connections.closed(connection))
      this.#hub.commands.handedBack(connection.deviceId);
  }

  #answerTwin(
    connection: HubConnection,
    request: Extract<DeviceRequest, { kind: "twinGet" | "reported" }>,
    body: Buffer,
  ): void {
    const { requestId } = request;
    const send = (status: number, payload: string, version?: number): void => {
      // An answer without a subscriber is lost.
      if (connection.listensTo(TWIN_RESPONSES))
        connection.send(formatTwinResponse(status, requestId, version), payload);
    };
    const { around, devices } = this.#hub;
    try {
      const { deviceId } = connection;
      if (request.kind === "twinGet")
        return send(200, JSON.stringify(deviceView(devices.get(deviceId).twin)));
      return send(204, "", reportProperties(this.#hub, deviceId, parsePatch(body)));
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error;
      const context = { trackingId: around.newId(), timestampUtc: azureDate(around.clock()) };
      // Never an empty body: the Node SDK takes it for success, or throws.
      return send(error.status, faultBody(error, context));
    }
  }
}

function parsePatch(body: Buffer): JsonObject {
  let value: unknown;
  try {
    value = parseJson(body.toString("utf8"));
  } catch {
    value = undefined;
  }
  if (!isJsonObject(value)) throw new ServiceFault("badRequest", "The patch is no JSON object.");
  return value;
}
