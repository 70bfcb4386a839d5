import type { Json, JsonObject, MethodResult } from "../../../src/model/model.ts";
import type { Saved } from "../../shared/saved.ts";
import type { FanState } from "../cave.ts";
import { FAN_STATES } from "../cave.ts";
import type { DialectContext } from "../dialect.ts";
import { fanSet, methodFailed } from "../happenings.ts";
import { parseEnum } from "./csharp-enum.ts";

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
    const { cave } = this.#context;
    if (cave.fan === "failed") return this.#failed("Fan failed");
    const text = JSON.stringify(payload).replaceAll('"', "");
    const value = parseEnum(text, this.#names);
    if (value === undefined) return this.#failed("Invalid parameter");
    const known: FanState | undefined = FAN_STATES[value];
    cave.fan = known ?? "off";
    this.#nameless = known === undefined ? value : null;
    this.#context.tell(fanSet(`Fan set to: ${text}`));
    return { status: 200, payload: { result: "Executed direct method: SetFanState" } };
  }

  snapshot(): JsonObject {
    return { nameless: this.#nameless };
  }

  restore(saved: Saved): void {
    this.#nameless = saved.optionalNumber("nameless");
  }

  #failed(result: string): MethodResult {
    this.#context.tell(methodFailed(`Direct method failed: ${JSON.stringify({ result })}`));
    return { status: 400, payload: { result } };
  }
}
