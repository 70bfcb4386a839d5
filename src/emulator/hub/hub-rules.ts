import type { PublishPacket } from "aedes";
import type { JsonObject } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";
import { azureDate } from "../azure-time.ts";
import type { BrokerRules, ConnectRequest, Verdict } from "../broker.ts";
import { packetBytes } from "../broker.ts";
import type { ConnectionEnd } from "../connection-end.ts";
import { pubackVerdict } from "../faults/puback-faults.ts";
import { ServiceFault, faultBody } from "../fault.ts";
import { askedOverMqtt } from "../operations/operation.ts";
import { parseJson } from "../parse-json.ts";
import { settle } from "../settle.ts";
import { askForFault } from "./ask-for-fault.ts";
import { mayAskForFault } from "./fault-message.ts";
import { HubConnection } from "./hub-connection.ts";
import type { IotHub } from "./hub.ts";
import type { TelemetryMessage } from "./ingest-telemetry.ts";
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
  readonly throttledConnections: "connack" | "close";
  readonly #hub: IotHub;

  constructor(hub: IotHub) {
    this.#hub = hub;
    const { limits } = hub.around;
    this.keepaliveMaxS = limits.keepaliveMaxS;
    this.throttledConnections = limits.throttledConnections;
    this.packetMaxBytes = packetBytes(
      Math.max(limits.telemetryMaxBytes, limits.methodPayloadMaxBytes),
    );
  }

  connect(request: ConnectRequest): HubConnection | Promise<HubConnection> {
    const operation = askedOverMqtt(
      "connectDevice",
      request.clientId,
      0,
      request.socket.remoteAddress,
    );
    return this.#hub.gate.pass(operation, () => this.#open(request));
  }

  #open(request: ConnectRequest): HubConnection {
    const login = logIn(this.#hub, request);
    const { deviceId, modelId } = login;
    this.#hub.connections.replaced(deviceId);
    if (modelId !== undefined) this.#hub.devices.setModelId(deviceId, modelId);
    return new HubConnection(login, request, this.#hub);
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
    connection.lastActivityMs = this.#hub.around.stamp();
    this.#hub.commands.acknowledged(connection.deviceId, packetId);
  }

  unsubscribe(connection: HubConnection, filter: string): void {
    connection.unsubscribed(filter);
  }

  receive(
    connection: HubConnection,
    packet: PublishPacket,
    isWill: boolean,
  ): Verdict | Promise<Verdict> {
    const request = connection.topics.parse(packet.topic);
    const { limits, stamp } = this.#hub.around;
    connection.lastActivityMs = stamp();
    const bytes = Buffer.byteLength(packet.payload);
    this.#hub.traffic.bytes += bytes;
    if (request === undefined) return limits.foreignTopics === "refuse" ? "acknowledge" : "close";
    switch (request.kind) {
      case "telemetry":
        return this.#receiveTelemetry(connection, {
          bag: request.bag,
          // A copy: the payload is a window on the socket's buffer, which it would keep alive.
          body: Buffer.from(packet.payload),
          retained: packet.retain,
          isWill,
        });
      case "methodResult":
        return !isWill && bytes <= limits.methodPayloadMaxBytes ? "acknowledge" : "close";
      case "twinGet":
      case "reported":
        return !isWill && bytes <= limits.telemetryMaxBytes ? "acknowledge" : "close";
      default:
        return request satisfies never;
    }
  }

  answer(connection: HubConnection, packet: PublishPacket): void {
    const request = connection.topics.parse(packet.topic);
    if (request === undefined) return;
    if (request.kind === "telemetry") {
      if (mayAskForFault(request.bag)) askForFault(this.#hub, connection.deviceId, request.bag);
      return;
    }
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

  disconnected(connection: HubConnection, end: ConnectionEnd): void {
    if (this.#hub.connections.closed(connection, end))
      this.#hub.commands.handedBack(connection.deviceId);
  }

  #receiveTelemetry(
    connection: HubConnection,
    message: TelemetryMessage,
  ): Verdict | Promise<Verdict> {
    const { gate, faults } = this.#hub;
    const { deviceId } = connection;
    const operation = askedOverMqtt("sendTelemetry", deviceId, message.body.length);
    const taken = gate.pass(operation, (): Verdict => {
      ingestTelemetry(this.#hub, connection, message);
      return "acknowledge";
    });
    if (faults.none) return taken;
    return taken instanceof Promise
      ? taken.then(() => pubackVerdict(faults, deviceId))
      : pubackVerdict(faults, deviceId);
  }

  #answerTwin(
    connection: HubConnection,
    request: Extract<DeviceRequest, { kind: "twinGet" | "reported" }>,
    body: Buffer,
  ): void {
    const { requestId } = request;
    const { deviceId } = connection;
    const { gate, around, devices } = this.#hub;
    const send = (status: number, payload: string, version?: number): void => {
      // An answer without a subscriber is lost.
      if (connection.listensTo(TWIN_RESPONSES))
        connection.send(formatTwinResponse(status, requestId, version), payload);
    };
    const refused = (fault: ServiceFault): void => {
      const context = { trackingId: around.newId(), timestampUtc: azureDate(around.stamp()) };
      // Never an empty body: the Node SDK takes it for success, or throws.
      send(fault.status, faultBody(fault, context));
    };
    if (request.kind === "twinGet") {
      const read = (): string => JSON.stringify(deviceView(devices.get(deviceId).twin));
      const operation = askedOverMqtt("readOwnTwin", deviceId, body.length);
      const act = () => gate.pass(operation, read, (twin) => Buffer.byteLength(twin));
      settle(act, { done: (twin) => send(200, twin), refused });
    } else {
      const operation = askedOverMqtt("updateReported", deviceId, body.length);
      const write = (): number => reportProperties(this.#hub, deviceId, parsePatch(body));
      settle(() => gate.pass(operation, write), {
        done: (version) => send(204, "", version),
        refused,
      });
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
