import { randomUUID } from "node:crypto";
import { latenciesOf } from "../base/latencies.ts";
import { silentLogger } from "../base/log.ts";
import { DPS_POLICIES, newPolicies } from "./access-policy.ts";
import type { Broker } from "./broker.ts";
import { CaStore } from "./certificates/ca-store.ts";
import { fill, policiesOf, settingsOf } from "./contents.ts";
import { DEFAULT_NAMES } from "./default-names.ts";
import { limitsFrom } from "./defaults.ts";
import { DeviceApi } from "./dps/device-api.ts";
import type { DpsOptions } from "./dps/dps.ts";
import { startDps } from "./dps/dps.ts";
import { Enrollments } from "./dps/enrollments.ts";
import { defaultLink, LinkedHubs } from "./dps/linked-hubs.ts";
import { Provisioning } from "./dps/provisioning.ts";
import { Registrations } from "./dps/registrations.ts";
import { EventLog } from "./events/event-log.ts";
import { IotHub } from "./hub/hub.ts";
import { cutOffWhenGone } from "./faults/disappearances.ts";
import { faultGuard } from "./faults/fault-guard.ts";
import { DPS_SERVICE } from "./faults/fault-fields.ts";
import { Faults } from "./faults/faults.ts";
import type { FaultsAt } from "./faults/faults-at.ts";
import type { Guard, Observer } from "./operations/operation-gate.ts";
import { OperationGate } from "./operations/operation-gate.ts";
import type { EmulatorOptions } from "./options.ts";
import { PeerChains } from "./peer-certificate.ts";
import type { Surroundings } from "./surroundings.ts";
import { requireTier } from "./throttling/check-tier.ts";
import { Throttling } from "./throttling/throttling.ts";

/** DPS and the hubs behind the ports. */
export interface Services {
  readonly around: Surroundings;
  readonly names: ServiceNames;
  readonly hubs: readonly IotHub[];
  readonly dps: {
    readonly enrollments: Enrollments;
    readonly registrations: Registrations;
    readonly linkedHubs: LinkedHubs;
    readonly cas: CaStore;
  };
  readonly dpsBroker: Broker;
  readonly forDevices: DpsOptions;
  readonly events: EventLog;
  /** What was put on to fail. */
  readonly faults: Faults;
  /** How much they let through. */
  readonly throttling: Throttling;
  /** Ends every MQTT connection in good order. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/** What the services are called; host names in lower case. */
export interface ServiceNames {
  readonly idScope: string;
  readonly provisioningHost: string;
  readonly dpsHost: string;
  readonly hubs: readonly string[];
}

/**
 * DPS and the hubs with what they begin with; no port is opened.
 *
 * @throws {FleetError} `USAGE` where `latencies` do not fit the hubs or the units not the tier, or what they are to hold breaks a rule
 */
export async function startServices(options: Omit<EmulatorOptions, "tls">): Promise<Services> {
  const names = namesOf(options);
  const latencies = latenciesOf(options.latencies ?? {}, names.hubs);
  requireTier(options);
  const around: Surroundings = {
    limits: limitsFrom(options),
    clock: options.clock ?? Date.now,
    newId: options.newId ?? randomUUID,
    log: options.log ?? silentLogger(),
  };
  const events = new EventLog({
    maxCount: around.limits.eventsMaxCount,
    maxBytes: around.limits.eventsMaxBytes,
    retentionMs: around.limits.eventRetentionMs,
    clock: around.clock,
  });
  const chains = new PeerChains();
  const faults = new Faults(around);
  const throttling = new Throttling(around, names.hubs, options);
  const shared = { around, chains, events, faults, throttling };
  const hubs = await startHubs(names.hubs, options, shared);
  const enrollments = new Enrollments(around);
  const registrations = new Registrations(around);
  const cas = new CaStore({
    around,
    neededBy: (name) => {
      const group = enrollments.referringTo(name);
      return group === undefined ? undefined : `enrollment group ${group.id}`;
    },
  });
  const linkedHubs = new LinkedHubs(around, {
    iotHubs: hubs.map(defaultLink),
    policies: newPolicies(DPS_POLICIES),
  });
  const dps = { enrollments, registrations, linkedHubs, cas };
  const provisioning = new Provisioning({ around, ...dps, latencies });
  const devices = new DeviceApi(provisioning);
  const forDevices = {
    around,
    idScope: names.idScope,
    devices,
    chains,
    ...gated(faults.at(DPS_SERVICE), throttling.dps, []),
  };
  const dpsBroker = await startDps(forDevices);
  cutOffWhenGone(faults, { dps: dpsBroker, hubs });
  const stop = async (): Promise<void> => {
    faults.stop();
    throttling.stop();
    await dpsBroker.stop();
    await provisioning.stop();
    for (const hub of hubs.toReversed()) await hub.stop();
  };
  try {
    fill({ limits: around.limits, ...dps, hubs }, options);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    around,
    names,
    hubs,
    dps,
    dpsBroker,
    forDevices,
    events,
    faults,
    throttling,
    drain: async () => {
      await Promise.all([dpsBroker.drain(), ...hubs.map((hub) => hub.drain())]);
    },
    stop,
  };
}

function startHubs(
  hostNames: readonly string[],
  options: Omit<EmulatorOptions, "tls">,
  shared: {
    readonly around: Surroundings;
    readonly chains: PeerChains;
    readonly events: EventLog;
    readonly faults: Faults;
    readonly throttling: Throttling;
  },
): Promise<IotHub[]> {
  const { advertisedPort } = options;
  const { faults, ...rest } = shared;
  return Promise.all(
    hostNames.map((hostName) => {
      const throttling = shared.throttling.hub(hostName);
      return IotHub.start({
        ...rest,
        throttling,
        ...gated(faults.at(hostName), throttling, [throttling]),
        hostName,
        advertisedName: advertisedPort === undefined ? undefined : `${hostName}:${advertisedPort}`,
        policies: policiesOf(settingsOf(options, hostName)),
      });
    }),
  );
}

/** The faults of one service, and what its operations pass: faults first, for they strike whatever else holds. */
function gated(
  faults: FaultsAt,
  throttling: Guard,
  observers: readonly Observer[],
): { readonly faults: FaultsAt; readonly gate: OperationGate } {
  return { faults, gate: new OperationGate([faultGuard(faults), throttling], observers) };
}

function namesOf(options: Omit<EmulatorOptions, "tls">): ServiceNames {
  const { hubs = DEFAULT_NAMES.hubs } = options;
  return {
    idScope: options.idScope ?? DEFAULT_NAMES.idScope,
    provisioningHost: (options.provisioningHost ?? DEFAULT_NAMES.provisioningHost).toLowerCase(),
    dpsHost: (options.dpsHost ?? DEFAULT_NAMES.dpsHost).toLowerCase(),
    hubs: [...new Set(hubs.map((hub) => hub.toLowerCase()))],
  };
}
