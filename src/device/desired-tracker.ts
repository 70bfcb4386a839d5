import { isJsonObject } from "../base/json.ts";
import { SeqSet, without } from "../metrics/seq-ranges.ts";
import type { JsonObject } from "../model/model.ts";

/** A desired change that the model is to apply. */
export interface DesiredChange {
  readonly version: number;
  /** True for a whole section read, false for a pushed patch. */
  readonly initial: boolean;
  /** Without `$version` and `$metadata`. */
  readonly patch: JsonObject;
}

/** What was wrong with the way in which versions came. */
export type DesiredTrouble =
  /** A pushed patch that is not applied: its version was pushed before, or comes after newer ones. */
  | { readonly kind: "duplicate" | "outOfOrder"; readonly version: number }
  /** Versions that were never pushed. A newer pushed one shows it (`gap`), or a section read in their place (`read`). */
  | {
      readonly kind: "missed";
      readonly from: number;
      readonly to: number;
      readonly learnt: "gap" | "read";
      /** Whether a whole section brought what was in them. */
      readonly healed: boolean;
    };

/** What follows from what came. */
export interface DesiredOutcome {
  /** To be applied, in order. */
  readonly changes: readonly DesiredChange[];
  readonly troubles: readonly DesiredTrouble[];
  /** An earlier version is missing: the section must be read again, and what is pushed until then waits. */
  readonly readAgain: boolean;
}

/** A patch that waits for a section. */
interface Held {
  readonly patch: JsonObject;
  readonly version: number | undefined;
  readonly isLate: boolean;
}

/**
 * Decides which desired changes a device applies, by `$version`, and tells what was wrong with those that it does not.
 * Source: Microsoft Learn, "Understand and use device twins", device reconnection flow: subscribe, read the whole twin,
 * drop notifications that are not newer than what was read, read again where a version is missing.
 */
export class DesiredTracker {
  readonly #readsAgain: boolean;
  #version: number | undefined;
  #held: Held[] | undefined = [];
  /** Versions that were pushed since the first section. */
  #pushed = new SeqSet();
  /** `$version` of the first section: what is older need not have been pushed. */
  #first = 0;
  /** Up to here it was told which versions were missed. */
  #toldTo = 0;
  /** The section that is awaited was asked for because of a gap. */
  #hasGap = false;

  /** @param options `readsAgain`: false = a device that reads its first section alone, and applies what is pushed after gaps */
  constructor(options: { readonly readsAgain: boolean } = { readsAgain: true }) {
    this.#readsAgain = options.readsAgain;
  }

  /** `$version` of what is applied; 0 before the first read. */
  get version(): number {
    return this.#version ?? 0;
  }

  /** Whether a section was read since the device was assigned. */
  get hasBegun(): boolean {
    return this.#version !== undefined;
  }

  /** The device was assigned anew: its twin may be another one, whose versions begin at 1 again. */
  forget(): void {
    this.#version = undefined;
    this.#held = [];
    this.#pushed = new SeqSet();
    this.#hasGap = false;
  }

  /** The section that was asked for after a gap could not be read: the next patch shows the gap again. */
  notRead(): readonly DesiredTrouble[] {
    if (this.#version === undefined) return [];
    this.#held = undefined;
    return this.#missedUpTo(this.#pushed.max, false);
  }

  /** A connection begins: pushed patches are held back until its whole section is read, if the device reads it. */
  hold(): void {
    if (this.#readsAgain || this.#version === undefined) this.#held ??= [];
  }

  /**
   * A whole section was read: gives it, if newer than what is applied (or the first), and the held patches that are
   * newer still.
   */
  section(section: JsonObject): DesiredOutcome {
    const version = versionOf(section) ?? 0;
    const held = (this.#held ?? []).toSorted((a, b) => (a.version ?? 0) - (b.version ?? 0));
    this.#held = undefined;
    const troubles: DesiredTrouble[] = [];
    const changes: DesiredChange[] = [];
    if (this.#version === undefined || version > this.#version) {
      if (this.#version === undefined) this.#first = this.#toldTo = version;
      else troubles.push(...this.#missedUpTo(version, true));
      this.#version = version;
      changes.push({ version, initial: true, patch: withoutMembers(section) });
    }
    this.#hasGap = false;
    for (const one of held) {
      const outcome = this.#take(one);
      changes.push(...outcome.changes);
      troubles.push(...outcome.troubles);
    }
    return { changes, troubles, readAgain: this.#held !== undefined };
  }

  /** A pushed patch arrived. */
  push(patch: JsonObject): DesiredOutcome {
    const version = versionOf(patch);
    if (version === undefined) return this.#take({ patch, version, isLate: false });
    const isCovered = this.#version !== undefined && version <= this.#version;
    const isLate = version < this.#pushed.max || (isCovered && version > this.#first);
    if (this.#pushed.add(version)) return this.#take({ patch, version, isLate });
    const duplicate = { kind: "duplicate", version } as const;
    if (isCovered || this.#held !== undefined) return nothing([duplicate]);
    // Pushed before and never applied: the section that it asked for could not be read.
    const again = this.#take({ patch, version, isLate: false });
    return { ...again, troubles: [duplicate, ...again.troubles] };
  }

  /** A patch whose version was not pushed before. */
  #take(one: Held): DesiredOutcome {
    const { patch, version, isLate } = one;
    const applied = this.version;
    if (version !== undefined && this.#version !== undefined && version <= applied) {
      // One that a section has brought already, and that comes in its turn, is as it should be.
      return nothing(isLate ? [{ kind: "outOfOrder", version }] : []);
    }
    if (this.#held !== undefined) {
      this.#held.push(one);
      return nothing();
    }
    // A patch without version cannot be ordered: what the hub pushed last counts.
    if (version === undefined) return change(applied, patch);
    if (version > applied + 1 && this.#readsAgain) {
      this.#held = [one];
      this.#hasGap = true;
      return { changes: [], troubles: [], readAgain: true };
    }
    this.#hasGap = version > applied + 1;
    const troubles = this.#missedUpTo(version, false);
    this.#version = version;
    return { ...change(version, patch), troubles };
  }

  /** Versions up to this one that nobody told of as missed yet, and that were not pushed. */
  #missedUpTo(version: number, healed: boolean): readonly DesiredTrouble[] {
    const newest = this.#pushed.max;
    const missed = without([[this.#toldTo + 1, version]], this.#pushed.toRanges());
    this.#toldTo = Math.max(this.#toldTo, version);
    return missed.map(([from, to]) => {
      const learnt = this.#hasGap && to < newest ? "gap" : "read";
      return { kind: "missed", from, to, learnt, healed };
    });
  }
}

const nothing = (troubles: readonly DesiredTrouble[] = []): DesiredOutcome => ({
  changes: [],
  troubles,
  readAgain: false,
});

const change = (version: number, patch: JsonObject): DesiredOutcome => ({
  changes: [{ version, initial: false, patch: withoutMembers(patch) }],
  troubles: [],
  readAgain: false,
});

/** Hubs count from 1. */
function versionOf(section: JsonObject): number | undefined {
  const version = section["$version"];
  return typeof version === "number" && Number.isInteger(version) && version > 0
    ? version
    : undefined;
}

function withoutMembers(section: JsonObject): JsonObject {
  const { $version: _version, $metadata: _metadata, ...rest } = section;
  return isJsonObject(rest) ? rest : {};
}
