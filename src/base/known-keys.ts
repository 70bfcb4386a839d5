import { z } from "zod";
import { isJsonObject } from "./json.ts";

type Path = readonly PropertyKey[];

/**
 * The keys that `schema` knows at `path`, for suggestions; [] where it has no fixed keys.
 *
 * @param value what was read at the root: it decides among the variants of a union
 */
export function knownKeys(schema: z.core.$ZodType, path: Path, value: unknown): readonly string[] {
  const [step, ...rest] = path;
  const inner = unwrap(schema);
  if (inner instanceof z.ZodDiscriminatedUnion || inner instanceof z.ZodUnion) {
    const fitting = inner.options.filter((option) => hasSameVariant(option, value));
    const options = fitting.length > 0 ? fitting : inner.options;
    return [...new Set(options.flatMap((option) => knownKeys(option, path, value)))];
  }
  if (inner instanceof z.ZodArray) {
    return step === undefined ? [] : knownKeys(inner.element, rest, memberOf(value, step));
  }
  if (!(inner instanceof z.ZodObject)) return [];
  if (step === undefined) return Object.keys(inner.shape);
  const member: unknown = inner.shape[String(step)];
  return member instanceof z.ZodType ? knownKeys(member, rest, memberOf(value, step)) : [];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
    ? unwrap(schema.unwrap())
    : schema;
}

/** Whether every literal that `option` asks for (`format: "pem"`) is what `value` has. */
function hasSameVariant(option: z.core.$ZodType, value: unknown): boolean {
  return (
    option instanceof z.ZodObject &&
    Object.entries(option.shape).every(
      ([key, member]) =>
        !(member instanceof z.ZodLiteral) || member.safeParse(memberOf(value, key)).success,
    )
  );
}

function memberOf(value: unknown, step: PropertyKey): unknown {
  if (Array.isArray(value)) return value[Number(step)];
  return isJsonObject(value) ? value[String(step)] : undefined;
}
