import type { Logger } from "../../base/log.ts";
import type { AccessPolicy } from "../access-policy.ts";
import type { Broker } from "../broker.ts";
import { startBroker } from "../broker.ts";
import type { ClientBounds } from "../client-bounds.ts";
import { CaStore } from "../certificates/ca-store.ts";
import type { DeviceState, HubLink, ProvisionedDevice } from "../dps/hub-link.ts";
import { EventEndpoint } from "../events/event-endpoint.ts";
import type { EventLog, IngestedMessage } from "../events/event-log.ts";
import type { Partition } from "../events/partition.ts";
import type { FaultsAt } from "../faults/faults-at.ts";
import type { OperationGate } from "../operations/operation-gate.ts";
import type { PeerChains } from "../peer-certificate.ts";
import { Sessions } from "../sessions.ts";
import type { Surroundings } from "../surroundings.ts";
import type { HubThrottling } from "../throttling/hub-throttling.ts";
import { Commands } from "./commands/commands.ts";
import { Connections } from "./connections.ts";
import type { TellHubEvent } from "./hub-event.ts";
import { deleteDevice } from "./registry/delete-device.ts";
import { DeviceStore } from "./registry/device-store.ts";
import { HubRules } from "./hub-rules.ts";
import { Jobs } from "./jobs/jobs.ts";
import { PendingMethods } from "./methods.ts";
import { MessageRouter } from "./routing/message-router.ts";
import { routingCodec } from "./routing/routing-codec.ts";
import { routedTelemetry } from "./routing/routed-telemetry.ts";
import type { Traffic } from "./traffic.ts";

export interface HubOptions {
  readonly around: Surroundings;
  readonly hostName: string;
  /** See `HubLink`. */
  readonly advertisedName?: string | undefined;
  readonly policies: readonly AccessPolicy[];
  readonly chains: PeerChains;
  readonly bounds: ClientBounds;
  /** What every operation on the hub passes. */
  readonly gate: OperationGate;
  readonly faults: FaultsAt;
  readonly throttling: HubThrottling;
  readonly tell: TellHubEvent;
  /** Where the messages of all hubs are kept. */
  readonly events: EventLog;
}

/** What the state of a hub is kept under. */
export const hubPlace = (hostName: string): string => `hubs/${hostName}`;

/**
 * The state of one IoT Hub: identities, twins, live connections. What may be done with it is a function for each
 * operation, in a file of its name; the borders (MQTT: `HubRules`, HTTPS: `service-api`) read and write the bytes.
 */
export class IotHub implements HubLink {
  readonly hostName: string;
  /** What its state is kept under. */
  readonly place: string;
  readonly advertisedName: string | undefined;
  readonly around: Surroundings;
  readonly policies: readonly AccessPolicy[];
  readonly log: Logger;
  /** What every operation that a client asks for passes. */
  readonly gate: OperationGate;
  /** What was made to fail here. */
  readonly faults: FaultsAt;
  /** How much the hub lets through, and may hold. */
  readonly throttling: HubThrottling;
  /** Told of what happens beside operations. */
  readonly tell: TellHubEvent;
  readonly traffic: Traffic = { bytes: 0 };
  /** What clients showed of their certificates' issuers. */
  readonly chains: PeerChains;
  /** The CA certificates whose leaves are the devices' own, once they are verified. */
  readonly cas: CaStore;
  readonly devices: DeviceStore;
  readonly connections: Connections;
  readonly commands: Commands;
  readonly methods = new PendingMethods();
  readonly jobs: Jobs;
  readonly routing: MessageRouter;
  readonly #ingested: EventLog;
  readonly #sessions: Sessions;
  #broker: Broker | undefined;

  private constructor(options: HubOptions) {
    this.around = options.around;
    this.hostName = options.hostName;
    const place = (this.place = hubPlace(options.hostName));
    this.advertisedName = options.advertisedName;
    this.policies = options.policies;
    this.gate = options.gate;
    this.faults = options.faults;
    this.throttling = options.throttling;
    this.tell = options.tell;
    this.chains = options.chains;
    const { limits, newId, state } = options.around;
    this.cas = new CaStore({ around: options.around, table: `${place}/certificates` });
    this.#ingested = options.events;
    this.routing = new MessageRouter({
      place,
      partitions: limits.eventPartitions,
      table: state.table(`${place}/routing`, routingCodec),
      newEndpoint: (settings, deliveries) =>
        new EventEndpoint(settings, options.around, deliveries),
      newId,
      show: (message) => routedTelemetry(this, message),
    });
    this.log = options.around.log.child({ component: "hub", hub: options.hostName });
    this.connections = new Connections(options.around, this.tell, place);
    const { connections, tell } = this;
    this.commands = new Commands(options.around, { connections, tell, place });
    this.devices = new DeviceStore(options.around, (id) => this.connections.closeLater(id), place);
    this.#sessions = new Sessions(state, place);
    this.jobs = new Jobs(this);
  }

  static async start(options: HubOptions): Promise<IotHub> {
    const hub = new IotHub(options);
    hub.#broker = await startBroker(new HubRules(hub), {
      log: hub.log,
      state: hub.around.state,
      sessions: hub.#sessions,
      bounds: options.bounds,
    });
    return hub;
  }

  /** Goes on with what was under way when the emulator was stopped. */
  resume(): void {
    this.commands.resume();
    this.jobs.resume();
  }

  /** Takes over a socket whose CONNECT is for this hub. */
  accept(...args: Parameters<Broker["accept"]>): void {
    this.#broker?.accept(...args);
  }

  /** Closes every connection of devices at once. */
  cutOff(): void {
    this.#broker?.cutOff();
  }

  /** Ends the live connections in good order: what a device was to be told is written before. */
  async drain(): Promise<void> {
    await this.#broker?.drain();
  }

  async stop(): Promise<void> {
    await this.jobs.stop();
    await this.#broker?.stop();
    this.commands.stop();
  }

  /** By name; readers find the hub's messages there. */
  get endpoints(): ReadonlyMap<string, EventEndpoint> {
    return this.routing.endpoints;
  }

  /** Of all endpoints. */
  get partitions(): readonly Partition[] {
    return [...this.endpoints.values()].flatMap(({ partitions }) => partitions);
  }

  /** Takes a telemetry message for good; the log has it too where routing drops it. */
  ingest(message: IngestedMessage): void {
    const endpoints = this.routing.endpointsFor(message);
    this.#ingested.append(
      message,
      endpoints.map((endpoint) => endpoint.partitionFor(message.deviceId)),
    );
    const latencyMs = this.around.clock() - message.enqueuedMs;
    for (const { deliveries } of endpoints) deliveries.note(message.body.length, latencyMs);
    if (endpoints.length === 0) this.tell({ type: "messageOrphaned", deviceId: message.deviceId });
  }

  provision(device: ProvisionedDevice): void {
    this.devices.provision(device);
  }

  stateOf(deviceId: string): DeviceState | undefined {
    return this.devices.stateOf(deviceId);
  }

  remove(deviceId: string): void {
    if (this.devices.find(deviceId) !== undefined) deleteDevice(this, deviceId, undefined);
  }

  /** What a device left behind beside its identity: its session, and what it has not received. */
  forget(deviceId: string): void {
    this.commands.forget(deviceId);
    this.connections.forget(deviceId);
    this.#sessions.forget(deviceId);
  }
}
