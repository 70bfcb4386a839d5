import { isMapping, Mapping, shown } from "../shared/mapping.ts";
import type { Tell } from "../shared/mapping.ts";
import type { JsonObject } from "../../src/model/model.ts";
import type { Branch, Leaf } from "./field.ts";
import { leavesOf, readFields } from "./field.ts";
import type { Sources } from "./generator.ts";
import type { MessageProperty } from "./message-properties.ts";
import { readProperties } from "./message-properties.ts";
import type { MethodReply } from "./method-replies.ts";
import { readMethods } from "./method-replies.ts";
import { Recording } from "./recording.ts";
import type { TwinSettings } from "./twin-settings.ts";
import { readTwin } from "./twin-settings.ts";

/** Settings of a device without code, as they were read. */
export interface Template {
  readonly fields: Branch;
  /** Every value of the message, in the order in which they are written. */
  readonly leaves: readonly Leaf[];
  readonly properties: ReadonlyMap<string, MessageProperty>;
  readonly isJson: boolean;
  readonly modelId: string | undefined;
  readonly twin: TwinSettings;
  readonly methods: ReadonlyMap<string, MethodReply>;
  /** Files that the fields replay, each once. */
  readonly files: readonly string[];
}

/** A template, which counts for nothing where there are problems. */
export interface ReadTemplate {
  readonly template: Template;
  /** Every problem with its path; [] = good. */
  readonly problems: readonly string[];
}

/** Source: Microsoft, "Digital Twins Definition Language", "Digital Twin Model Identifier". */
const MODEL_ID =
  /^dtmi:[A-Za-z](?:\w*[A-Za-z\d])?(?::[A-Za-z](?:\w*[A-Za-z\d])?)*;[1-9]\d{0,8}(?:\.[1-9]\d{0,5})?$/u;

/**
 * Reads settings. Never throws.
 *
 * @param file gives the texts of files; absent = files are only listed
 */
export function readTemplate(raw: JsonObject, file?: (name: string) => string): ReadTemplate {
  const problems: string[] = [];
  const tell: Tell = (path, message) => void problems.push(`${path}: ${message}`);
  const files = new Map<string, Recording | undefined>();
  const settings = new Mapping(raw, "", tell);
  const twin = readTwin(settings.part("twin"), tell);
  const sources: Sources = {
    tell,
    properties: new Set(
      [...twin.desired].flatMap(([name, { byDefault }]) => (byDefault === undefined ? [] : [name])),
    ),
    numbers: new Set(
      [...twin.desired].flatMap(([name, { byDefault }]) =>
        typeof byDefault === "number" ? [name] : [],
      ),
    ),
    recording: (name, path) => {
      if (!files.has(name)) {
        files.set(
          name,
          readRecording(name, file, (message) => tell(path, message)),
        );
      }
      return files.get(name);
    },
  };
  const fields = readMessage(settings, sources);
  const leaves = leavesOf(fields);
  const fieldNames = new Set(leaves.map(({ name }) => name));
  const names = new Set([...fieldNames, ...twin.desired.keys()]);
  const template: Template = {
    fields,
    leaves,
    twin,
    properties: readProperties(
      settings.part("properties", "properties by name"),
      names,
      fieldNames,
      tell,
    ),
    isJson: settings.choice("contentType", ["json", "none"]) === "json",
    modelId: readModelId(settings),
    methods: readMethods(settings.part("methods", "methods by name"), twin.desired, tell),
    files: [...files.keys()],
  };
  settings.close();
  return { template, problems };
}

function readMessage(settings: Mapping, sources: Sources): Branch {
  const raw = settings.value("fields");
  const example = "the fields of the message, such as { temperature: { uniform: [20, 30] } }";
  if (!isMapping(raw) || Object.keys(raw).length === 0) {
    sources.tell("fields", `expected ${example}, got ${isMapping(raw) ? "none" : shown(raw)}`);
    return { kind: "branch", fields: new Map() };
  }
  return readFields(new Mapping(raw, "fields", sources.tell), sources);
}

function readModelId(settings: Mapping): string | undefined {
  if (!settings.has("modelId")) return undefined;
  const modelId = settings.text("modelId");
  if (modelId !== "" && (modelId.length > 128 || !MODEL_ID.test(modelId))) {
    settings.refuse("modelId", "a DTMI such as dtmi:com:example:Thermostat;1");
  }
  return modelId;
}

function readRecording(
  name: string,
  file: ((name: string) => string) | undefined,
  tell: (message: string) => void,
): Recording | undefined {
  if (file === undefined) return undefined;
  const recording = Recording.of(file(name), name);
  for (const problem of recording.problems) tell(problem);
  return recording.problems.length === 0 ? recording : undefined;
}
