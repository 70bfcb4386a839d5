import { isMapping } from "../shared/mapping.ts";
import { roundTo } from "../shared/rounding.ts";
import { Saved } from "../shared/saved.ts";
import { SensorFaults } from "../shared/sensor-faults.ts";
import type {
  ActiveFault,
  DesiredContext,
  Json,
  JsonObject,
  Message,
  MethodResult,
  ModelContext,
  ModelDevice,
  ModelEvent,
  RandomStream,
  StepTime,
} from "../../src/model/model.ts";
import type { Field, Leaf } from "./field.ts";
import type { Generator, Moment } from "./generator.ts";
import { answer } from "./method-replies.ts";
import { filledIn } from "./placeholders.ts";
import type { Template } from "./template.ts";
import { TwinState } from "./twin-state.ts";

/** One field of one device. */
interface LiveField {
  readonly leaf: Leaf;
  readonly generator: Generator;
  /** Undefined where nothing is random. */
  readonly random: RandomStream | undefined;
  /** What the message says of it. */
  value: Json;
}

/** A device that sends what its settings say. */
export class TemplateDevice implements ModelDevice {
  readonly modelId: string | undefined;
  readonly methods: Readonly<Record<string, (payload: Json) => MethodResult>>;
  readonly #template: Template;
  readonly #deviceId: string;
  readonly #twin: TwinState;
  readonly #fields: ReadonlyMap<string, LiveField>;
  readonly #faults: SensorFaults;
  readonly #faultRandom: RandomStream;
  readonly #tell: (event: ModelEvent) => void;
  /** Of the next message. */
  #index = 0;
  #elapsedS = 0;

  constructor(template: Template, context: ModelContext<JsonObject>) {
    const { deviceId } = context;
    const { twin, methods } = template;
    this.#template = template;
    this.#deviceId = deviceId;
    this.modelId = template.modelId;
    this.#twin = new TwinState(
      twin,
      Object.fromEntries(
        [...twin.reported].map(([name, value]) => [name, filledIn(value, { deviceId })]),
      ),
    );
    this.#fields = new Map(template.leaves.map((leaf) => [leaf.name, this.#live(leaf, context)]));
    this.#faultRandom = context.random("fault");
    this.#faults = new SensorFaults([...this.#fields.keys()], this.#faultRandom);
    this.#tell = (event) => context.tell(event);
    this.methods = Object.fromEntries(
      [...methods].map(([name, reply]) => [
        name,
        (payload: Json) => answer(reply, this.#twin, payload, deviceId, twin.desired),
      ]),
    );
  }

  get intervalS(): number | undefined {
    return this.#twin.intervalS;
  }

  step({ dtS }: StepTime): readonly Message[] {
    const isFirst = this.#index === 0;
    if (!isFirst) this.#elapsedS += dtS;
    const moment: Moment = { index: this.#index, elapsedS: this.#elapsedS, dtS: isFirst ? 0 : dtS };
    this.#index += 1;
    this.#faults.step(dtS);
    let isOver = false;
    for (const field of this.#fields.values()) {
      const value = field.generator.next(moment);
      if (value === undefined) isOver = true;
      else field.value = this.#reading(value, field.leaf);
    }
    return isOver || this.#faults.silent ? [] : [this.#message()];
  }

  beginFault(fault: ActiveFault): void {
    this.#faults.begin(fault);
    const { sensor } = fault.parameters;
    if (typeof sensor !== "string" || this.#fields.has(sensor)) return;
    const text = `there is no field ${sensor} that ${fault.kind} could act on`;
    this.#tell({ name: "faultWithoutField", text, level: "warning", data: { sensor } });
  }

  endFault(id: string): void {
    this.#faults.end(id);
  }

  desired(patch: JsonObject, context: DesiredContext): JsonObject | undefined {
    return this.#twin.desired(patch, context);
  }

  settled(): JsonObject {
    return this.#twin.settled();
  }

  snapshot(): Json {
    const fields = [...this.#fields].map(([name, { generator, random }]): [string, Json] => [
      name,
      {
        ...(generator.carried === undefined ? {} : { carried: generator.carried }),
        ...(random === undefined ? {} : { random: random.save() }),
      },
    ]);
    return {
      index: this.#index,
      elapsedS: this.#elapsedS,
      twin: this.#twin.snapshot(),
      sensorFaults: this.#faults.snapshot(),
      faultRandom: this.#faultRandom.save(),
      fields: Object.fromEntries(fields),
    };
  }

  restore(state: Json): void {
    const saved = new Saved(state, "template");
    this.#index = saved.number("index");
    this.#elapsedS = saved.number("elapsedS");
    this.#twin.restore(saved.part("twin"));
    this.#faults.restore(saved.list("sensorFaults"), "template");
    this.#faultRandom.load(saved.numbers("faultRandom"));
    const fields = saved.part("fields");
    for (const [name, { generator, random }] of this.#fields) {
      const field = fields.part(name);
      const { carried } = generator;
      if (carried !== undefined) {
        generator.carried =
          typeof carried === "number" ? field.number("carried") : field.json("carried");
      }
      random?.load(field.numbers("random"));
    }
  }

  #live(leaf: Leaf, context: ModelContext<JsonObject>): LiveField {
    let random: RandomStream | undefined;
    const generator = leaf.recipe({
      deviceId: this.#deviceId,
      random: () => (random ??= context.random(`field/${leaf.name}`)),
      property: (name) => this.#twin.value(name),
    });
    return { leaf, generator, random, value: null };
  }

  /** What the message says for a value: faults of sensors act on numbers, before they are rounded. */
  #reading(value: Json, { name, decimals }: Leaf): Json {
    if (typeof value !== "number") return value;
    const shown = this.#faults.read(name, value);
    return decimals === undefined ? shown : roundTo(shown, decimals);
  }

  #message(): Message {
    const { fields, properties, isJson } = this.#template;
    const valueOf = (name: string): Json => this.#fields.get(name)?.value ?? this.#twin.value(name);
    const texts: Record<string, string> = {};
    for (const [name, property] of properties) {
      const text = property(valueOf, this.#deviceId);
      if (text !== undefined) texts[name] = text;
    }
    const body = JSON.stringify(this.#bodyOf(fields));
    return isJson
      ? { body, properties: texts, contentType: "application/json", contentEncoding: "utf-8" }
      : { body, properties: texts };
  }

  #bodyOf(field: Field): Json {
    if (field.kind === "leaf") {
      const value = this.#fields.get(field.name)?.value ?? null;
      return field.asText ? asText(value, field.decimals) : value;
    }
    const members: Record<string, Json> = {};
    for (const [key, each] of field.fields) members[key] = this.#bodyOf(each);
    return members;
  }
}

function asText(value: Json, decimals: number | undefined): Json {
  if (typeof value === "number" && decimals !== undefined) return value.toFixed(decimals);
  return typeof value === "string" || isMapping(value) ? value : JSON.stringify(value);
}
