import { numberOf } from "../shared/desired.ts";
import type { Saved } from "../shared/saved.ts";
import type { DesiredContext, Json, JsonObject } from "../../src/model/model.ts";
import type { TwinSettings } from "./twin-settings.ts";

/** What a property is at the moment. */
interface InUse {
  /** As the device uses it. */
  readonly value: Json;
  /** As the twin has it: the text of a number stays a text. */
  readonly written: Json;
  /** The default, until a twin or a method has said otherwise. */
  readonly isDefault: boolean;
}

/** The desired properties of one device, and what it reports about them. */
export class TwinState {
  readonly #settings: TwinSettings;
  readonly #reported: JsonObject;
  readonly #inUse = new Map<string, InUse>();
  #version = 0;

  /** @param reported constants of this device */
  constructor(settings: TwinSettings, reported: JsonObject) {
    this.#settings = settings;
    this.#reported = reported;
    for (const name of settings.desired.keys()) this.#reset(name);
  }

  /** The value in use; null = there is none. */
  value(name: string): Json {
    return this.#inUse.get(name)?.value ?? null;
  }

  get intervalS(): number | undefined {
    const { interval } = this.#settings;
    return interval === undefined ? undefined : numberOf(this.value(interval));
  }

  /** Applies a desired patch and gives what is to be reported. Absence in a whole section, and null, bring the default back. */
  desired(patch: JsonObject, { version, initial }: DesiredContext): JsonObject | undefined {
    this.#version = version;
    const reported: Record<string, Json> = initial ? { ...this.#reported } : {};
    for (const name of this.#settings.desired.keys()) {
      const wish = Object.hasOwn(patch, name) ? patch[name] : undefined;
      if (wish === undefined && !initial) continue;
      if (wish === undefined || wish === null) this.#reset(name);
      const isRefused = wish !== undefined && wish !== null && !this.set(name, wish);
      const shown = this.#shown(name, isRefused);
      // A property that has no value yet is reported only to remove an older one.
      if (shown !== undefined) reported[name] = shown;
      else if (wish === null) reported[name] = null;
    }
    return Object.keys(reported).length === 0 ? undefined : reported;
  }

  /** Sets a property. @returns whether the value is one that it takes */
  set(name: string, wish: Json): boolean {
    const value = this.#settings.desired.get(name)?.accept(wish);
    if (value === undefined) return false;
    this.#inUse.set(name, { value, written: wish, isDefault: false });
    return true;
  }

  /** What to report after a method has set these properties. */
  reportOf(names: Iterable<string>): JsonObject {
    const reported: Record<string, Json> = {};
    for (const name of names) {
      const shown = this.#shown(name, false);
      if (shown !== undefined) reported[name] = shown;
    }
    return reported;
  }

  /** The values in use of all that a twin may set. */
  settled(): JsonObject {
    const names = [...this.#settings.desired.keys()];
    return Object.fromEntries(names.map((name) => [name, this.value(name)]));
  }

  snapshot(): Json {
    return {
      version: this.#version,
      inUse: Object.fromEntries([...this.#inUse].map(([name, inUse]) => [name, { ...inUse }])),
    };
  }

  /** @throws {TypeError} naming what was not saved by `snapshot` */
  restore(saved: Saved): void {
    this.#version = saved.number("version");
    const inUse = saved.part("inUse");
    for (const name of this.#settings.desired.keys()) {
      this.#reset(name);
      if (!inUse.has(name)) continue;
      const part = inUse.part(name);
      this.#inUse.set(name, {
        value: part.json("value"),
        written: part.json("written"),
        isDefault: part.flag("isDefault"),
      });
    }
  }

  #reset(name: string): void {
    const value = this.#settings.desired.get(name)?.byDefault;
    if (value === undefined) this.#inUse.delete(name);
    else this.#inUse.set(name, { value, written: value, isDefault: true });
  }

  /**
   * How the twin shows the property; undefined = not at all.
   * Source of the codes: Microsoft Learn, "IoT Plug and Play conventions", "Acknowledgment responses".
   */
  #shown(name: string, isRefused: boolean): Json | undefined {
    const { echo, desired } = this.#settings;
    const inUse = this.#inUse.get(name);
    if (echo === "none" || inUse === undefined) return undefined;
    if (echo === "flat") return inUse.written;
    if (isRefused) {
      const expected = desired.get(name)?.expected ?? "another value";
      return { value: inUse.value, ac: 400, av: this.#version, ad: `expected ${expected}` };
    }
    if (inUse.isDefault) return { value: inUse.value, ac: 203, av: 0, ad: "the device's default" };
    return { value: inUse.value, ac: 200, av: this.#version, ad: "accepted" };
  }
}
