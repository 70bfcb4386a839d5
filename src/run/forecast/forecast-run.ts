import { DPS_LIMITS } from "../../base/azure-limits.ts";
import type { HubTier } from "../../base/hub-tiers.ts";
import { isToBeAdmitted } from "../../metrics/device-outcome.ts";
import { openFilesNeeded } from "../open-files.ts";
import type { EmulatorSize } from "../own-emulator.ts";
import type { PreparedRun } from "../prepare.ts";
import type { DpsSetting } from "./dps-forecast.ts";
import { dpsForecast } from "./dps-forecast.ts";
import type { Forecast } from "./forecast.ts";
import { forecast } from "./forecast.ts";
import type { MachineLimits } from "./machine-limits.ts";
import { machineLimits } from "./machine-limits.ts";
import type { FleetSize, MachineNeed } from "./machine-needs.ts";
import { machineNeeds } from "./machine-needs.ts";
import { mostInWindow } from "./registrations.ts";
import { sampleFleet } from "./sample-fleet.ts";

/** What is known beyond the scenario. */
export interface ForecastSettings {
  /** Registrations that DPS takes in any 60 s; undefined = what the emulator is told, else Azure's limit. */
  readonly dpsLimitPerMinute?: number | undefined;
  /** Size of the hubs; undefined = what the emulator is told. */
  readonly tier?: { readonly tier: HubTier; readonly units: number } | undefined;
  /** Hubs that DPS may assign; undefined = those of the emulator that the run starts. */
  readonly hubs?: readonly string[] | undefined;
}

/** Azure's. Source: Microsoft Learn, "Communicate with DPS using MQTT": retry-after of 202 answers. */
const RETRY_AFTER_S = 3;

/**
 * What a run would do: devices of its models are made and step in this process, and files are read; nothing is sent and
 * nothing written.
 *
 * @throws {FleetError} `SCENARIO_INVALID` where a model throws in its first steps
 */
export async function forecastRun(
  prepared: PreparedRun,
  settings: ForecastSettings = {},
): Promise<Forecast> {
  const { plan, whole, shard, own, models, warnings } = prepared;
  const [samples, machine] = await Promise.all([sampleFleet(prepared), machineLimits()]);
  const dps = dpsSetting(prepared, settings);
  const { size } = own ?? {};
  return forecast({
    plan: whole,
    part: shard === undefined ? undefined : { shard, plan },
    samples,
    modelNames: new Map([...models].map(([place, { name }]) => [place, name])),
    // One, unless the emulator is told of more.
    hubs: settings.hubs ?? size?.hubs ?? (own === undefined ? [] : [null]),
    dps,
    tier: settings.tier ?? tierOf(size),
    machine: needs(prepared, dps, machine),
    warnings,
  });
}

/** The limit of DPS that was given, that the run's own emulator is told, or that the scenario says of another; in Azure, Azure's. */
function dpsSetting(
  { whole: plan, scenario, own }: PreparedRun,
  { dpsLimitPerMinute: given }: ForecastSettings,
): DpsSetting {
  const { tier = "none", dpsRegistrationsPerMinute, retryAfterS } = own?.size ?? {};
  const said = own === undefined ? scenario.arrival.dpsLimitPerMinute : undefined;
  const told = given ?? dpsRegistrationsPerMinute ?? said;
  const { group, createGroup } = scenario.provisioning;
  const individuals = plan.devices.filter(
    (device) =>
      device.hub === undefined &&
      isToBeAdmitted(device) &&
      device.credentials.format === "symmetricKey" &&
      device.credentials.scope === "individual",
  ).length;
  const enrollments = individuals + (group === undefined ? 0 : 1);
  return {
    limitPerMinute: told ?? DPS_LIMITS.registrationsPerMinute,
    applies: told !== undefined || plan.target === "azure" || tier !== "none",
    retryAfterS: retryAfterS ?? RETRY_AFTER_S,
    // Each is looked for, and made where it is missing.
    serviceOperations: enrollments * (createGroup === false ? 1 : 2),
  };
}

function tierOf({ tier = "none", units = 1 }: EmulatorSize = {}): ForecastSettings["tier"] {
  return tier === "none" ? undefined : { tier, units };
}

function needs(
  { plan, own, workers }: PreparedRun,
  dps: DpsSetting,
  machine: MachineLimits,
): readonly MachineNeed[] {
  const { devices, target } = plan;
  const fleet = { devices: devices.length, workers, ownEmulator: own !== undefined };
  // A port rests for 60 s after its connection was closed, as each with DPS is once the device is assigned.
  const resting = mostInWindow(dpsForecast(plan, dps).registeredMs);
  const size: FleetSize = {
    ...fleet,
    openFiles: openFilesNeeded(fleet),
    // An emulator has one address for all; in Azure, DPS and each hub have their own.
    ports: target === "azure" ? Math.max(devices.length, resting) : devices.length + resting,
  };
  return machineNeeds(size, machine);
}
