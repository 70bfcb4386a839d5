import { FleetError } from "../../base/errors.ts";
import { toMicroseconds } from "../../base/units.ts";
import type { DeviceEvent } from "../../metrics/device-event.ts";
import type { TwinActionAccount, TwinPatchEvent } from "../../output/output.ts";
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
  readonly #receipts: ReadonlyMap<number, TwinReceipts>;

  constructor(options: TwinChangesOptions) {
    this.#options = options;
    const twins = options.actions.flatMap((planned) =>
      planned.action.kind === "twin" ? [{ planned, desired: planned.action.desired }] : [],
    );
    this.#receipts = new Map(
      twins.map(({ planned, desired }) => {
        const same = twins.filter(
          (other) => JSON.stringify(other.desired) === JSON.stringify(desired),
        );
        const alsoSelected = same.flatMap((other) => other.planned.selection.ids);
        const change = { at: planned.at, desired, devices: planned.selection.ids };
        return [planned.index, new TwinReceipts(change, alsoSelected)];
      }),
    );
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
