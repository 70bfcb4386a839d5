import { defined } from "../base/defined.ts";
import type { FleetError } from "../base/errors.ts";
import { latenciesOf } from "../base/latencies.ts";
import { DPS_POLICIES, newPolicies } from "./access-policy.ts";
import type { Broker } from "./broker.ts";
import { CaStore } from "./certificates/ca-store.ts";
import type { ClientBounds } from "./client-bounds.ts";
import { clientBounds } from "./client-bounds.ts";
import { policiesOf, settingsOf } from "./contents.ts";
import { DEFAULT_NAMES } from "./default-names.ts";
import type { EmulatorLimits } from "./defaults.ts";
import { DeviceApi } from "./dps/device-api.ts";
import type { DpsOptions } from "./dps/dps.ts";
import { startDps } from "./dps/dps.ts";
import { Enrollments } from "./dps/enrollments.ts";
import { defaultLink, LinkedHubs } from "./dps/linked-hubs.ts";
import { Provisioning } from "./dps/provisioning.ts";
import { Registrations } from "./dps/registrations.ts";
import type { EventLogOptions } from "./events/event-log.ts";
import { EventLog } from "./events/event-log.ts";
import { fill, writtenCodec } from "./fill-contents.ts";
import { keptPolicies } from "./hub/hub-policies.ts";
import { hubPlace, IotHub } from "./hub/hub.ts";
import { cutOffWhenGone } from "./faults/disappearances.ts";
import { faultGuard } from "./faults/fault-guard.ts";
import { DPS_SERVICE } from "../base/fault-kind.ts";
import { Faults } from "./faults/faults.ts";
import type { FaultsAt } from "./faults/faults-at.ts";
import { Monitoring } from "./monitoring.ts";
import type { Guard, Observer } from "./operations/operation-gate.ts";
import { OperationGate } from "./operations/operation-gate.ts";
import type { EmulatorOptions } from "./options.ts";
import { PeerChains } from "./peer-certificate.ts";
import type { ServiceNames } from "./kept-names.ts";
import { keptNames } from "./kept-names.ts";
import { seeded } from "./seed.ts";
import type { OpenState } from "./state/open-state.ts";
import type { State } from "./state/state.ts";
import { MEMORY_STATE } from "./state/state.ts";
import type { Surroundings } from "./surroundings.ts";
import { surroundingsFrom } from "./surroundings.ts";
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
  readonly bounds: ClientBounds;
  readonly events: EventLog;
  /** What they count and log. */
  readonly monitoring: Monitoring;
  /** What was put on to fail. */
  readonly faults: Faults;
  /** How much they let through. */
  readonly throttling: Throttling;
  /** Ends every MQTT connection in good order. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * DPS and the hubs with what they begin with, or what was kept; no port is opened.
 *
 * @param onLost called once, when what changes cannot be kept any more
 * @throws {FleetError} `USAGE` where `latencies` do not fit the hubs or the units not the tier, or what they are to hold
 *   breaks a rule, or names differ from those that were kept; or as `openState` does
 */
export async function startServices(
  options: Omit<EmulatorOptions, "tls">,
  onLost: (error: FleetError) => void = () => {},
): Promise<Services> {
  requireTier(options);
  const opened =
    options.data === undefined ? undefined : await stateIn(options.data, options, onLost);
  const started: (() => unknown)[] = [() => opened?.close()];
  const stop = async (): Promise<void> => {
    for (const stopOne of started.splice(0).toReversed()) await stopOne();
  };
  try {
    const state = opened?.state ?? MEMORY_STATE;
    const { known, ...names } = namesOf(options, state);
    const latencies = latenciesOf(options.latencies ?? {}, names.hubs);
    const around = surroundingsOf(options, state);
    const events = new EventLog({ ...eventBounds(around.limits), clock: around.clock, state });
    const chains = new PeerChains();
    const bounds = clientBounds(around);
    const faults = new Faults(around);
    const places = new Map(names.hubs.map((hostName) => [hostName, hubPlace(hostName)]));
    const throttling = new Throttling(around, places, options);
    // Once more after the hubs: what ends last counts too.
    started.push(() => throttling.stop());
    const monitoring = new Monitoring(around);
    const shared = { around, chains, bounds, events, monitoring, faults, throttling };
    const hubs = await startHubs(names.hubs, options, shared);
    started.push(...hubs.map((hub) => () => hub.stop()));
    const enrollments = new Enrollments(around);
    const registrations = new Registrations(around);
    const cas = new CaStore({
      around,
      table: "dps/certificates",
      neededBy: (name) => {
        const group = enrollments.referringTo(name);
        return group === undefined ? undefined : `enrollment group ${group.id}`;
      },
    });
    const first = {
      iotHubs: hubs.map(defaultLink),
      policies: newPolicies(DPS_POLICIES, around.newKey),
    };
    const linkedHubs = new LinkedHubs(around, first, known);
    const dps = { enrollments, registrations, linkedHubs, cas };
    const { observers, tell } = monitoring.ofDps(names.dpsHost);
    const provisioning = new Provisioning({ around, ...dps, latencies, tell });
    started.push(() => provisioning.stop());
    const devices = new DeviceApi(provisioning);
    const forDevices = {
      around,
      idScope: names.idScope,
      devices,
      chains,
      bounds,
      ...gated(faults.at(DPS_SERVICE), throttling.dps, observers),
    };
    const dpsBroker = await startDps(forDevices);
    cutOffWhenGone(faults, { dps: dpsBroker, hubs });
    started.push(
      () => dpsBroker.stop(),
      () => throttling.stop(),
      () => faults.stop(),
    );
    events.restore(hubs.flatMap((hub) => hub.partitions));
    opened?.requireSound();
    const written = state.table("written-contents", writtenCodec);
    fill({ limits: around.limits, ...dps, hubs }, options, { written, hubs: known });
    await opened?.begin();
    for (const hub of hubs) hub.resume();
    provisioning.resume();
    return {
      around,
      names,
      hubs,
      dps,
      dpsBroker,
      forDevices,
      bounds,
      events,
      monitoring,
      faults,
      throttling,
      drain: async () => {
        await Promise.all([dpsBroker.drain(), ...hubs.map((hub) => hub.drain())]);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The database, with its native part, is loaded where it is asked for alone. */
async function stateIn(
  path: string,
  { dataUntilFull = false, log }: Pick<EmulatorOptions, "dataUntilFull" | "log">,
  onLost: (error: FleetError) => void,
): Promise<OpenState> {
  const { openState } = await import("./state/open-state.ts");
  const goesOn = (err: FleetError): void =>
    log?.warn({ component: "emulator", err }, "state is kept no more, its folder is removed");
  return openState(path, dataUntilFull ? goesOn : onLost, dataUntilFull);
}

function surroundingsOf(options: Omit<EmulatorOptions, "tls">, state: State): Surroundings {
  const { seed, clock, newId, log } = options;
  return surroundingsFrom({
    ...(seed === undefined ? {} : seeded(seed, state)),
    ...defined({ clock, newId, log }),
    limits: options,
    state,
  });
}

function eventBounds(limits: EmulatorLimits): Omit<EventLogOptions, "clock" | "state"> {
  return {
    maxCount: limits.eventsMaxCount,
    maxBytes: limits.eventsMaxBytes,
    retentionMs: limits.eventRetentionMs,
  };
}

function startHubs(
  hostNames: readonly string[],
  options: Omit<EmulatorOptions, "tls">,
  shared: {
    readonly around: Surroundings;
    readonly chains: PeerChains;
    readonly bounds: ClientBounds;
    readonly events: EventLog;
    readonly faults: Faults;
    readonly throttling: Throttling;
    readonly monitoring: Monitoring;
  },
): Promise<IotHub[]> {
  const { advertisedPort } = options;
  const { state, newKey } = shared.around;
  const { faults, monitoring, ...rest } = shared;
  return Promise.all(
    hostNames.map((hostName) => {
      const { observers, tell } = monitoring.ofHub(hostName);
      const throttling = shared.throttling.hub(hostName);
      return IotHub.start({
        ...rest,
        throttling,
        ...gated(faults.at(hostName), throttling, [throttling, ...observers]),
        tell,
        hostName,
        advertisedName: advertisedPort === undefined ? undefined : `${hostName}:${advertisedPort}`,
        policies: keptPolicies(
          state,
          hubPlace(hostName),
          policiesOf(settingsOf(options, hostName), newKey),
        ),
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

const inLowerCase = (names: readonly string[]): readonly string[] => [
  ...new Set(names.map((name) => name.toLowerCase())),
];

/** @returns `known`: the hubs that the state has kept */
function namesOf(
  options: Omit<EmulatorOptions, "tls">,
  state: State,
): ServiceNames & { readonly known: readonly string[] } {
  const { idScope, hubs } = options;
  const wanted = defined({ idScope, hubs: hubs && inLowerCase(hubs) });
  return {
    ...keptNames(state, wanted, DEFAULT_NAMES),
    provisioningHost: (options.provisioningHost ?? DEFAULT_NAMES.provisioningHost).toLowerCase(),
    dpsHost: (options.dpsHost ?? DEFAULT_NAMES.dpsHost).toLowerCase(),
  };
}
