import { acknowledgment } from "../../base/desired-shown.ts";
import type { Json, JsonObject } from "../../base/json.ts";
import type { DeviceEvent } from "../../metrics/device-event.ts";

/** What a device's events say of its desired properties. */
export type TwinEvent = DeviceEvent & {
  readonly type: "desired" | "reported" | "desiredMissed" | "desiredDropped";
};

const TWIN_EVENTS: readonly DeviceEvent["type"][] = [
  "desired",
  "reported",
  "desiredMissed",
  "desiredDropped",
] satisfies TwinEvent["type"][];

export const isTwinEvent = (event: DeviceEvent): event is TwinEvent =>
  TWIN_EVENTS.includes(event.type);

/** The latencies of one patch. */
export type TwinTiming = "received" | "answer" | "acknowledged";

export interface FollowerOptions {
  /** The desired properties of a round, from 1. */
  readonly desiredOf: (round: number) => JsonObject;
  /** A time was measured. @param patchedMs when the patch went out, ms after time 0 */
  readonly onTime: (timing: TwinTiming, ms: number, patchedMs: number) => void;
}

/** A patch that is not settled: the device may still get it, or answer it. */
interface Patch {
  readonly round: number;
  readonly askedT: number;
  readonly version: number;
  receivedT: number | undefined;
  /** What became of it; a later round may take the place of one that was never answered. */
  fate: "open" | "refused" | "acknowledged" | "superseded";
}

/** The newest round that the device was selected for. */
export interface LastRound {
  readonly round: number;
  /** When the service was asked, ms after time 0; undefined before. */
  readonly askedT: number | undefined;
  /** `$version` that the patch made; undefined = it was not made, as far as is known. */
  readonly version: number | undefined;
  /** Why it was not. */
  readonly error: string | undefined;
  /** When the device first showed the value, ms after time 0. */
  readonly acknowledgedT: number | undefined;
  readonly isRefused: boolean;
  readonly isReceived: boolean;
}

/** Rounds whose versions were never pushed to a device, both included. */
export interface MissedRounds {
  readonly from: number;
  readonly to: number;
  readonly healed: boolean;
}

/** Of all rounds of one device; each patch is at most once in each. */
export interface FollowerCounts {
  patched: number;
  received: number;
  acknowledged: number;
  refused: number;
  superseded: number;
  missed: number;
  duplicate: number;
  outOfOrder: number;
}

/** Who reported what, having applied which version. */
interface Member {
  readonly value: Json;
  readonly desiredVersion: number;
}

/**
 * How one device follows the rounds of one action. The device's events come in their order; how they come between the
 * service's answers makes no difference: what comes while a patch is under way waits for its version. Patches that are
 * settled are forgotten but for their version, so that a thousand rounds cost kilobytes.
 */
export class TwinFollower {
  readonly counts: FollowerCounts = {
    patched: 0,
    received: 0,
    acknowledged: 0,
    refused: 0,
    superseded: 0,
    missed: 0,
    duplicate: 0,
    outOfOrder: 0,
  };
  readonly missed: MissedRounds[] = [];
  readonly #options: FollowerOptions;
  /** By version, ascending. */
  readonly #patches = new Map<number, Patch>();
  /** Of all patches, ascending, with the round that made each. */
  readonly #versions: number[] = [];
  readonly #rounds: number[] = [];
  /** Events since the patch that is under way was asked for. */
  #waiting: TwinEvent[] | undefined;
  readonly #members = new Map<string, Member>();
  #receivedVersion = 0;
  #last: LastRound | undefined;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** A round begins that the device is selected for. */
  begin(round: number): void {
    this.#last = { ...NOT_ASKED, round };
  }

  /** The service is asked, ms after time 0. */
  asking(askedT: number): void {
    this.#waiting ??= [];
    if (this.#last !== undefined) this.#last = { ...this.#last, askedT };
  }

  /** The service has made the patch. */
  answered(version: number): void {
    const last = this.#last;
    if (last?.askedT === undefined) return;
    const { round, askedT } = last;
    this.#last = { ...last, version };
    this.counts.patched += 1;
    this.#patches.set(version, {
      round,
      askedT,
      version,
      receivedT: undefined,
      fate: "open",
    });
    this.#versions.push(version);
    this.#rounds.push(round);
    this.#release();
  }

  /** The service has not made it, or did not say so. */
  notAnswered(error: string): void {
    if (this.#last !== undefined) this.#last = { ...this.#last, error };
    this.#release();
  }

  /** Takes an event of the device. */
  observe(event: TwinEvent): void {
    if (this.#waiting === undefined) this.#take(event);
    else this.#waiting.push(event);
  }

  /** undefined = it was never selected. */
  get last(): LastRound | undefined {
    return this.#last;
  }

  /** Newest version that it got, pushed or read, since the action began; 0 = none. */
  get receivedVersion(): number {
    return this.#receivedVersion;
  }

  /** What it reported of what is patched, since the action began. */
  get reported(): JsonObject {
    return Object.fromEntries([...this.#members].map(([key, { value }]) => [key, value]));
  }

  /** Patches that it got and neither answered nor had overtaken by a later one. */
  get notEchoed(): number {
    const open = [...this.#patches.values()];
    return open.filter(({ fate, receivedT }) => fate === "open" && receivedT !== undefined).length;
  }

  #release(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const event of waiting) this.#take(event);
  }

  #take(event: TwinEvent): void {
    switch (event.type) {
      case "desired":
        this.#received(event);
        return;
      case "reported":
        this.#reported(event);
        return;
      case "desiredMissed":
        this.#missed(event);
        return;
      case "desiredDropped":
        if (this.#versions.includes(event.version)) this.counts[event.why] += 1;
        return;
      default:
        event satisfies never;
    }
  }

  /** A section that is read brings all that is not newer; what is pushed is that version alone. */
  #received({ version, initial, t }: TwinEvent & { type: "desired" }): void {
    this.#receivedVersion = Math.max(this.#receivedVersion, version);
    for (const patch of this.#patches.values()) {
      const isIt = initial ? patch.version <= version : patch.version === version;
      if (!isIt || patch.receivedT !== undefined) continue;
      patch.receivedT = t;
      this.counts.received += 1;
      this.#options.onTime("received", t - patch.askedT, patch.askedT);
      if (patch.round === this.#last?.round) this.#last = { ...this.#last, isReceived: true };
      this.#forgetIfSettled(patch);
    }
  }

  #reported({ desiredVersion, patch: section, t }: TwinEvent & { type: "reported" }): void {
    const wanted = this.#options.desiredOf(1);
    for (const [key, value] of Object.entries(section))
      if (Object.hasOwn(wanted, key)) this.#members.set(key, { value, desiredVersion });
    const reached = [...this.#patches.values()].filter(({ version }) => version <= desiredVersion);
    const newest = reached.at(-1);
    for (const patch of reached) {
      if (patch.fate === "open" || patch.fate === "refused") this.#judge(patch, t);
      if (patch.fate === "open" && patch !== newest) {
        patch.fate = "superseded";
        this.counts.superseded += 1;
      }
      // Nobody waits for another answer to a patch that a later one has overtaken.
      if (patch.fate === "refused" && patch !== newest) this.#patches.delete(patch.version);
      this.#forgetIfSettled(patch);
    }
  }

  /** Whether all that the patch gave is shown by what was reported since it was applied. */
  #judge(patch: Patch, t: number): void {
    const { round, version, askedT, receivedT } = patch;
    const said = Object.entries(this.#options.desiredOf(round)).map(([key, wanted]) => {
      const member = this.#members.get(key);
      const isNew = member !== undefined && member.desiredVersion >= version;
      return acknowledgment(wanted, isNew ? member.value : undefined, version);
    });
    const isLast = round === this.#last?.round;
    if (said.includes("refused")) {
      if (patch.fate !== "refused") this.counts.refused += 1;
      patch.fate = "refused";
      if (isLast && this.#last !== undefined) this.#last = { ...this.#last, isRefused: true };
    } else if (!said.includes("open")) {
      if (patch.fate === "refused") this.counts.refused -= 1;
      patch.fate = "acknowledged";
      this.counts.acknowledged += 1;
      this.#options.onTime("acknowledged", t - askedT, askedT);
      if (receivedT !== undefined) this.#options.onTime("answer", t - receivedT, askedT);
      if (isLast && this.#last !== undefined)
        this.#last = { ...this.#last, acknowledgedT: t, isRefused: false };
    }
  }

  #missed({ from, to, healed }: TwinEvent & { type: "desiredMissed" }): void {
    const first = this.#versions.findIndex((version) => version >= from && version <= to);
    if (first < 0) return;
    const last = this.#versions.findLastIndex((version) => version <= to);
    this.counts.missed += last - first + 1;
    const rounds = { from: this.#rounds[first] ?? 0, to: this.#rounds[last] ?? 0 };
    this.missed.push({ ...rounds, healed });
  }

  #forgetIfSettled({ version, receivedT, fate }: Patch): void {
    const isDecided = fate === "acknowledged" || fate === "superseded";
    if (isDecided && receivedT !== undefined) this.#patches.delete(version);
  }
}

const NOT_ASKED = {
  askedT: undefined,
  version: undefined,
  error: undefined,
  acknowledgedT: undefined,
  isRefused: false,
  isReceived: false,
} as const;
