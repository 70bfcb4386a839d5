import type { DesiredContext, Json, JsonObject } from "../../src/model/model.ts";
import type { Saved } from "./saved.ts";

/**
 * One writable property of an IoT Plug and Play device: what was asked for, and what is to be said about it. Each
 * acknowledgment is a reported patch `{ name: { value, ac, av, ad } }`. Source: Microsoft Learn, "IoT Plug and Play
 * conventions", "Writable properties" and "Acknowledgment responses".
 */
export class WritableProperty {
  readonly name: string;
  /** The last wish, as JSON text; `null` = left to the device, undefined = the twin was not read yet. */
  #wish: string | undefined;
  /** Version of the wish that is accepted and not reached yet. */
  #pending: number | undefined;
  /** Version of the desired section as last seen. */
  #version = 0;

  constructor(name: string) {
    this.name = name;
  }

  /**
   * What a desired patch asks for: a value, null to leave it to the device, undefined where there is nothing to
   * answer. In a whole section what is absent is left to the device, and what is as it was has been answered; unless
   * the section is not newer than the last, since then the device was assigned anew and its twin may be another one.
   */
  asked(patch: JsonObject, { initial, version }: DesiredContext): Json | undefined {
    const wish =
      patch[this.name] ?? (initial || Object.hasOwn(patch, this.name) ? null : undefined);
    const isNewer = version > this.#version;
    this.#version = version;
    if (wish === undefined) return undefined;
    const text = JSON.stringify(wish);
    const isAnswered = isNewer || this.#pending === version;
    if (initial && text === this.#wish && isAnswered) return undefined;
    this.#wish = text;
    this.#pending = undefined;
    return wish;
  }

  /** 203, version 0: the device's own value is used, since nobody asked for one. */
  byDefault(value: Json): JsonObject {
    return this.#acknowledgment(value, 203, 0, "default");
  }

  /** 400: the wish cannot be met. @param inUse the value that stays */
  refused(inUse: Json, version: number, why: string): JsonObject {
    return this.#acknowledgment(inUse, 400, version, why);
  }

  /** 200: the wish is met. */
  reached(value: Json, version: number): JsonObject {
    this.#pending = undefined;
    return this.#acknowledgment(value, 200, version, "reached");
  }

  /** 202: the wish is accepted and takes its time; once for a version, `arrived` follows. */
  approaching(value: Json, version: number, how = "approaching"): JsonObject {
    this.#pending = version;
    return this.#acknowledgment(value, 202, version, how);
  }

  /** Whether a wish is accepted and not reached yet. */
  get isPending(): boolean {
    return this.#pending !== undefined;
  }

  /** 200 for the wish that was pending; undefined where none is. */
  arrived(value: Json): JsonObject | undefined {
    return this.#pending === undefined ? undefined : this.reached(value, this.#pending);
  }

  snapshot(): JsonObject {
    return { wish: this.#wish ?? "", pending: this.#pending ?? null, version: this.#version };
  }

  /** @throws {TypeError} on what is no such snapshot */
  restore(saved: Saved): void {
    const wish = saved.text("wish");
    this.#wish = wish === "" ? undefined : wish;
    this.#pending = saved.optionalNumber("pending") ?? undefined;
    this.#version = saved.number("version");
  }

  #acknowledgment(value: Json, ac: number, av: number, ad: string): JsonObject {
    return { [this.name]: { value, ac, av, ad } };
  }
}
