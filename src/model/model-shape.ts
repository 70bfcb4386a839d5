import type { Problem } from "../base/errors.ts";
import { isJsonObject } from "../base/json.ts";
import type { DeviceModel } from "./model.ts";

/** What a member has to be, and whether it may be absent. */
interface Member {
  readonly kind: "text" | "mapping" | "function";
  /** What it is for, in words. */
  readonly is: string;
  readonly optional?: boolean;
}
type Members = Readonly<Record<string, Member>>;

const MODEL: Members = {
  name: { kind: "text", is: "a text" },
  defaults: { kind: "mapping", is: "a mapping of settings, {} for none" },
  checkSettings: { kind: "function", is: "a function that gives the problems of settings" },
  create: { kind: "function", is: "a function that makes a device" },
  files: { kind: "function", is: "a function that names files", optional: true },
  faults: { kind: "mapping", is: "a mapping of kinds of faults", optional: true },
};

const FAULT: Members = {
  does: { kind: "text", is: "a sentence" },
  check: { kind: "function", is: "a function that gives the problems of parameters" },
};

const DEVICE: Members = {
  step: { kind: "function", is: "a function that gives messages" },
  desired: { kind: "function", is: "a function that takes desired properties" },
  methods: { kind: "mapping", is: "a mapping of direct methods, {} for none" },
  snapshot: { kind: "function", is: "a function that gives the inner state as JSON" },
  restore: { kind: "function", is: "a function that takes what snapshot gave" },
  modelId: { kind: "text", is: "a DTMI", optional: true },
  settled: { kind: "function", is: "a function that gives properties in use", optional: true },
};

const FAULTY: Members = {
  beginFault: { kind: "function", is: "a function that takes a fault" },
  endFault: { kind: "function", is: "a function that takes the id of a fault" },
};

/** Every member of a model that is missing or of a wrong type, at its name; never throws. */
export function modelProblems(value: unknown): readonly Problem[] {
  const found = problemsOf("model", value, MODEL);
  const faults = memberOf(value, "faults");
  if (!isJsonObject(faults)) return found;
  const ofFaults = Object.entries(faults).flatMap(([kind, fault]) =>
    problemsOf(`model.faults.${kind}`, fault, FAULT),
  );
  return [...found, ...ofFaults];
}

/**
 * The same of what `create` gave.
 *
 * @param hasFaults whether its model has kinds of faults, which somebody must begin and end then
 */
export function deviceProblems(value: unknown, hasFaults = false): readonly Problem[] {
  const found = problemsOf("device", value, hasFaults ? { ...DEVICE, ...FAULTY } : DEVICE);
  const methods = memberOf(value, "methods");
  if (!isJsonObject(methods)) return found;
  const ofMethods = Object.entries(methods).flatMap(([name, method]) =>
    wrong(method, { kind: "function", is: "a function" })
      ? [problem(`device.methods.${name}`, "a function", method)]
      : [],
  );
  return [...found, ...ofMethods];
}

/** Whether it is what {@link modelProblems} finds nothing wrong with. */
export function isModel(value: unknown): value is DeviceModel {
  return modelProblems(value).length === 0;
}

/** What kind of thing it is, for a message that says what was found. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (value instanceof Promise) return "a promise (is the function async?)";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "function") {
    return /^class\b/.test(Function.prototype.toString.call(value)) ? "a class" : "a function";
  }
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? "a text" : `a ${typeof value}`;
}

/**
 * Takes a promise that nobody waits for: what a model may not be asynchronous in. Without this a rejection of it would end
 * the process.
 */
export function dropPromise(value: unknown): void {
  if (value instanceof Promise) value.catch(() => undefined);
}

function problemsOf(place: string, value: unknown, members: Members): readonly Problem[] {
  if (typeof value !== "object" || value === null || value instanceof Promise) {
    return [problem(place, "an object", value)];
  }
  return Object.entries(members).flatMap(([name, member]) => {
    const found = memberOf(value, name);
    return wrong(found, member) ? [problem(`${place}.${name}`, member.is, found)] : [];
  });
}

function wrong(value: unknown, { kind, optional = false }: Member): boolean {
  if (value === undefined) return !optional;
  if (kind === "text") return typeof value !== "string" || value === "";
  if (kind === "function") return typeof value !== "function";
  return !isJsonObject(value);
}

const problem = (place: string, expected: string, found: unknown): Problem => ({
  place,
  message: `expected ${expected}, got ${found === "" ? "an empty text" : kindOf(found)}`,
});

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
