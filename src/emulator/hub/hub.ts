import type { Json, JsonObject } from "../../base/json.ts";
import { azureDate } from "../azure-time.ts";
import type { Broker } from "../broker.ts";
import { startBroker } from "../broker.ts";
import type { HubLink, ProvisionedDevice, TwinSeed } from "../dps/hub-link.ts";
import type { IngestedMessage } from "../events/event-log.ts";
import { requireMatch } from "../etag.ts";
import { ServiceFault } from "../fault.ts";
import type { Surroundings } from "../surroundings.ts";
import { Connections } from "./connections.ts";
import type { DeviceRecord } from "./device-store.ts";
import { DeviceStore } from "./device-store.ts";
import { deviceDocument, twinDocument } from "./documents.ts";
import { HubRules } from "./hub-rules.ts";
import type { MethodResult } from "./methods.ts";
import { PendingMethods } from "./methods.ts";
import { DESIRED_CHANGES, METHOD_CALLS, formatDesiredChange, formatMethodCall } from "./topics.ts";
import { patchTwin, twinEtag } from "./twin.ts";

export interface HubOptions {
  readonly around: Surroundings;
  readonly hostName: string;
  /** Called for each telemetry message, before its PUBACK. */
  readonly ingest: (message: IngestedMessage) => void;
}

export interface MethodCall {
  readonly methodName: string;
  readonly payload: Json | undefined;
  readonly responseTimeoutS: number;
  readonly connectTimeoutS: number;
}

/** One IoT Hub: identities, twins, live connections and the rules that join them. */
export class IotHub implements HubLink {
  readonly hostName: string;
  readonly devices: DeviceStore;
  readonly connections: Connections;
  readonly methods = new PendingMethods();
  readonly ingest: (message: IngestedMessage) => void;
  readonly around: Surroundings;
  #broker: Broker | undefined;

  private constructor(options: HubOptions) {
    this.around = options.around;
    this.hostName = options.hostName;
    this.ingest = options.ingest;
    this.connections = new Connections(options.around);
    this.devices = new DeviceStore(options.around, (deviceId) => this.#closeLater(deviceId));
  }

  static async start(options: HubOptions): Promise<IotHub> {
    const hub = new IotHub(options);
    const log = options.around.log.child({ component: "hub", hub: options.hostName });
    hub.#broker = await startBroker(new HubRules(hub), log);
    return hub;
  }

  /** Takes over a socket whose CONNECT is for this hub. */
  accept(...args: Parameters<Broker["accept"]>): void {
    this.#broker?.accept(...args);
  }

  async stop(): Promise<void> {
    await this.#broker?.stop();
  }

  provision(device: ProvisionedDevice): void {
    this.devices.provision(device);
  }

  release(deviceId: string): TwinSeed | undefined {
    const twin = this.devices.find(deviceId)?.twin;
    if (twin === undefined) return undefined;
    this.deleteDevice(deviceId, undefined);
    return { tags: twin.tags, desired: twin.desired.value, reported: twin.reported.value };
  }

  /** @throws {ServiceFault} `deviceNotFound` */
  device(deviceId: string): JsonObject {
    return deviceDocument(this.devices.get(deviceId), this.connections.state(deviceId));
  }

  /** @throws {ServiceFault} `deviceNotFound` */
  twin(deviceId: string): JsonObject {
    return this.#document(this.devices.get(deviceId));
  }

  /** Identity, twin and stored session go together. @throws {ServiceFault} */
  deleteDevice(deviceId: string, ifMatch: string | undefined): void {
    this.devices.delete(deviceId, ifMatch);
    this.connections.forget(deviceId);
    this.#broker?.sessions.forget(deviceId);
  }

  /**
   * A service's twin patch; a connected device that listens is told at once, nothing is queued for others.
   *
   * @throws {ServiceFault} `deviceNotFound`, `preconditionFailed`, `badRequest`
   */
  updateTwin(
    deviceId: string,
    patch: { readonly tags?: JsonObject | undefined; readonly desired?: JsonObject | undefined },
    ifMatch: string | undefined,
  ): JsonObject {
    const before = this.devices.get(deviceId);
    requireMatch(ifMatch, twinEtag(before.twin));
    const now = azureDate(this.around.clock());
    const change = patchTwin(before.twin, patch, { now, limits: this.around.limits });
    const record = this.devices.setTwin(deviceId, change.twin);
    if (change.desiredPatch !== undefined) {
      const { version } = change.twin.desired;
      const connection = this.connections.find(deviceId);
      if (connection?.listensTo(DESIRED_CHANGES) === true)
        connection.send(
          formatDesiredChange(version),
          JSON.stringify({ ...change.desiredPatch, $version: version }),
        );
    }
    return this.#document(record);
  }

  /**
   * Calls a direct method and waits for the device's answer.
   *
   * @throws {ServiceFault} `deviceNotFound`, `deviceNotOnline`, `gatewayTimeout`, `badDeviceResponse`
   */
  async invokeMethod(
    deviceId: string,
    call: MethodCall,
    signal: AbortSignal,
  ): Promise<MethodResult> {
    this.devices.get(deviceId);
    const connection = await this.connections.listening(deviceId, METHOD_CALLS, {
      timeoutMs: call.connectTimeoutS * 1000,
      signal,
    });
    if (connection === undefined)
      throw new ServiceFault("deviceNotOnline", "Timed out waiting for device to connect.");
    const body = call.payload === undefined ? "null" : JSON.stringify(call.payload);
    return this.methods.call(
      deviceId,
      { timeoutMs: call.responseTimeoutS * 1000, signal },
      (requestId) => connection.send(formatMethodCall(call.methodName, requestId), body),
    );
  }

  #document(record: DeviceRecord): JsonObject {
    return twinDocument(record, this.connections.state(record.deviceId));
  }

  #closeLater(deviceId: string): void {
    const connection = this.connections.find(deviceId);
    if (connection === undefined) return;
    const delayMs = this.around.limits.identityCloseDelayMs;
    if (delayMs === 0) connection.close();
    else setTimeout(() => connection.close(), delayMs).unref();
  }
}
