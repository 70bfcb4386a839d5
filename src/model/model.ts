/**
 * The STABLE contract between the fleet and a device model; it imports nothing, so a model may live anywhere.
 *
 * A model is pure: time and randomness are passed in, nothing is read from the machine. The n-th message of a
 * device depends only on the seed, the registration id, n and the desired patches applied before it.
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

/** The life of one simulated device. */
export interface ModelDevice {
  /** Advances by `dtS` (seconds, the planned interval, > 0) and gives the messages due at `atMs` (ms since time 0, planned). */
  step(time: { readonly dtS: number; readonly atMs: number }): readonly Message[];
  /** Applies a desired patch (without `$version`; null removes) and gives the reported patch that answers it, if any. */
  desired(patch: JsonObject, context: DesiredContext): JsonObject | undefined;
  /** Direct methods by name. An unknown name is answered 404 by the fleet. */
  readonly methods: Readonly<Record<string, (payload: Json) => MethodResult>>;
  /** Seconds between messages that the twin asks for; undefined = what the scenario says. */
  readonly intervalS?: number | undefined;
  /** The whole inner state as JSON, so that a restored device goes on with the same messages. */
  snapshot(): Json;
  restore(state: Json): void;
}

export interface ModelContext<Settings> {
  readonly deviceId: string;
  readonly settings: Settings;
  /** The same name gives the same stream for this device and seed. */
  random(stream: string): RandomStream;
}

/** What a module exports as `model`. */
export interface DeviceModel<Settings extends JsonObject = JsonObject> {
  readonly name: string;
  readonly defaults: Settings;
  /** Every problem of settings given by a scenario (unknown keys too); [] = good. Never throws. */
  checkSettings(raw: JsonObject): readonly string[];
  create(context: ModelContext<Settings>): ModelDevice;
}
