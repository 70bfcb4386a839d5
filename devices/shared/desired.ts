import type { Json, ModelEvent } from "../../src/model/model.ts";

/** What a twin may ask for at most, in seconds. */
const LONGEST_INTERVAL_S = 86_400;

/** A finite number, or the text of one; undefined for all else. */
export function numberOf(wish: Json | undefined): number | undefined {
  const value = typeof wish === "string" && wish.trim() !== "" ? Number(wish) : wish;
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Seconds between messages, above 0 and at most a day, as a number or a text; undefined for all else. */
export function intervalOf(wish: Json | undefined): number | undefined {
  const seconds = numberOf(wish);
  return seconds !== undefined && seconds > 0 && seconds <= LONGEST_INTERVAL_S
    ? seconds
    : undefined;
}

/** The twin asks for something that cannot be; what was there stays. */
export function desiredRefused(text: string, property: string): ModelEvent {
  return { name: "desiredRefused", text, level: "warning", data: { property } };
}

/** The same in the words of the models' own twins. */
export function illegalWish(property: string, wish: Json): ModelEvent {
  return desiredRefused(`Illegal ${property} received: ${JSON.stringify(wish)}`, property);
}
