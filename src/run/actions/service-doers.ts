import { FleetError } from "../../base/errors.ts";
import type { DeviceAt } from "../../service/find-devices.ts";
import { deleteDevice, setDeviceStatus } from "../../service/device-identities.ts";
import type { Enrollments } from "../../service/enrollments.ts";
import type { HubCallKind } from "../../service/hub-rates.ts";
import type { LinkedHubs } from "../../service/linked-hubs.ts";
import type { CallOutcome } from "../../service/paced-calls.ts";
import { pacedCalls } from "../../service/paced-calls.ts";
import { writeEnrollment } from "../../service/write-enrollment.ts";
import type { FleetHubs } from "../fleet-hubs.ts";
import type { ActionDoer, ActionOutcome, ActionRound } from "../timeline/action-doer.ts";

/** What the doers ask; there by the time that the first action is due. */
export interface AskedServices {
  readonly hubs: FleetHubs;
  /** @throws {FleetError} `USAGE` where there is no access to DPS */
  readonly enrollments: () => Promise<Enrollments>;
  /** Undefined where Azure is the target. */
  readonly linkedHubs: LinkedHubs | undefined;
  /** Whether this run does what is for all devices. */
  readonly isForAll: boolean;
  /** The run's enrollment group; undefined = it has none. */
  readonly group: string | undefined;
}

/** A device at its hub. */
export interface PlacedDevice {
  readonly registrationId: string;
  readonly at: DeviceAt;
}

/** Where devices are, and why some are nowhere that can be asked. */
export interface Places {
  readonly placed: readonly PlacedDevice[];
  readonly unplaced: readonly { readonly registrationId: string; readonly error: string }[];
}

/** The hub of each device, as it is now. */
export function placesOf(devices: readonly string[], hubs: Pick<FleetHubs, "placeOf">): Places {
  const placed: PlacedDevice[] = [];
  const unplaced: Places["unplaced"][number][] = [];
  for (const registrationId of devices) {
    try {
      placed.push({ registrationId, at: hubs.placeOf(registrationId) });
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      unplaced.push({ registrationId, error: error.message });
    }
  }
  return { placed, unplaced };
}

/** One paced call for each device at its hub; a device without a hub is an error like others. */
export async function atHubs<Value>(given: {
  readonly places: Places;
  readonly pace: HubCallKind;
  readonly cost?: number;
  readonly signal: AbortSignal;
  readonly work: (device: PlacedDevice, signal: AbortSignal) => Promise<Value>;
}): Promise<{
  readonly outcomes: readonly CallOutcome<PlacedDevice, Value>[];
  readonly errors: readonly string[];
}> {
  const { places, pace, cost, signal, work } = given;
  const outcomes = await pacedCalls({
    items: places.placed,
    paceOf: ({ at }) => at.hub.pace(pace),
    cost,
    work,
    signal,
  });
  const refused = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error.message]));
  return { outcomes, errors: [...places.unplaced.map(({ error }) => error), ...refused] };
}

/** Of calls that have no other result. */
export const outcomeOf = (
  outcomes: readonly CallOutcome<unknown, unknown>[],
  errors: readonly string[],
): ActionOutcome => ({ done: outcomes.filter(({ ok }) => ok).length, errors });

/** Disables, enables or deletes identities in the registry of their hub. */
export const changeIdentities =
  (services: () => Pick<AskedServices, "hubs">): ActionDoer =>
  async ({ planned: { action }, devices, signal }: ActionRound): Promise<ActionOutcome> => {
    if (action.kind !== "identity") throw new TypeError("no identity action");
    const { does } = action;
    const { outcomes, errors } = await atHubs({
      places: placesOf(devices, services().hubs),
      pace: "registry",
      // It is read first, but to be deleted.
      cost: does === "delete" ? 1 : 2,
      signal,
      work: async ({ at: { hub, deviceId } }, stop) => {
        if (does === "delete") await deleteDevice(hub, deviceId, { signal: stop });
        else await setDeviceStatus(hub, deviceId, `${does}d`, { signal: stop });
      },
    });
    return outcomeOf(outcomes, errors);
  };

/** Disables or enables the run's enrollment group, or individual enrollments of devices. */
export const changeEnrollments =
  (services: () => Pick<AskedServices, "enrollments" | "group" | "isForAll">): ActionDoer =>
  async ({ planned: { action }, devices }: ActionRound): Promise<ActionOutcome> => {
    if (action.kind !== "enrollment") throw new TypeError("no enrollment action");
    const { group, isForAll, enrollments: open } = services();
    const kind = action.devices === undefined ? "group" : "individual";
    if (kind === "group" && !isForAll) return { done: 0, errors: [] };
    const ids = kind === "group" ? (group === undefined ? [] : [group]) : devices;
    const enrollments = await open();
    const enabled = action.does === "enable";
    const errors: string[] = [];
    for (const id of ids) {
      try {
        if ((await enrollments.find({ kind, id })) === undefined) {
          const what = kind === "group" ? "enrollment group" : "individual enrollment";
          throw new FleetError("REFUSED", `there is no ${what} "${id}" at ${enrollments.host}`);
        }
        await writeEnrollment(enrollments, { kind, id }, { enabled }, {});
      } catch (error) {
        if (!(error instanceof FleetError)) throw error;
        errors.push(error.message);
      }
    }
    return { done: ids.length - errors.length, errors };
  };

/** Unlinks a hub from DPS, or links it again. */
export const linkHubs =
  (services: () => Pick<AskedServices, "linkedHubs" | "isForAll">): ActionDoer =>
  async ({ planned: { action } }: ActionRound): Promise<ActionOutcome> => {
    if (action.kind !== "hub") throw new TypeError("no hub action");
    const { linkedHubs, isForAll } = services();
    if (!isForAll) return { done: 0, errors: [] };
    if (linkedHubs === undefined) {
      throw new FleetError("REFUSED", "only an emulator's DPS is told by a run which hubs it has");
    }
    const { host, does } = action;
    const isDone = await (does === "unlink" ? linkedHubs.unlink(host) : linkedHubs.link(host));
    if (isDone) return { done: 1, errors: [] };
    return { done: 0, errors: [`${host} was ${does === "unlink" ? "not" : "already"} linked`] };
  };
