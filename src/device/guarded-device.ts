import { DeviceFailure } from "../base/failure.ts";
import { describeThrown } from "../base/thrown-at.ts";
import type { ModelTime } from "../metrics/generator/model-time.ts";
import { deviceProblems, dropPromise, kindOf } from "../model/model-shape.ts";
import type {
  ActiveFault,
  DesiredContext,
  DeviceModel,
  Json,
  JsonObject,
  Message,
  MethodResult,
  ModelContext,
  ModelDevice,
  ModelEvent,
  StepTime,
} from "../model/model.ts";
import {
  eventTrouble,
  intervalTrouble,
  messagesTrouble,
  methodTrouble,
  patchTrouble,
  settledTrouble,
} from "./model-trouble.ts";

const NO_MESSAGES: readonly Message[] = [];

/**
 * A device of a model, held to its contract: what it throws, and whatever it gives that is no such thing, breaks this
 * one device, with a failure that names model and member, file and line. Once broken it does nothing any more.
 */
export class GuardedDevice implements ModelDevice {
  readonly modelId: string | undefined;
  readonly methods: Readonly<Record<string, (payload: Json) => MethodResult>>;
  readonly #modelName: string;
  readonly #onBroken: (failure: DeviceFailure) => void;
  readonly #time: ModelTime;
  /** undefined = broken. */
  #device: ModelDevice | undefined;

  /** @param told `onBroken` is called once at most, perhaps before the constructor returns; `time` counts each call */
  constructor(
    model: DeviceModel,
    context: ModelContext<JsonObject>,
    told: { readonly onBroken: (failure: DeviceFailure) => void; readonly time: ModelTime },
  ) {
    this.#modelName = model.name;
    this.#onBroken = told.onBroken;
    this.#time = told.time;
    const report = (patch: JsonObject): void => {
      refuse("report", patchTrouble(patch), report);
      context.report(patch);
    };
    const tell = (event: ModelEvent): void => {
      refuse("tell", eventTrouble(event), tell);
      context.tell(event);
    };
    const device = this.#made(model, { ...context, report, tell });
    this.#device = device;
    this.modelId = device?.modelId;
    this.methods = Object.fromEntries(
      Object.keys(device?.methods ?? {}).map((name) => [
        name,
        (payload) => this.#call(name, payload),
      ]),
    );
  }

  get intervalS(): number | undefined {
    return this.#ask("intervalS", (device) => device.intervalS, intervalTrouble);
  }

  step(time: StepTime): readonly Message[] {
    const device = this.#device;
    if (device === undefined) return NO_MESSAGES;
    // Not by `ask`: this is what a device does all day.
    const began = this.#time.begin();
    try {
      const messages = device.step(time);
      const trouble = messagesTrouble(messages);
      if (trouble === undefined) return messages;
      dropPromise(messages);
      this.#break(`step: ${trouble}`);
    } catch (error) {
      this.#break(`step threw ${describeThrown(error)}`, error);
    } finally {
      this.#time.end(began);
    }
    return NO_MESSAGES;
  }

  desired(patch: JsonObject, context: DesiredContext): JsonObject | undefined {
    return this.#ask("desired", (device) => device.desired(patch, context), patchTrouble);
  }

  /** {} where the model does not tell, or is broken. */
  settled(): JsonObject {
    const settled = this.#ask(
      "settled",
      (device) => (device.settled === undefined ? {} : device.settled()),
      settledTrouble,
    );
    return settled ?? {};
  }

  beginFault(fault: ActiveFault): void {
    this.#ask("beginFault", (device) => device.beginFault?.(fault));
  }

  endFault(id: string): void {
    this.#ask("endFault", (device) => device.endFault?.(id));
  }

  snapshot(): Json {
    return this.#ask("snapshot", (device) => device.snapshot()) ?? null;
  }

  restore(state: Json): void {
    this.#ask("restore", (device) => device.restore(state));
  }

  #made(model: DeviceModel, context: ModelContext<JsonObject>): ModelDevice | undefined {
    try {
      const device = model.create(context);
      dropPromise(device);
      const [wrong] = deviceProblems(device);
      if (wrong === undefined) return device;
      this.#break(`${wrong.place}: ${wrong.message}`);
    } catch (error) {
      this.#break(`create threw ${describeThrown(error)}`, error);
    }
    return undefined;
  }

  #call(name: string, payload: Json): MethodResult {
    const answer = this.#ask(
      `method ${name}`,
      // As a member of its mapping: a method may use `this`.
      (device) => device.methods[name]?.(payload),
      methodTrouble,
    );
    return answer ?? { status: 500, payload: { result: `method ${name} failed` } };
  }

  /** Asks the device and judges what it says; undefined where it is broken, then or now. */
  #ask<Answer>(
    what: string,
    ask: (device: ModelDevice) => Answer,
    troubleOf?: (answer: Answer) => string | undefined,
  ): Answer | undefined {
    if (this.#device === undefined) return undefined;
    const began = this.#time.begin();
    try {
      const answer = ask(this.#device);
      dropPromise(answer);
      const trouble =
        answer instanceof Promise
          ? `expected an answer at once, got ${kindOf(answer)}`
          : troubleOf?.(answer);
      if (trouble === undefined) return answer;
      this.#break(`${what}: ${trouble}`);
    } catch (error) {
      this.#break(`${what} threw ${describeThrown(error)}`, error);
    } finally {
      this.#time.end(began);
    }
    return undefined;
  }

  #break(what: string, cause?: unknown): void {
    this.#device = undefined;
    this.#onBroken(new DeviceFailure("model", `model ${this.#modelName}: ${what}`, { cause }));
  }
}

/** Throws into the model that called `called`: the line that this is told with is the model's own. */
function refuse(
  what: string,
  trouble: string | undefined,
  called: (...given: never[]) => void,
): void {
  if (trouble === undefined) return;
  const error = new TypeError(`${what}: ${trouble}`);
  Error.captureStackTrace(error, called);
  throw error;
}
