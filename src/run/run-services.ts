import { FleetError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { proxiesOf } from "../base/proxy.ts";
import type { Aggregate } from "../metrics/aggregate.ts";
import type { RunEvent } from "../output/output.ts";
import { planAsks } from "../plan/asked-service.ts";
import type { Plan } from "../plan/plan.ts";
import type { OpenEnrollments } from "../service/enrollments.ts";
import { openEnrollments } from "../service/enrollments.ts";
import type { LinkedHubs } from "../service/linked-hubs.ts";
import type { EmulatorFaults } from "../service/emulator-faults.ts";
import type { FleetHubs } from "./fleet-hubs.ts";
import { openFleetHubs } from "./fleet-hubs.ts";
import type { FleetIdentities } from "./identities.ts";
import { IngestionAccount } from "./ingestion-account.ts";
import type { Journal } from "./journal/journal.ts";
import type { PastRun } from "./resume/past-run.ts";
import { plannedDevices } from "./planned-devices.ts";
import type { PreparedRun } from "./prepare.ts";
import { checkReachable } from "./reachability.ts";
import type { RunClock } from "./run-clock.ts";
import type { RunContext } from "./run-options.ts";
import { ensureEnrollments } from "./services.ts";
import type { Target } from "./target.ts";
import { watchThrottling } from "./throttling-told.ts";

/** Time for one handshake with the provisioning host. */
const REACH_MS = 15_000;

/** What a run asks of its services beside what its devices do. */
export interface RunServices {
  readonly hubs: FleetHubs;
  /** Undefined where ingestion cannot be read. */
  readonly account: IngestionAccount | undefined;
  /** What services throttled, in words; undefined where that cannot be read. */
  readonly throttled: (() => Promise<readonly string[]>) | undefined;
  /** Of the emulator; undefined where Azure is the target. */
  readonly faults: EmulatorFaults | undefined;
  /** Undefined where Azure is the target. */
  readonly linkedHubs: LinkedHubs | undefined;
  /** Of DPS, opened when they are first asked for. @throws {FleetError} `USAGE` where there is no access to it */
  readonly enrollments: () => Promise<OpenEnrollments>;
  /** The run's enrollment group; undefined = it has none. */
  readonly group: string | undefined;
  /** Whether the services are an emulator that ends with the run. */
  readonly endWithRun: boolean;
  /** Whether this run does what is for all devices; no for all parts of a plan but one that share their services. */
  readonly isForAll: boolean;
  /** Closes idle connections of services that were asked; safe to call twice. */
  close(): void;
}

/** Where devices go first: to DPS, or to the hubs that they brought along. */
const firstHosts = ({ devices }: Plan, { endpoints }: Target): readonly string[] => [
  ...new Set(devices.map(({ hub }) => hub ?? endpoints.provisioningHost)),
];

/** That a run which goes on finds what it had made says nothing new. */
function isNews(event: RunEvent, past: PastRun | undefined): boolean {
  const isThere =
    event.type === "enrollment"
      ? event.done !== "created"
      : event.type === "individualEnrollments" && event.created.length === 0;
  return !isThere || past?.enrolled.every(({ type }) => type !== event.type) !== false;
}

/**
 * Sees to it that services can be reached and know the fleet, and opens what is to be read of them.
 *
 * @throws {FleetError} for a service that cannot be reached or refuses; nothing is open then
 */
export async function openRunServices(given: {
  readonly prepared: PreparedRun;
  readonly target: Target;
  /** Whether the target is an emulator that ends with the run. */
  readonly ownEmulator: boolean;
  readonly identities: FleetIdentities;
  readonly context: RunContext;
  readonly aggregate: Aggregate;
  readonly clock: RunClock;
  readonly log: Logger;
  readonly emit: (event: RunEvent) => void;
  readonly journal: Pick<Journal, "add">;
  readonly past: PastRun | undefined;
}): Promise<RunServices> {
  const { prepared, target, ownEmulator, identities, context, clock, log, emit, journal, past } =
    given;
  const { console, stop, env } = context;
  const { plan } = prepared;
  const hosts = firstHosts(plan, target);
  const proxyFor = proxiesOf(env, target.endpoints.caPem);
  for (const provisioningHost of hosts) {
    const endpoints = { ...target.endpoints, provisioningHost };
    await checkReachable(endpoints, { timeoutMs: REACH_MS, proxyFor, signal: stop });
  }
  await ensureEnrollments(prepared, target, identities, context, (told) => {
    const event: RunEvent = { ...told, t: Math.round(clock.t), ownEmulator };
    if (isNews(event, past)) emit(event);
  });
  log.info({ hosts }, "services reachable, enrollments ready");
  const hubs = await openFleetHubs(target, given.aggregate, planAsks(plan, "hubs"), stop);
  let account: IngestionAccount | undefined;
  try {
    if (target.ingestion !== undefined) {
      account = await IngestionAccount.open(
        {
          reader: target.ingestion,
          devices: plannedDevices(prepared),
          phases: plan.phases,
          timeZeroMs: () => clock.zeroMs,
          console,
          log,
          past: past?.journal.ingested,
          onRead: (read) => journal.add({ type: "ingested", ...read }),
        },
        stop,
      );
    }
    const throttled =
      target.throttling === undefined ? undefined : await watchThrottling(target.throttling, stop);
    const isForAll = ownEmulator || prepared.shard === undefined || prepared.shard.index === 1;
    const { faults, linkedHubs, dps } = target;
    let opened: Promise<OpenEnrollments> | undefined;
    return {
      hubs,
      account,
      throttled,
      faults,
      linkedHubs,
      enrollments: () => {
        if (dps === undefined) throw new FleetError("USAGE", "no access to DPS is at hand");
        return (opened ??= openEnrollments(dps));
      },
      group: prepared.scenario.provisioning.group,
      endWithRun: ownEmulator,
      isForAll,
      close: () => {
        hubs.close();
        void opened?.then(
          (enrollments) => enrollments.close(),
          () => {},
        );
      },
    };
  } catch (error) {
    hubs.close();
    await account?.stop();
    throw error;
  }
}
