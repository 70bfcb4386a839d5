import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show-value.ts";
import { Cursor, pointed, Stray } from "./cursor.ts";

const OPERATORS = ["<=", ">=", "==", "!=", "<", ">"] as const;
type Operator = (typeof OPERATORS)[number];

/** A condition on what one device sends, message after message. */
export interface AlertCondition {
  /** A member of the body, with dots for members of members, or an application property. */
  readonly field: string;
  /** Absent = the field is true. */
  readonly compared?: { readonly operator: Operator; readonly value: number | string | boolean };
  /** It must hold for so many messages in a row, >= 1. */
  readonly messages: number;
}

/** What an alert looks at of a message. */
export interface AlertMessage {
  /** The body as JSON; undefined where it is none. */
  readonly body: unknown;
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * Parses `FIELD [OP VALUE] [for N messages]`; never throws.
 *
 * @returns the condition, or what is wrong with the text, which ends with the text and a caret under the place
 */
export function parseAlertCondition(
  text: string,
): { readonly condition: AlertCondition } | { readonly problem: string } {
  try {
    return { condition: readCondition(new Cursor(text)) };
  } catch (error) {
    if (!(error instanceof Stray)) throw error;
    return { problem: pointed(error.message, text, error.at) };
  }
}

function readCondition(cursor: Cursor): AlertCondition {
  const field =
    cursor.take(/[a-z_$][\w$-]*(?:\.[\w$-]+)*/iy) ??
    cursor.fail("a field of the messages such as vibration");
  const operator = OPERATORS.find((sign) => cursor.takeText(sign));
  const compared = operator === undefined ? undefined : { operator, value: readValue(cursor) };
  if (compared !== undefined && typeof compared.value !== "number" && !isEquality(operator)) {
    return cursor.refuse(
      `expected a number behind ${operator ?? ""}, got ${showValue(compared.value)}`,
    );
  }
  const messages = readMessages(cursor);
  if (!cursor.atEnd()) {
    return cursor.fail(
      compared === undefined ? `one of ${OPERATORS.join(" ")}, or for` : "for, or the end",
    );
  }
  return { field, ...(compared && { compared }), messages };
}

const isEquality = (operator: Operator | undefined): boolean =>
  operator === "==" || operator === "!=";

/** A number, true, false, a text in quotes, or a bare word. */
function readValue(cursor: Cursor): number | string | boolean {
  const number = cursor.take(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])/iy);
  if (number !== undefined) return Number(number);
  const quoted = cursor.take(/"[^"]*"|'[^']*'/y);
  if (quoted !== undefined) return quoted.slice(1, -1);
  const word = cursor.take(/[\w.-]+/y) ?? cursor.fail("a number, true, false or a text");
  return word === "true" ? true : word === "false" ? false : word;
}

function readMessages(cursor: Cursor): number {
  if (cursor.take(/for\b/y) === undefined) return 1;
  const count = cursor.take(/\d+/y) ?? cursor.fail("a whole number of messages");
  const messages = Number(count);
  if (messages < 1 || messages > 1_000_000) {
    return cursor.refuse(`expected 1 to 1000000 messages, got ${count}`);
  }
  if (cursor.take(/messages?\b/y) === undefined) return cursor.fail("messages");
  return messages;
}

/**
 * Whether a message meets the condition, not counting for how long. Texts of numbers are numbers, as some devices
 * send them.
 *
 * @returns undefined where the message says nothing about it: the field to compare is not in it, or no such value
 */
export function meets(condition: AlertCondition, message: AlertMessage): boolean | undefined {
  const found = fieldOf(condition.field, message);
  const { compared } = condition;
  // Properties that say that something is wrong are absent while nothing is.
  if (compared === undefined) return found === true || found === "true";
  if (found === undefined) return undefined;
  const { operator, value } = compared;
  if (typeof value === "number") {
    const number = numberOf(found);
    return number === undefined ? undefined : compare(number, operator, value);
  }
  const same = String(found) === String(value);
  return operator === "==" ? same : !same;
}

/** The value that the condition compares, as text for people; undefined where there is none. */
export function readingOf(condition: AlertCondition, message: AlertMessage): string | undefined {
  const found = condition.compared === undefined ? undefined : fieldOf(condition.field, message);
  return found === undefined ? undefined : String(found);
}

function fieldOf(
  field: string,
  { body, properties }: AlertMessage,
): string | number | boolean | undefined {
  let found: unknown = body;
  for (const name of field.split(".")) {
    found = isJsonObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  if (typeof found === "string" || typeof found === "number" || typeof found === "boolean") {
    return found;
  }
  return Object.hasOwn(properties, field) ? properties[field] : undefined;
}

function numberOf(found: string | number | boolean): number | undefined {
  const number = typeof found === "string" && found.trim() !== "" ? Number(found) : found;
  return typeof number === "number" && !Number.isNaN(number) ? number : undefined;
}

function compare(found: number, operator: Operator, value: number): boolean {
  switch (operator) {
    case "<":
      return found < value;
    case "<=":
      return found <= value;
    case ">":
      return found > value;
    case ">=":
      return found >= value;
    case "==":
      return found === value;
    case "!=":
      return found !== value;
    default:
      return operator satisfies never;
  }
}
