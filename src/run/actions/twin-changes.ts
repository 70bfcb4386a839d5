import { FleetError } from "../../base/errors.ts";
import { toMicroseconds } from "../../base/units.ts";
import type { DeviceEvent } from "../../metrics/device-event.ts";
import type { RunEvent, TwinActionAccount, TwinPatchEvent } from "../../output/output.ts";
import type { PlannedAction } from "../../plan/planned-action.ts";
import { patchTwin } from "../../service/change-twin.ts";
import type { DeviceAt } from "../../service/find-devices.ts";
import { pacedCalls } from "../../service/paced-calls.ts";
import type { FleetHubs } from "../fleet-hubs.ts";
import type { ActionOutcome, ActionRound } from "../timeline/action-doer.ts";
import type { TwinTime } from "./twin-receipts.ts";
import { TwinReceipts } from "./twin-receipts.ts";

export interface TwinChangesOptions {
  readonly actions: readonly PlannedAction[];
  /** Opened by the time that the first action is due. */
  readonly hubs: () => FleetHubs;
  /** ms after time 0. */
  readonly clock: () => number;
  readonly emit: (event: TwinPatchEvent) => void;
}

/** A device of an action at its hub. */
interface Item {
  readonly registrationId: string;
  readonly at: DeviceAt;
}

/** Patches twins for the timeline, no faster than their hubs take it, and keeps the account of who followed. */
export class TwinChanges {
  readonly #options: TwinChangesOptions;
  /** By the action's place in the timeline. */
  readonly #receipts = new Map<number, TwinReceipts>();
  readonly #planned: PlannedAction[] = [];

  constructor(options: TwinChangesOptions) {
    this.#options = options;
    for (const planned of options.actions) this.add(planned);
  }

  /** One more action of the timeline; those that change no twin are passed over. */
  add(planned: PlannedAction): void {
    if (planned.action.kind !== "twin") return;
    const { desired } = planned.action;
    const { ids } = planned.selection;
    const wanted = JSON.stringify(desired);
    const same = this.#planned.filter(
      ({ action }) => action.kind === "twin" && JSON.stringify(action.desired) === wanted,
    );
    for (const { index } of same) this.#receipts.get(index)?.alsoSelect(ids);
    const receipts = new TwinReceipts({ at: planned.at, desired, devices: ids });
    receipts.alsoSelect(same.flatMap(({ selection }) => selection.ids));
    this.#receipts.set(planned.index, receipts);
    this.#planned.push(planned);
  }

  /** Takes what was told before a run went on, in its order. */
  recall(event: RunEvent): void {
    if (event.type === "action" && event.state === "begun") {
      const planned = this.#options.actions.find(({ index }) => index === event.action);
      this.#receipts.get(event.action)?.begin(planned?.selection.ids ?? []);
    } else if (event.type === "twinPatch") {
      const receipts = this.#receipts.get(event.action);
      // Whom a selection found at run time is known by who was patched.
      if (receipts?.isSelected(event.deviceId) === false) receipts.begin([event.deviceId]);
      receipts?.patching(event.deviceId, event.t - event.ms);
      receipts?.patched(event.deviceId, event.version);
    } else if (event.type === "desired" || event.type === "reported") this.observe(event);
  }

  /** Takes a device's event, in any order. */
  observe(event: DeviceEvent): void {
    if (event.type !== "desired" && event.type !== "reported") return;
    for (const receipts of this.#receipts.values()) receipts.observe(event);
  }

  /** In the order of the timeline. */
  results(): readonly TwinActionAccount[] {
    return [...this.#receipts.values()].map((receipts) => receipts.result());
  }

  /** Who has acknowledged, of all actions. */
  times(): readonly TwinTime[] {
    return [...this.#receipts.values()].flatMap((receipts) => receipts.acknowledged());
  }

  /** Patches each of the devices. */
  async change({ planned, round, devices, dueMs, signal }: ActionRound): Promise<ActionOutcome> {
    const { clock, emit, hubs } = this.#options;
    const { action, index, at: shownAt } = planned;
    const receipts = this.#receipts.get(index);
    if (action.kind !== "twin" || receipts === undefined) throw new TypeError("no twin action");
    receipts.begin(devices);
    const errors: string[] = [];
    const items = devices.flatMap((registrationId): readonly Item[] => {
      try {
        return [{ registrationId, at: hubs().placeOf(registrationId) }];
      } catch (error) {
        if (!(error instanceof FleetError)) throw error;
        errors.push(error.message);
        return [];
      }
    });
    const outcomes = await pacedCalls({
      items,
      paceOf: ({ at }) => at.hub.pace("twinUpdates"),
      work: async ({ registrationId, at }, stop) => {
        const askedT = toMicroseconds(clock());
        receipts.patching(registrationId, askedT);
        const { desired } = action;
        const twin = await patchTwin(at.hub, at.deviceId, { desired }, { signal: stop });
        const { version } = twin.desired;
        receipts.patched(registrationId, version);
        const t = toMicroseconds(clock());
        emit({
          type: "twinPatch",
          t,
          ms: toMicroseconds(t - askedT),
          waitedMs: toMicroseconds(Math.max(0, askedT - dueMs)),
          deviceId: registrationId,
          action: index,
          round,
          at: shownAt,
          version,
        });
      },
      signal,
    });
    for (const outcome of outcomes) if (!outcome.ok) errors.push(outcome.error.message);
    return { done: outcomes.length - outcomes.filter(({ ok }) => !ok).length, errors };
  }
}
