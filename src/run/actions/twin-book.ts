import { showsDesired } from "../../base/desired-shown.ts";
import type { JsonObject } from "../../base/json.ts";
import { steppedValues, timesStepped } from "../../base/stepped-values.ts";
import { LatencyHistogram } from "../../metrics/histogram.ts";
import type { TwinActionAccount } from "../../output/output.ts";
import type { PlannedAction } from "../../plan/planned-action.ts";
import type { TwinAction } from "../../scenario/twin-action.ts";
import type { DeviceNote } from "./device-notes.ts";
import type { FollowerCounts, TwinEvent } from "./twin-follower.ts";
import { TwinFollower } from "./twin-follower.ts";
import { firstMissed, firstStragglers, hasConverged } from "./twin-stragglers.ts";

/** A twin action of the plan. */
export type PlannedTwinAction = PlannedAction & { readonly action: TwinAction };

export const isTwinAction = (planned: PlannedAction): planned is PlannedTwinAction =>
  planned.action.kind === "twin";

/** What is measured of each patch: see the metrics of the same names. */
export type TwinTimeName = keyof TwinActionAccount["times"];

export interface TwinBookOptions {
  readonly planned: PlannedTwinAction;
  /** Whether another action gives these values to the device: it follows with good reason. */
  readonly isGivenElsewhere: (registrationId: string, patch: JsonObject) => boolean;
  /** @param patchedMs when the patch went out, ms after time 0 */
  readonly onTime: (
    name: TwinTimeName,
    registrationId: string,
    ms: number,
    patchedMs: number,
  ) => void;
}

/**
 * The account of one twin action over all its rounds: who was told, who followed, when and with what, and who followed
 * unasked. Pure bookkeeping; devices go by their registration ids.
 */
export class TwinBook {
  readonly #options: TwinBookOptions;
  readonly #followers = new Map<string, TwinFollower>();
  readonly #others = new Set<string>();
  readonly #times: Record<TwinTimeName, LatencyHistogram> = {
    acknowledged: new LatencyHistogram(),
    received: new LatencyHistogram(),
    answer: new LatencyHistogram(),
    seen: new LatencyHistogram(),
    paced: new LatencyHistogram(),
  };
  #rounds = 0;
  #seen = 0;

  constructor(options: TwinBookOptions) {
    this.#options = options;
  }

  /** The desired properties of a round, from 1. */
  desiredOf(round: number): JsonObject {
    const { desired, step } = this.#options.planned.action;
    return steppedValues(desired, step, round - 1);
  }

  /** These devices are patched now: from here on what they tell is looked at. */
  begin(round: number, devices: readonly string[]): void {
    this.#rounds = round;
    for (const id of devices) {
      const follower = this.#followers.get(id) ?? this.#newFollower(id);
      this.#followers.set(id, follower);
      follower.begin(round);
    }
  }

  /** The patch of one device goes out at `t`, ms after time 0; the last time that it does counts. */
  asking(registrationId: string, t: number): void {
    this.#followers.get(registrationId)?.asking(t);
  }

  /** The service answered with the version that the patch made. @param pacedMs how long the pace had held it back */
  answered(registrationId: string, version: number, pacedMs: number): void {
    const follower = this.#followers.get(registrationId);
    const askedT = follower?.last?.askedT;
    if (askedT === undefined) return;
    this.#time("paced", registrationId, pacedMs, askedT);
    follower?.answered(version);
  }

  /** The service refused the patch, or its answer is not known. */
  notAnswered(registrationId: string, error: string): void {
    this.#followers.get(registrationId)?.notAnswered(error);
  }

  /** The service shows what the device reported, `ms` after the patch by the hub's clock. @param patchedMs as it went out */
  saw(registrationId: string, ms: number, patchedMs: number): void {
    this.#seen += 1;
    this.#time("seen", registrationId, ms, patchedMs);
  }

  /** Takes an event of any device. */
  observe(registrationId: string, event: TwinEvent): void {
    if (this.#rounds === 0) return;
    const follower = this.#followers.get(registrationId);
    if (follower !== undefined) {
      follower.observe(event);
    } else if (
      event.type === "desired" &&
      !event.initial &&
      this.#isStranger(registrationId, event)
    )
      this.#others.add(registrationId);
  }

  /** Whether the device is one of those that are patched. */
  isSelected(registrationId: string): boolean {
    return this.#followers.has(registrationId);
  }

  /** Whether some round gives these values to the device. */
  gives(registrationId: string, patch: JsonObject): boolean {
    const { ids } = this.#options.planned.selection;
    const isSelected = this.#followers.has(registrationId) || ids.includes(registrationId);
    return isSelected && this.#carries(patch, this.#options.planned.repeat.times);
  }

  /** @param noteOf what went wrong at a device lately */
  result(noteOf: (registrationId: string) => DeviceNote): TwinActionAccount {
    const { planned } = this.#options;
    const { index, name, at, repeat, action } = planned;
    const followers = [...this.#followers];
    const isDue = this.#rounds > 0;
    const sum = (of: (follower: TwinFollower) => number): number =>
      followers.reduce((all, [, follower]) => all + of(follower), 0);
    const total = (count: keyof FollowerCounts): number => sum(({ counts }) => counts[count]);
    const converged = sum((follower) => (hasConverged(follower, action.timeoutMs) ? 1 : 0));
    return {
      action: index,
      name: name ?? null,
      at,
      mode: action.mode,
      rounds: repeat.times,
      roundsBegun: this.#rounds,
      selected: isDue ? followers.length : planned.selection.ids.length,
      patched: total("patched"),
      received: total("received"),
      acknowledged: total("acknowledged"),
      refused: total("refused"),
      superseded: total("superseded"),
      notEchoed: sum(({ notEchoed }) => notEchoed),
      seen: action.seen ? this.#seen : null,
      missed: total("missed"),
      duplicate: total("duplicate"),
      outOfOrder: total("outOfOrder"),
      receivedByOthers: this.#others.size,
      converged,
      stragglers: isDue ? followers.length - converged : 0,
      notDue: !isDue,
      missedBy: firstMissed(followers),
      stragglersNamed: firstStragglers(followers, action.timeoutMs, noteOf),
      times: {
        acknowledged: this.#times.acknowledged.encode(),
        received: this.#times.received.encode(),
        answer: this.#times.answer.encode(),
        seen: this.#times.seen.encode(),
        paced: this.#times.paced.encode(),
      },
    };
  }

  #newFollower(registrationId: string): TwinFollower {
    return new TwinFollower({
      desiredOf: (round) => this.desiredOf(round),
      onTime: (name, ms, patchedMs) => this.#time(name, registrationId, ms, patchedMs),
    });
  }

  #time(name: TwinTimeName, registrationId: string, ms: number, patchedMs: number): void {
    this.#times[name].record(ms);
    this.#options.onTime(name, registrationId, ms, patchedMs);
  }

  #isStranger(registrationId: string, { patch }: TwinEvent & { type: "desired" }): boolean {
    return (
      this.#carries(patch, this.#rounds) && !this.#options.isGivenElsewhere(registrationId, patch)
    );
  }

  /** Whether a pushed patch holds all values of one of the first rounds; unlike a report, it must have each of them. */
  #carries(patch: JsonObject, rounds: number): boolean {
    const { desired, step } = this.#options.planned.action;
    if (!Object.keys(desired).every((key) => Object.hasOwn(patch, key))) return false;
    const round = timesStepped(desired, step, patch) + 1;
    return round <= rounds && showsDesired(this.desiredOf(round), patch);
  }
}
