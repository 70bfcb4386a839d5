import { isMapping, Mapping, unknownEntry } from "../../shared/mapping.ts";
import type { Json } from "../../../src/model/model.ts";
import type { Generator, GeneratorKind, Recipe } from "../generator.ts";
import { list } from "./in-turn.ts";
import { boolean, normal, uniform } from "./random-values.ts";

/** What may be drawn once. */
const DRAWN: Readonly<Record<string, GeneratorKind>> = { normal, uniform, boolean, list };

/** `{ once: { uniform: [47, 48] } }`: drawn when the device begins to live, and then the same for ever: where it stands, say. */
export const once: GeneratorKind = {
  read(raw, path, sources) {
    const mapping = Mapping.of(raw, path, sources.tell, "a mapping such as { uniform: [0, 1] }");
    const [key = ""] = mapping.keys().filter((name) => name !== "pick");
    const kind = Object.hasOwn(DRAWN, key) ? DRAWN[key] : undefined;
    if (kind === undefined) {
      if (isMapping(raw)) sources.tell(path, unknownOf(key));
      return () => ({ next: () => null });
    }
    const drawn = kind.read(mapping.value(key) ?? null, mapping.at(key), sources, mapping);
    mapping.close();
    return kept(drawn);
  },
};

function unknownOf(key: string): string {
  const known = Object.keys(DRAWN);
  if (key === "") return `expected one of ${known.join(", ")}, got none`;
  return `"${key}": ${unknownEntry(key, known, "generator that draws")}`;
}

/** The first value of a generator. */
function kept(recipe: Recipe): Recipe {
  return (context): Generator => {
    const first: Json = recipe(context).next({ index: 0, elapsedS: 0, dtS: 0 }) ?? null;
    const value = { carried: first, next: (): Json => value.carried };
    return value;
  };
}
