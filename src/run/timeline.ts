import { setMaxListeners } from "node:events";

import pLimit from "p-limit";

import { messageOf } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import { sleep } from "../base/retry.ts";
import { toMicroseconds } from "../base/units.ts";
import type { DeviceEvent } from "../metrics/device-event.ts";
import type { RunEvent, TwinActionAccount, TwinPatchEvent } from "../output/output.ts";
import type { TwinAction } from "../plan/plan.ts";
import type { TwinTime } from "./twin-receipts.ts";
import { TwinReceipts } from "./twin-receipts.ts";

/** Patch calls under way at once. */
const PATCHES_AT_ONCE = 16;

export interface TimelineOptions {
  readonly actions: readonly TwinAction[];
  /** Merges `desired` into a device's twin and gives the section's new `$version`. */
  readonly patch: (deviceId: string, desired: JsonObject, signal: AbortSignal) => Promise<number>;
  /** ms after time 0. */
  readonly clock: () => number;
  readonly emit: (event: (RunEvent & { type: "action" }) | TwinPatchEvent) => void;
}

/** One action and who followed it. */
interface Entry {
  readonly action: TwinAction;
  readonly receipts: TwinReceipts;
}

/** Does the plan's twin actions when they are due, and keeps the account of who followed. */
export class Timeline {
  readonly #options: TimelineOptions;
  readonly #entries: readonly Entry[];
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>[] = [];
  #stopped = false;

  constructor(options: TimelineOptions) {
    this.#options = options;
    // Every patch under way listens to the one signal; Node would warn of a leak from the eleventh on.
    setMaxListeners(0, this.#stopping.signal);
    this.#entries = options.actions.map((action) => {
      const same = options.actions.filter(
        (other) => JSON.stringify(other.desired) === JSON.stringify(action.desired),
      );
      const receipts = new TwinReceipts(
        action,
        same.flatMap(({ devices }) => devices),
      );
      return { action, receipts };
    });
  }

  /** Time 0 is now or known to `clock`; schedules every action. */
  start(): void {
    for (const entry of this.#entries) this.#running.push(this.#run(entry));
  }

  /** Takes a device's event, in any order. */
  observe(event: DeviceEvent): void {
    if (event.type !== "desired" && event.type !== "reported") return;
    for (const { receipts } of this.#entries) receipts.observe(event);
  }

  /** Drops what is not due yet and waits for what is under way; safe to call twice. */
  async stop(): Promise<void> {
    if (!this.#stopped) {
      this.#stopped = true;
      this.#stopping.abort(new Error("the run has ended"));
    }
    await Promise.all(this.#running);
  }

  results(): readonly TwinActionAccount[] {
    return this.#entries.map(({ receipts }) => receipts.result());
  }

  /** Who has acknowledged, of all actions. */
  times(): readonly TwinTime[] {
    return this.#entries.flatMap(({ receipts }) => receipts.acknowledged());
  }

  /** Never rejects: what fails is told by an event. Of an action for other parts of the fleet nothing is told. */
  async #run(entry: Entry): Promise<void> {
    const { action, receipts } = entry;
    try {
      await sleep(action.atMs - this.#options.clock(), this.#stopping.signal);
    } catch {
      if (action.devices.length > 0) this.#tell(action, "notDue", 0);
      return;
    }
    receipts.begin();
    if (action.devices.length === 0) return;
    this.#tell(action, "patching", 0);
    const limit = pLimit(PATCHES_AT_ONCE);
    const errors: string[] = [];
    await Promise.all(
      action.devices.map((deviceId) =>
        limit(async () => {
          try {
            await this.#patch(entry, deviceId);
          } catch (error) {
            errors.push(messageOf(error));
          }
        }),
      ),
    );
    const patched = action.devices.length - errors.length;
    if (patched > 0) this.#tell(action, "patched", patched);
    if (errors.length > 0) this.#tell(action, "failed", patched, errors[0]);
  }

  async #patch({ action, receipts }: Entry, deviceId: string): Promise<void> {
    const { clock, patch, emit } = this.#options;
    const askedT = toMicroseconds(clock());
    receipts.patching(deviceId, askedT);
    const version = await patch(deviceId, action.desired, this.#stopping.signal);
    receipts.patched(deviceId, version);
    const t = toMicroseconds(clock());
    emit({
      type: "twinPatch",
      t,
      ms: toMicroseconds(t - askedT),
      deviceId,
      at: action.at,
      version,
    });
  }

  #tell(
    action: TwinAction,
    state: (RunEvent & { type: "action" })["state"],
    patched: number,
    error?: string,
  ): void {
    this.#options.emit({
      type: "action",
      t: Math.round(this.#options.clock()),
      at: action.at,
      state,
      selected: action.devices.length,
      patched,
      desired: action.desired,
      error,
    });
  }
}
