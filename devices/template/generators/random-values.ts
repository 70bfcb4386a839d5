import { isList, Mapping } from "../../shared/mapping.ts";
import { gaussian } from "../../shared/noise.ts";
import type { Json } from "../../../src/model/model.ts";
import type { GeneratorKind, Sources } from "../generator.ts";
import { numberSource } from "../number-source.ts";

/** `{ normal: { mean, sd, min, max } }` or `[mean, sd]`: a fresh draw with each message, bounded by min and max. */
export const normal: GeneratorKind = {
  read(raw, path, sources) {
    const mapping = readPair(raw, path, sources, ["mean", "sd"]);
    const mean = numberSource(mapping.value("mean"), mapping.at("mean"), sources);
    const sd = numberSource(mapping.value("sd"), mapping.at("sd"), sources, { least: 0 });
    const { min, max } = bounds(mapping, sources);
    mapping.close();
    return (context) => {
      const random = context.random();
      const meanNow = mean(context);
      const sdNow = sd(context);
      return {
        next: () => Math.min(max, Math.max(min, meanNow() + sdNow() * gaussian(random))),
      };
    };
  },
};

/** `{ uniform: { min, max, whole } }` or `[min, max]`: anything from min up to max; of whole numbers `max` too. */
export const uniform: GeneratorKind = {
  read(raw, path, sources) {
    const mapping = readPair(raw, path, sources, ["min", "max"]);
    const whole = mapping.flag("whole", false);
    const min = numberSource(mapping.value("min"), mapping.at("min"), sources, { whole });
    const max = numberSource(mapping.value("max"), mapping.at("max"), sources, { whole });
    tellCrossed(mapping, sources);
    mapping.close();
    return (context) => {
      const random = context.random();
      const low = min(context);
      const high = max(context);
      return {
        next: whole
          ? () => low() + Math.floor(random.next() * (high() - low() + 1))
          : () => low() + random.next() * (high() - low()),
      };
    };
  },
};

/** `{ boolean: { chance } }`: true with that chance, with each message. */
export const boolean: GeneratorKind = {
  read(raw, path, { tell }) {
    const mapping = Mapping.of(raw, path, tell, "a mapping such as { chance: 0.1 }");
    const chance = mapping.number("chance", { byDefault: 0.5, least: 0, most: 1 });
    mapping.close();
    return (context) => {
      const random = context.random();
      return { next: () => random.next() < chance };
    };
  },
};

/** A mapping, or a list of two in place of one with these keys. */
function readPair(
  raw: Json,
  path: string,
  { tell }: Sources,
  [first, second]: readonly [string, string],
): Mapping {
  if (isList(raw) && raw.length === 2) {
    return new Mapping({ [first]: raw[0] ?? null, [second]: raw[1] ?? null }, path, tell);
  }
  return Mapping.of(raw, path, tell, `[${first}, ${second}] or a mapping of them`);
}

/** Optional `min` and `max`. */
export function bounds(
  mapping: Mapping,
  sources: Sources,
): { readonly min: number; readonly max: number } {
  const min = mapping.optionalNumber("min") ?? -Infinity;
  const max = mapping.optionalNumber("max") ?? Infinity;
  tellCrossed(mapping, sources);
  return { min, max };
}

function tellCrossed(mapping: Mapping, { tell }: Sources): void {
  const min = mapping.value("min");
  const max = mapping.value("max");
  if (typeof min === "number" && typeof max === "number" && max < min) {
    tell(mapping.at("max"), `expected at least min, ${min}, got ${max}`);
  }
}
