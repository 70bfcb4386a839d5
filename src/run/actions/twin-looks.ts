import { setMaxListeners } from "node:events";

import { FleetError } from "../../base/errors.ts";
import { groupedBy } from "../../base/grouped-by.ts";
import type { JsonObject } from "../../base/json.ts";
import { sleep } from "../../base/retry.ts";
import type { DeviceTwin } from "../../service/device-twin.ts";
import { parseTwin, readTwin } from "../../service/device-twin.ts";
import type { DeviceAt } from "../../service/find-devices.ts";
import type { PacedHub } from "../../service/paced-hub.ts";
import { pacedCalls } from "../../service/paced-calls.ts";
import type { DesiredPatch } from "../../service/property-shown.ts";
import { allShownMs, propertiesShown, stampMs } from "../../service/property-shown.ts";
import { queryDevices } from "../../service/query-devices.ts";
import { reportedCondition } from "../../service/shown-by-others.ts";

/** A patch whose reported values are looked for. */
export interface AwaitedPatch {
  readonly registrationId: string;
  readonly at: DeviceAt;
  /** When it went out, ms after time 0. */
  readonly askedT: number;
  readonly desired: JsonObject;
  /** As the hub answered it. */
  readonly twin: DeviceTwin;
}

export interface TwinLooksOptions {
  /** From a patch to the last look for it, ms. */
  readonly timeoutMs: number;
  /** ms after time 0. */
  readonly now: () => number;
  /** @param ms from the patch to the last report of its values, both by the hub's clock */
  readonly onSeen: (patch: AwaitedPatch, ms: number) => void;
}

/** What is looked for at one device. */
interface Awaited extends AwaitedPatch {
  readonly patch: DesiredPatch;
}

/** The hub's stamps tell the time, so that looks may be seldom. */
const GAP = { firstMs: 250, factor: 1.6, maxMs: 5_000 } as const;

/** Up to here devices are read one by one: a query takes more of its limit than so many reads take of theirs. */
const READ_SINGLY = 20;

/**
 * Looks at twins as services see them until they show what devices report, with few calls for many devices: those that
 * show the values are found by a query. A newer patch of a device takes the place of the one before it.
 */
export class TwinLooks {
  readonly #options: TwinLooksOptions;
  readonly #stopping = new AbortController();
  readonly #awaited = new Map<string, Awaited>();
  #looking: Promise<void> | undefined;
  #gapMs: number = GAP.firstMs;

  constructor(options: TwinLooksOptions) {
    this.#options = options;
    setMaxListeners(0, this.#stopping.signal);
  }

  /** Looks for the values of a patch from now on. */
  await(given: AwaitedPatch): void {
    const { desired, twin, registrationId } = given;
    const atMs = stampMs(twin.desired.metadata);
    // A hub that does not say when it was patched cannot say how long it took.
    if (atMs === undefined || this.#stopping.signal.aborted) return;
    const { version } = twin.desired;
    this.#awaited.set(registrationId, { ...given, patch: { desired, version, atMs } });
    this.#gapMs = GAP.firstMs;
    this.#looking ??= this.#look();
  }

  /** Looks no more; safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the run has ended"));
    await this.#looking;
  }

  /** Until all is seen, or its time is up. Never rejects, but on a bug: a hub that cannot be asked is asked again. */
  async #look(): Promise<void> {
    const { signal } = this.#stopping;
    while (this.#awaited.size > 0 && !signal.aborted) {
      try {
        await sleep(this.#gapMs, signal);
        this.#gapMs = Math.min(GAP.maxMs, this.#gapMs * GAP.factor);
        const startedMs = this.#options.now();
        await Promise.all([...this.#byHub()].map(([hub, some]) => this.#lookAt(hub, some)));
        this.#dropLate(startedMs);
      } catch (error) {
        if (!(error instanceof FleetError) && !signal.aborted) throw error;
        this.#dropLate(this.#options.now());
      }
    }
    this.#looking = undefined;
  }

  #byHub(): ReadonlyMap<PacedHub, readonly Awaited[]> {
    return groupedBy([...this.#awaited.values()], ({ at }) => at.hub);
  }

  async #lookAt(hub: PacedHub, some: readonly Awaited[]): Promise<void> {
    const { signal } = this.#stopping;
    const byDevice = new Map(some.map((one) => [one.at.deviceId, one]));
    if (some.length <= READ_SINGLY) {
      await pacedCalls({
        items: some,
        paceOf: () => hub.pace("twinReads"),
        work: async (one, stop) => this.#judge(one, await readTwin(hub, one.at.deviceId, stop)),
        signal,
      });
      return;
    }
    for (const desired of distinct(some)) {
      const condition = reportedCondition(desired);
      const sql = `SELECT * FROM devices${condition === undefined ? "" : ` WHERE ${condition}`}`;
      for await (const page of queryDevices(hub, sql, signal)) {
        for (const row of page) {
          const twin = parseTwin(row);
          const one = byDevice.get(twin.deviceId);
          if (one !== undefined) this.#judge(one, twin);
        }
      }
    }
  }

  #judge(one: Awaited, { reported }: DeviceTwin): void {
    // Seen before, or overtaken by a newer patch.
    if (this.#awaited.get(one.registrationId) !== one) return;
    const shownMs = allShownMs(propertiesShown(one.patch, reported));
    if (shownMs === undefined) return;
    this.#awaited.delete(one.registrationId);
    this.#options.onSeen(one, shownMs - one.patch.atMs);
  }

  /** Their last look began after their time. */
  #dropLate(startedMs: number): void {
    for (const [id, { askedT }] of this.#awaited)
      if (startedMs - askedT > this.#options.timeoutMs) this.#awaited.delete(id);
  }
}

/** Rounds may follow each other faster than devices do. */
const distinct = (some: readonly Awaited[]): readonly JsonObject[] => [
  ...new Map(some.map(({ desired }) => [JSON.stringify(desired), desired])).values(),
];
