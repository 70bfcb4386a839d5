import { toMicroseconds } from "../../base/units.ts";
import type { DeviceEvent } from "../../metrics/device-event.ts";
import type { HistogramName } from "../../metrics/catalog.ts";
import type { RunEvent, TwinActionAccount, TwinPatchEvent } from "../../output/output.ts";
import type { PlannedAction } from "../../plan/planned-action.ts";
import { actionLabel } from "../../results/twin-metrics.ts";
import { patchTwin, replaceTwin } from "../../service/change-twin.ts";
import type { DeviceTwin } from "../../service/device-twin.ts";
import type { FleetHubs } from "../fleet-hubs.ts";
import type { FleetView } from "../fleet-view.ts";
import type { ActionOutcome, ActionRound } from "../timeline/action-doer.ts";
import { DeviceNotes } from "./device-notes.ts";
import { atHubs, outcomeOf, placesOf } from "./service-doers.ts";
import type { PlannedTwinAction, TwinTimeName } from "./twin-book.ts";
import { isTwinAction, TwinBook } from "./twin-book.ts";
import { isTwinEvent } from "./twin-follower.ts";
import { TwinLooks } from "./twin-looks.ts";

export interface TwinChangesOptions {
  readonly actions: readonly PlannedAction[];
  /** Opened by the time that the first action is due. */
  readonly hubs: () => FleetHubs;
  /** ms after time 0. */
  readonly clock: () => number;
  readonly emit: (event: TwinPatchEvent) => void;
  readonly view: Pick<FleetView, "observe">;
}

/** One twin action of the timeline: its account, and who looks at the service for it. */
interface Entry {
  readonly planned: PlannedTwinAction;
  readonly book: TwinBook;
  /** undefined = the service is not asked. */
  readonly looks: TwinLooks | undefined;
}

const METRICS: Readonly<Record<TwinTimeName, HistogramName>> = {
  acknowledged: "twin_action_ms",
  received: "twin_received_ms",
  answer: "twin_answer_ms",
  seen: "twin_seen_ms",
  paced: "twin_paced_ms",
};

/** Changes twins for the timeline, no faster than their hubs take it, and keeps the accounts of who followed. */
export class TwinChanges {
  readonly #options: TwinChangesOptions;
  readonly #entries: Entry[] = [];
  readonly #notes = new DeviceNotes();
  /** By device id, of those that go by another name at their hub. */
  readonly #registrationIds = new Map<string, string>();

  #isRecalling = false;

  constructor(options: TwinChangesOptions) {
    this.#options = options;
    for (const planned of options.actions) this.add(planned);
  }

  /** One more action of the timeline; those that change no twin are passed over. */
  add(planned: PlannedAction): void {
    if (isTwinAction(planned)) this.#entries.push(this.#entryOf(planned));
  }

  /** Takes what was told before a run went on, in its order; its metrics have it already. */
  recall(event: RunEvent): void {
    this.#isRecalling = true;
    if (event.type === "action" && event.state === "begun") {
      const book = this.#bookOf(event.action);
      const ids = this.#entries.find(({ book: one }) => one === book)?.planned.selection.ids ?? [];
      book?.begin(event.round, ids);
      // Devices may have been heard before the service was.
      for (const id of ids) book?.asking(id, event.t);
    } else if (event.type === "twinPatch") {
      const { action, round, deviceId, t, ms, version, waitedMs } = event;
      const book = this.#bookOf(action);
      // Whom a selection found at run time is known by who was patched.
      if (book?.isSelected(deviceId) === false) book.begin(round, [deviceId]);
      book?.asking(deviceId, t - ms);
      book?.answered(deviceId, version, waitedMs);
    } else if (isTold(event)) this.observe(event);
    this.#isRecalling = false;
  }

  #bookOf(action: number): TwinBook | undefined {
    return this.#entries.find(({ planned }) => planned.index === action)?.book;
  }

  #entryOf(planned: PlannedTwinAction): Entry {
    const { view, clock } = this.#options;
    const { index: action, name = null } = planned;
    const labels = { action: actionLabel({ action, name }) };
    const book = new TwinBook({
      planned,
      isGivenElsewhere: (id, patch) =>
        this.#entries.some((other) => other.book !== book && other.book.gives(id, patch)),
      onTime: (time, id, ms, dueMs) => {
        if (!this.#isRecalling) view.observe(id, METRICS[time], ms, { dueMs, labels });
      },
    });
    const { seen, timeoutMs } = planned.action;
    const looks = seen
      ? new TwinLooks({
          timeoutMs,
          now: clock,
          onSeen: ({ registrationId, askedT }, ms) => book.saw(registrationId, ms, askedT),
        })
      : undefined;
    return { planned, book, looks };
  }

  /** Takes a device's event, in the order in which the device told it. */
  observe(event: DeviceEvent): void {
    const id = this.#registrationIds.get(event.deviceId) ?? event.deviceId;
    this.#notes.observe(id, event);
    if (isTwinEvent(event)) for (const { book } of this.#entries) book.observe(id, event);
  }

  /** In the order of the timeline. */
  results(): readonly TwinActionAccount[] {
    return this.#entries.map(({ book }) => book.result((id) => this.#notes.of(id)));
  }

  /** Nobody looks at the service any more; safe to call twice. */
  async stop(): Promise<void> {
    await Promise.all(this.#entries.flatMap(({ looks }) => looks?.stop() ?? []));
  }

  /** Patches each of the devices. */
  async change({ planned, round, devices, dueMs, signal }: ActionRound): Promise<ActionOutcome> {
    const { clock, emit, hubs } = this.#options;
    const { action, index, at: shownAt } = planned;
    const entry = this.#entries.find((one) => one.planned.index === index);
    if (action.kind !== "twin" || entry === undefined) throw new TypeError("no twin action");
    const { book, looks } = entry;
    book.begin(round, devices);
    const desired = book.desiredOf(round);
    const places = placesOf(devices, hubs());
    for (const { registrationId, at } of places.placed) {
      if (at.deviceId !== registrationId) this.#registrationIds.set(at.deviceId, registrationId);
    }
    for (const { registrationId, error } of places.unplaced) {
      book.notAnswered(registrationId, error);
    }
    const { outcomes, errors } = await atHubs({
      places,
      pace: "twinUpdates",
      signal,
      work: async ({ registrationId, at }, stop) => {
        const begunT = toMicroseconds(clock());
        const waitedMs = toMicroseconds(Math.max(0, begunT - dueMs));
        let askedT = begunT;
        const onPatch = (): void => {
          askedT = toMicroseconds(clock());
          book.asking(registrationId, askedT);
        };
        let twin: DeviceTwin;
        try {
          const make = action.mode === "replace" ? replaceTwin : patchTwin;
          twin = await make(at.hub, at.deviceId, { desired }, { signal: stop, onPatch });
        } catch (error) {
          book.notAnswered(registrationId, error instanceof Error ? error.message : String(error));
          throw error;
        }
        const { version } = twin.desired;
        book.answered(registrationId, version, waitedMs);
        looks?.await({ registrationId, at, askedT, desired, twin });
        const t = toMicroseconds(clock());
        const ms = toMicroseconds(t - askedT);
        const deviceId = registrationId;
        emit({
          type: "twinPatch",
          t,
          ms,
          waitedMs,
          deviceId,
          action: index,
          round,
          at: shownAt,
          version,
        });
      },
    });
    return outcomeOf(outcomes, errors);
  }
}

/** What is looked at of what devices told. */
const TOLD = [
  "desired",
  "reported",
  "desiredMissed",
  "desiredDropped",
  "state",
  "disconnection",
  "error",
] as const satisfies readonly DeviceEvent["type"][];

const isTold = (event: RunEvent): event is DeviceEvent & { readonly type: (typeof TOLD)[number] } =>
  TOLD.some((type) => type === event.type);
