import type { Json } from "../../src/model/model.ts";

/**
 * A snapshot read back strictly, perhaps in another process: each getter gives the member of that name or throws a
 * TypeError that names it and the model.
 */
export class Saved {
  readonly #members: ReadonlyMap<string, Json>;
  readonly #owner: string;
  readonly #path: string;

  /**
   * @param owner name of the model, for errors
   * @throws {TypeError} where `state` is no object
   */
  constructor(state: Json, owner: string, path = "") {
    this.#owner = owner;
    this.#path = path;
    if (typeof state !== "object" || state === null || Array.isArray(state)) {
      throw this.#refusal("", "an object");
    }
    this.#members = new Map(Object.entries(state));
  }

  /** A finite number. */
  number(key: string): number {
    const value = this.#members.get(key);
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw this.#refusal(key, "a number");
  }

  /** A finite number, or null. */
  optionalNumber(key: string): number | null {
    return this.#members.get(key) === null ? null : this.number(key);
  }

  /** Any number, NaN and infinities too, as `anyNumber` wrote it. */
  anyNumber(key: string): number {
    const value = this.#members.get(key);
    return typeof value === "string" && NOT_FINITE.includes(value)
      ? Number(value)
      : this.number(key);
  }

  text(key: string): string {
    const value = this.#members.get(key);
    if (typeof value === "string") return value;
    throw this.#refusal(key, "a text");
  }

  flag(key: string): boolean {
    const value = this.#members.get(key);
    if (typeof value === "boolean") return value;
    throw this.#refusal(key, "true or false");
  }

  choice<Choice extends string>(key: string, choices: readonly Choice[]): Choice {
    const value = this.#members.get(key);
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    throw this.#refusal(key, `one of ${choices.join(", ")}`);
  }

  /** One of the choices, or null. */
  optionalChoice<Choice extends string>(key: string, choices: readonly Choice[]): Choice | null {
    return this.#members.get(key) === null ? null : this.choice(key, choices);
  }

  /** A list of finite numbers, such as the state of a random stream. */
  numbers(key: string): readonly number[] {
    return this.list(key).map((value) => {
      if (typeof value === "number" && Number.isFinite(value)) return value;
      throw this.#refusal(key, "a list of numbers");
    });
  }

  list(key: string): readonly Json[] {
    const value = this.#members.get(key);
    if (isList(value)) return value;
    throw this.#refusal(key, "a list");
  }

  /** Whatever stands there. */
  json(key: string): Json {
    const value = this.#members.get(key);
    if (value !== undefined) return value;
    throw this.#refusal(key, "a value");
  }

  /** The object under `key`. */
  part(key: string): Saved {
    const value = this.#members.get(key);
    if (value === undefined) throw this.#refusal(key, "an object");
    return new Saved(value, this.#owner, this.#placeOf(key));
  }

  has(key: string): boolean {
    return this.#members.has(key);
  }

  #placeOf(key: string): string {
    return [this.#path, key].filter((name) => name !== "").join(".");
  }

  #refusal(key: string, expected: string): TypeError {
    const place = this.#placeOf(key);
    return new TypeError(
      `${this.#owner} snapshot${place === "" ? "" : `: ${place}`}: expected ${expected}`,
    );
  }
}

const NOT_FINITE = ["NaN", "Infinity", "-Infinity"];

/** A number as JSON can keep it: what is not finite becomes a text. `Saved.anyNumber` reads it. */
export function anyNumber(value: number): Json {
  return Number.isFinite(value) ? value : String(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
