import type { Mapping, Tell } from "../shared/mapping.ts";
import type { Json, RandomStream } from "../../src/model/model.ts";
import type { Recording } from "./recording.ts";

/** When a message is due, in the device's own time. */
export interface Moment {
  /** 0 for the first message. */
  readonly index: number;
  /** Seconds since the first message. */
  readonly elapsedS: number;
  /** Seconds since the message before; 0 for the first. */
  readonly dtS: number;
}

/** Makes the values of one field of one device. */
export interface Generator {
  /** The value of the next message; undefined = there are no more, and the device falls silent. */
  next(moment: Moment): Json | undefined;
  /** What it carries from one message to the next, beside its random stream; absent = nothing. */
  carried?: Json;
}

/** What a generator takes from its device. */
export interface GeneratorContext {
  readonly deviceId: string;
  /** The field's own stream, so that a field more or less shifts no other. */
  readonly random: () => RandomStream;
  /** The value in use of a desired property. */
  readonly property: (name: string) => Json;
}

/** What a field is made of: read from the settings, it makes a generator for each device. */
export type Recipe = (context: GeneratorContext) => Generator;

/** What reading a generator needs beside its own settings. */
export interface Sources {
  readonly tell: Tell;
  /** Names of the desired properties that hold numbers, and of all. */
  readonly numbers: ReadonlySet<string>;
  readonly properties: ReadonlySet<string>;
  /**
   * The recording in a file, which is remembered as one that the settings name; undefined = not read yet, or bad, which
   * is told once, at the path of the first field that replays it.
   */
  readonly recording: (file: string, path: string) => Recording | undefined;
}

/** A kind of generator: what stands under its name in the settings. */
export interface GeneratorKind {
  /** Reads the settings and tells what is wrong with them. @param field the mapping around, for options beside the name */
  read(raw: Json, path: string, sources: Sources, field: Mapping): Recipe;
}
