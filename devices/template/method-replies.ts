import { Mapping, unknownEntry } from "../shared/mapping.ts";
import type { Tell } from "../shared/mapping.ts";
import type { Json, JsonObject, MethodResult } from "../../src/model/model.ts";
import { filledIn } from "./placeholders.ts";
import type { DesiredProperty } from "./desired-property.ts";
import type { TwinState } from "./twin-state.ts";

/** What a method does and answers; texts may have placeholders. */
export interface MethodReply {
  readonly status: number;
  readonly payload: Json | undefined;
  readonly reported: JsonObject | undefined;
  /** Desired properties and what the method sets them to. */
  readonly set: ReadonlyMap<string, Json>;
}

/** Reads `methods`: by name `{ status, payload, reported, set }`, each of them optional. */
export function readMethods(
  mapping: Mapping,
  desired: ReadonlyMap<string, DesiredProperty>,
  tell: Tell,
): ReadonlyMap<string, MethodReply> {
  const methods = new Map<string, MethodReply>();
  for (const name of mapping.keys()) {
    const reply = Mapping.of(mapping.value(name), mapping.at(name), tell, "{ status, payload, … }");
    const status = reply.number("status", { byDefault: 200, whole: true });
    if (status === 0) reply.refuse("status", "a whole number other than 0");
    const payload = reply.value("payload");
    const reported = reply.has("reported") ? reply.part("reported") : undefined;
    const set = new Map<string, Json>();
    const wishes = reply.part("set", "desired properties by name");
    for (const key of wishes.keys()) {
      const wish = wishes.value(key) ?? null;
      tellBadWish(key, wish, wishes.at(key), desired, tell);
      set.set(key, wish);
    }
    reply.close();
    const patch =
      reported &&
      Object.fromEntries(reported.keys().map((key) => [key, reported.value(key) ?? null]));
    methods.set(name, { status, payload, reported: patch, set });
  }
  return methods;
}

function tellBadWish(
  name: string,
  wish: Json,
  path: string,
  desired: ReadonlyMap<string, DesiredProperty>,
  tell: Tell,
): void {
  const property = desired.get(name);
  if (property === undefined) {
    tell(path, unknownEntry(name, desired.keys(), "desired property"));
  } else if (!hasPlaceholder(wish) && property.accept(wish) === undefined) {
    tell(path, `expected ${property.expected}, or "{payload}" for what the caller sends`);
  }
}

const hasPlaceholder = (wish: Json): boolean => typeof wish === "string" && wish.includes("{");

/** Answers one call: sets what it sets, or nothing and status 400 if the caller's value does not do. */
export function answer(
  { status, payload, reported, set }: MethodReply,
  twin: TwinState,
  request: Json,
  deviceId: string,
  desired: ReadonlyMap<string, DesiredProperty>,
): MethodResult {
  const fill = (value: Json): Json => filledIn(value, { payload: request, deviceId });
  const wishes = [...set].map(([name, wish]) => [name, fill(wish)] as const);
  const bad = wishes.find(([name, wish]) => desired.get(name)?.accept(wish) === undefined);
  if (bad !== undefined) {
    const [name] = bad;
    const expected = desired.get(name)?.expected ?? "another value";
    return { status: 400, payload: { error: `${name}: expected ${expected}` } };
  }
  for (const [name, wish] of wishes) twin.set(name, wish);
  const patch: JsonObject = {
    ...twin.reportOf(set.keys()),
    ...(reported === undefined
      ? {}
      : Object.fromEntries(Object.entries(reported).map(([name, value]) => [name, fill(value)]))),
  };
  return {
    status,
    ...(payload === undefined ? {} : { payload: fill(payload) }),
    ...(Object.keys(patch).length === 0 ? {} : { reported: patch }),
  };
}
