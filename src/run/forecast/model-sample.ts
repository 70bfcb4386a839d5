import type { JsonObject } from "../../base/json.ts";
import type { Message, ModelDevice } from "../../model/model.ts";

/** What a device of a model sends, as it did in its first steps. */
export interface ModelSample {
  /** Bytes of each message as Azure counts them, in the order of sending. */
  readonly sizes: readonly number[];
  /** Steps in which those were sent, >= 1. */
  readonly steps: number;
  /** The interval that the model's twin asks for, ms; undefined = the plan's. */
  readonly intervalMs: number | undefined;
  /** The reported patch that answers its first desired section; undefined = it reports nothing. */
  readonly reportedBytes: number | undefined;
  /** Its twin's desired and reported sections, without Azure's metadata. */
  readonly twinBytes: number;
}

/** So many first steps are looked at: a model that sends now and then shows it in a handful of them. */
export const STEPS_SAMPLED = 24;

/**
 * Lets a device live through its first section of desired properties and its first intervals. Throws what it throws.
 *
 * @param plan.intervalMs between two steps, where the twin asks for no other
 * @param plan.reports what the device reports by itself, from its making on
 */
export function sampleDevice(
  device: ModelDevice,
  plan: {
    readonly intervalMs: number;
    readonly timeScale: number;
    readonly desired: JsonObject;
    readonly reports: JsonObject[];
  },
): ModelSample {
  const { desired, timeScale: scale } = plan;
  const answer = device.desired(desired, { version: 1, initial: true });
  const reported: JsonObject = Object.assign({}, ...plan.reports, answer);
  const reports = answer !== undefined || plan.reports.length > 0;
  const asked = device.intervalS;
  const intervalMs = asked === undefined ? plan.intervalMs : asked * 1_000;
  const sizes: number[] = [];
  for (let step = 0; step < STEPS_SAMPLED; step += 1) {
    const time = { dtS: (intervalMs / 1_000) * scale, atMs: step * intervalMs, scale };
    for (const message of device.step(time)) sizes.push(messageBytes(message));
  }
  return {
    sizes,
    steps: STEPS_SAMPLED,
    intervalMs: asked === undefined ? undefined : intervalMs,
    reportedBytes: reports ? jsonBytes(reported) : undefined,
    twinBytes: jsonBytes({ desired, reported }),
  };
}

/** Messages as a hub meters them, a step: each counts once for every begun block. @param meterBytes > 0 */
export function meteredPerStep({ sizes, steps }: ModelSample, meterBytes: number): number {
  return sizes.reduce((sum, size) => sum + blocks(size, meterBytes), 0) / steps;
}

/** Blocks that so many bytes are charged as; nothing is charged as one. */
export const blocks = (bytes: number, meterBytes: number): number =>
  Math.max(1, Math.ceil(bytes / meterBytes));

const jsonBytes = (value: JsonObject): number => Buffer.byteLength(JSON.stringify(value));

/** What the fleet adds to each message: numbers, of which five digits are reached within a day, and when it was made. */
const ADDED = Buffer.byteLength("seq12345boot12026-01-31T12:00:00.000Z");

/**
 * Body, values of system properties, names and values of application properties. Source: Microsoft Learn, "Create and
 * read IoT Hub messages".
 */
function messageBytes({ body, properties, contentType, contentEncoding }: Message): number {
  const texts = [
    body,
    contentType ?? "",
    contentEncoding ?? "",
    ...Object.entries(properties).flat(),
  ];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), ADDED);
}
