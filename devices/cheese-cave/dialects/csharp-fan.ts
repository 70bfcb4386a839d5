import type { Json, JsonObject, MethodResult } from "../../../src/model/model.ts";
import type { Saved } from "../../shared/saved.ts";
import type { FanState } from "../cave.ts";
import { FAN_STATES } from "../cave.ts";
import type { DialectContext } from "../dialect.ts";
import { parseEnum } from "./csharp-enum.ts";
import { setFan } from "./fan-method.ts";

/** Names of the fan's states in a C# sample: off, on, failed. */
export type FanNames = readonly [off: string, on: string, failed: string];

/**
 * The fan as the C# samples keep it: an enum that any caller may set to any number. One without a name is a fan that is
 * neither on nor failed.
 */
export class CsharpFan {
  readonly #context: DialectContext;
  readonly #names: FanNames;
  /** Of an enum value without a name, while the cave's fan is off by it. */
  #nameless: number | null = null;

  constructor(context: DialectContext, names: FanNames) {
    this.#context = context;
    this.#names = names;
  }

  /** As `ToString` of the enum gives it. */
  get text(): string {
    const { fan } = this.#context.cave;
    return fan === "off" && this.#nameless !== null
      ? String(this.#nameless)
      : (this.#names[FAN_STATES.indexOf(fan)] ?? fan);
  }

  /** The direct method `SetFanState`: its JSON payload, without quotes, goes through `Enum.Parse`, so `failed` breaks the fan. */
  setFanState(payload: Json): MethodResult {
    const text = JSON.stringify(payload).replaceAll('"', "");
    const value = parseEnum(text, this.#names);
    if (value === undefined) return setFan(this.#context, undefined);
    const known: FanState | undefined = FAN_STATES[value];
    const answer = setFan(this.#context, known ?? "off", { shown: text });
    if (answer.status === 200) this.#nameless = known === undefined ? value : null;
    return answer;
  }

  snapshot(): JsonObject {
    return { nameless: this.#nameless };
  }

  restore(saved: Saved): void {
    this.#nameless = saved.optionalNumber("nameless");
  }
}
