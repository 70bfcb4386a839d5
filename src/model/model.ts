/**
 * The STABLE contract between the fleet and a device model; it imports nothing, so a model may live anywhere.
 *
 * A model is pure: time, randomness and files are passed in, nothing is read from the machine, and what it has to say
 * goes out by what it returns or by the two functions of its context. The n-th message of a device depends only on the
 * seed, the registration id, its settings, n, and the desired patches, method calls and faults that came before it.
 */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** One named, independent, seeded stream of random numbers; its state can be saved and loaded. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  next(): number;
  save(): readonly number[];
  load(state: readonly number[]): void;
}

/** One telemetry message. The fleet adds the application properties `seq` and `boot`. */
export interface Message {
  /** UTF-8 text, usually JSON. */
  readonly body: string;
  /** Application properties; values are strings on the wire. */
  readonly properties: Readonly<Record<string, string>>;
  /** System properties `$.ct` and `$.ce`; absent = not set. */
  readonly contentType?: string;
  readonly contentEncoding?: string;
}

/** Something that happened in the device and is worth a line in a log: a fan broke, a belt stopped. */
export interface ModelEvent {
  /** What happened, in camelCase (`fanFailed`): what filters and tests look for. */
  readonly name: string;
  /** The same for people, one line. */
  readonly text: string;
  /** Absent = `info`. */
  readonly level?: "info" | "warning";
  /** What belongs to it. */
  readonly data?: JsonObject;
}

/** The answer to a direct method. */
export interface MethodResult {
  /** Any integer but 0; 200 = done. */
  readonly status: number;
  readonly payload?: Json;
  /** A reported patch that the call caused; absent = nothing to report. */
  readonly reported?: JsonObject;
}

export interface DesiredContext {
  /** `$version` of the desired section that this patch brings the device to. */
  readonly version: number;
  /** True for the whole desired section read after a connect, false for a patch pushed by the hub. */
  readonly initial: boolean;
}

/** The time of one step. */
export interface StepTime {
  /** Seconds of the device's own time since the step before, > 0: the planned interval times `scale`. */
  readonly dtS: number;
  /**
   * When the messages of this step are due: ms after time 0, planned. It says when the device got connected, so what
   * depends on it is not the same in every run: use it for time stamps alone, and `dtS` for all else.
   */
  readonly atMs: number;
  /** Seconds of the device's own time for each second of the interval, > 0; absent = 1. What goes by ticks makes this many (rounded, at least one). */
  readonly scale?: number;
}

/** A fault that begins: what the scenario asks for, checked by the model's `faults`. */
export interface ActiveFault {
  /** Names this fault among those of the device that are on; `endFault` gets it. */
  readonly id: string;
  /** One of the names in the model's `faults`. */
  readonly kind: string;
  readonly parameters: JsonObject;
}

/** The life of one simulated device. */
export interface ModelDevice {
  /** The DTMI that the device announces to DPS and to its hub; absent = no Plug and Play device. */
  readonly modelId?: string | undefined;
  /** Advances by one interval and gives the messages that are due, in the order in which they are sent; may be none. */
  step(time: StepTime): readonly Message[];
  /** Applies a desired patch (without `$version`; null removes) and gives the reported patch that answers it, if any. */
  desired(patch: JsonObject, context: DesiredContext): JsonObject | undefined;
  /** Direct methods by name. An unknown name is answered 404 by the fleet. */
  readonly methods: Readonly<Record<string, (payload: Json) => MethodResult>>;
  /** Seconds between messages that the twin asks for; undefined = what the scenario says. */
  readonly intervalS?: number | undefined;
  /**
   * What the device takes its writable properties to be right now, under the names that desired patches have, whoever set
   * them; null = nothing was asked for. A name that is not there is none that it obeys. Changes nothing. Absent = it is
   * judged by what it reports alone.
   */
  settled?(): JsonObject;
  /** A fault begins. Several may be on at once, of one kind too. Only called with kinds of the model's `faults`. */
  beginFault?(fault: ActiveFault): void;
  /** The fault of that id is over; what is left of it is the model's affair. */
  endFault?(id: string): void;
  /** The whole inner state as JSON, so that a restored device goes on with the same messages. */
  snapshot(): Json;
  /** Goes on where `snapshot` was called, perhaps in another process. @throws {Error} on what is no such snapshot */
  restore(state: Json): void;
}

/** What a device is made of. */
export interface ModelContext<Settings> {
  readonly deviceId: string;
  /** The model's defaults with what the scenario says for this device in their place. */
  readonly settings: Settings;
  /** The same name gives the same stream for this device and seed; streams do not depend on one another. */
  random(stream: string): RandomStream;
  /** Text of a file that the settings name, as the model's `files` listed it. */
  file(name: string): string;
  /** Reports properties that no desired patch and no method asked for: a fan that broke. Merged with what is not sent yet. */
  report(patch: JsonObject): void;
  /** Tells something that happened. */
  tell(event: ModelEvent): void;
}

/** A kind of fault that devices of a model can have. */
export interface ModelFault {
  /** One sentence, for documents and errors: `the fan stops and cannot be started`. */
  readonly does: string;
  /**
   * Every problem of the parameters given by a scenario (unknown ones too); [] = good. Never throws. What a scenario says of
   * every fault is no parameter and can be none: `kind`, `devices`, `at`, `every`, `for`.
   */
  check(parameters: JsonObject): readonly string[];
}

/** What a module exports as `model`. */
export interface DeviceModel<Settings extends JsonObject = JsonObject> {
  readonly name: string;
  /** Of a setting that is a mapping here, a scenario's mapping is taken as it is; of others it may be a distribution. */
  readonly defaults: Settings;
  /**
   * Every problem of settings given by a scenario (unknown keys too), without the defaults; [] = good. Never throws.
   *
   * @param file text of a file that `files` named; absent in the first call, which comes before files are read
   */
  checkSettings(raw: JsonObject, file?: (name: string) => string): readonly string[];
  /** Files that good settings name, as written there; the fleet reads them, relative to the scenario. Absent = none. */
  files?(settings: Settings): readonly string[];
  /** Kinds of faults by name; absent = none. Those that act on messages alone are the fleet's and need no model. */
  readonly faults?: Readonly<Record<string, ModelFault>>;
  create(context: ModelContext<Settings>): ModelDevice;
}
