import type { PublishPacket } from "aedes";
import type { JsonObject } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";
import { azureDate } from "../azure-time.ts";
import type { BrokerRules, ConnectRequest, RefusalCode } from "../broker.ts";
import { packetBytes } from "../broker.ts";
import { ServiceFault, faultBody } from "../fault.ts";
import { normalizeThumbprint, peerLeaf } from "../peer-certificate.ts";
import { HubConnection } from "./hub-connection.ts";
import type { IotHub } from "./hub.ts";
import { messageBytes, parsePropertyBag } from "./property-bag.ts";
import type { DeviceRequest } from "./topics.ts";
import { TWIN_RESPONSES, formatTwinResponse } from "./topics.ts";
import { deviceView, patchReported } from "./twin.ts";
import { parseHubUserName } from "./user-name.ts";

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

  /**
   * By the leaf's thumbprint, as DPS wrote it; unknown, disabled and foreign devices get 5.
   * Source: Microsoft Learn, "Understand and resolve Azure IoT Hub errors", 401003.
   */
  connect(request: ConnectRequest): HubConnection | RefusalCode {
    const name = parseHubUserName(request.userName);
    if (name === undefined || name.hostName !== this.#hub.hostName) return 5;
    // Modules and SAS tokens are not known here.
    if (name.moduleId !== undefined || request.password !== undefined) return 5;
    if (request.clientId !== name.deviceId) return 5;
    const record = this.#hub.devices.find(name.deviceId);
    const leaf = peerLeaf(request.socket);
    if (record === undefined || !record.enabled || leaf === undefined) return 5;
    // SAS identities are not known here.
    if (record.credential.type !== "selfSigned") return 5;
    const { primaryThumbprint, secondaryThumbprint } = record.credential;
    const known = [primaryThumbprint, secondaryThumbprint].map(normalizeThumbprint);
    if (!known.includes(leaf.sha1) && !known.includes(leaf.sha256)) return 5;
    const nowMs = this.#hub.around.clock();
    if (nowMs < leaf.notBeforeMs || nowMs > leaf.notAfterMs) return 5;
    if (name.modelId !== undefined) this.#hub.devices.setModelId(name.deviceId, name.modelId);
    return new HubConnection(name.deviceId, request.client, nowMs);
  }

  subscribe(connection: HubConnection, filter: string): boolean {
    if (!connection.topics.maySubscribe(filter)) return false;
    connection.subscribed(filter);
    this.#hub.connections.announce(connection.deviceId);
    return true;
  }

  unsubscribe(connection: HubConnection, filter: string): void {
    connection.unsubscribed(filter);
  }

  receive(connection: HubConnection, packet: PublishPacket, isWill: boolean): boolean {
    const request = connection.topics.parse(packet.topic);
    connection.lastActivityMs = this.#hub.around.clock();
    if (request === undefined) return false;
    const bytes = Buffer.byteLength(packet.payload);
    switch (request.kind) {
      case "telemetry":
        return this.#ingest(connection, request.bag, packet, isWill);
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
  }

  disconnected(connection: HubConnection): void {
    this.#hub.connections.closed(connection);
  }

  #ingest(connection: HubConnection, bag: string, packet: PublishPacket, isWill: boolean): boolean {
    const { limits } = this.#hub.around;
    // A copy: the payload is a window on the socket's buffer, which it would keep alive.
    const body = Buffer.from(packet.payload);
    // Decoding never lengthens, so only what is near the limit is counted exactly.
    const near = body.length + Buffer.byteLength(bag) > limits.telemetryMaxBytes;
    if (near && messageBytes(body.length, parsePropertyBag(bag)) > limits.telemetryMaxBytes)
      return false;
    const record = this.#hub.devices.find(connection.deviceId);
    if (record === undefined) return false;
    this.#hub.ingest({
      hub: this.#hub.hostName,
      deviceId: connection.deviceId,
      generationId: record.generationId,
      modelId: record.modelId,
      enqueuedMs: connection.lastActivityMs,
      bag,
      added: addedProperties(packet.retain, isWill),
      body,
    });
    return true;
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
      const { twin } = devices.get(connection.deviceId);
      if (request.kind === "twinGet") return send(200, JSON.stringify(deviceView(twin)));
      const context = { now: azureDate(around.clock()), limits: around.limits };
      const patched = patchReported(twin, parsePatch(body), context);
      devices.setTwin(connection.deviceId, patched);
      return send(204, "", patched.reported.version);
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error;
      const context = { trackingId: around.newId(), timestampUtc: azureDate(around.clock()) };
      // Never an empty body: the Node SDK takes it for success, or throws.
      return send(error.status, faultBody(error, context));
    }
  }
}

/** Names: Microsoft Learn, "Communicate with an IoT hub using MQTT", sections on RETAIN and on the will. */
function addedProperties(
  retained: boolean,
  isWill: boolean,
): Readonly<Record<string, string>> | undefined {
  if (!retained && !isWill) return undefined;
  return {
    ...(retained ? { "mqtt-retain": "true" } : {}),
    ...(isWill ? { "iothub-MessageType": "Will" } : {}),
  };
}

function parsePatch(body: Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    value = undefined;
  }
  if (!isJsonObject(value)) throw new ServiceFault("badRequest", "The patch is no JSON object.");
  return value;
}
