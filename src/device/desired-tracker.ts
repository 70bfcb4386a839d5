import { isJsonObject } from "../base/json.ts";
import type { JsonObject } from "../model/model.ts";

/** A desired change that the model is to apply. */
export interface DesiredChange {
  readonly version: number;
  /** True for a whole section read, false for a pushed patch. */
  readonly initial: boolean;
  /** Without `$version` and `$metadata`. */
  readonly patch: JsonObject;
}

/**
 * Decides which desired changes a device applies, by `$version`.
 * Source: Microsoft Learn, "Understand and use device twins", device reconnection flow: subscribe, read the whole twin,
 * drop notifications that are not newer than what was read, read again where a version is missing.
 */
export class DesiredTracker {
  #version: number | undefined;
  #held: JsonObject[] | undefined = [];

  /** `$version` of what is applied; 0 before the first read. */
  get version(): number {
    return this.#version ?? 0;
  }

  /** The device was assigned anew: its twin may be another one, whose versions begin at 1 again. */
  forget(): void {
    this.#version = undefined;
    this.#held = [];
  }

  /** The section that was asked for after a gap could not be read: the next patch shows the gap again. */
  notRead(): void {
    if (this.#version !== undefined) this.#held = undefined;
  }

  /** A connection begins: pushed patches are held back until its whole section is read. */
  hold(): void {
    this.#held ??= [];
  }

  /**
   * A whole section was read: gives it, if newer than what is applied (or the first), and the held patches that are
   * newer still. `gap` = a held patch shows that a version is missing: the section must be read again.
   */
  section(section: JsonObject): {
    readonly changes: readonly DesiredChange[];
    readonly gap: boolean;
  } {
    const version = versionOf(section) ?? 0;
    const held = this.#held ?? [];
    this.#held = undefined;
    const changes: DesiredChange[] = [];
    if (this.#version === undefined || version > this.#version) {
      this.#version = version;
      changes.push({ version, initial: true, patch: withoutMembers(section) });
    }
    for (const patch of held) {
      const change = this.push(patch);
      if (typeof change === "object") changes.push(change);
    }
    return { changes, gap: this.#held !== undefined };
  }

  /**
   * A pushed patch arrived.
   *
   * @returns the change to apply; `stale` if not newer; `gap` if an earlier one was missed and the section must be read
   *   again; `held` while a section is awaited
   */
  push(patch: JsonObject): DesiredChange | "stale" | "gap" | "held" {
    if (this.#held !== undefined) {
      this.#held.push(patch);
      return "held";
    }
    const version = versionOf(patch);
    const applied = this.version;
    // A patch without version cannot be ordered: what the hub pushed last counts.
    if (version === undefined) {
      return { version: applied, initial: false, patch: withoutMembers(patch) };
    }
    if (version <= applied) return "stale";
    if (version > applied + 1) {
      this.#held = [patch];
      return "gap";
    }
    this.#version = version;
    return { version, initial: false, patch: withoutMembers(patch) };
  }
}

function versionOf(section: JsonObject): number | undefined {
  const version = section["$version"];
  return typeof version === "number" ? version : undefined;
}

function withoutMembers(section: JsonObject): JsonObject {
  const { $version: _version, $metadata: _metadata, ...rest } = section;
  return isJsonObject(rest) ? rest : {};
}
