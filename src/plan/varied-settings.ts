import { z } from "zod";
import type { Problem } from "../base/errors.ts";
import type { Json, JsonObject } from "../base/json.ts";
import { isJsonObject } from "../base/json.ts";
import { nearest } from "../base/nearest.ts";
import { showValue } from "../base/show-value.ts";
import { formatPath } from "../base/format-path.ts";
import type { Distribution } from "../scenario/distribution.ts";
import {
  DISTRIBUTION_KEYS,
  distributionForms,
  isDistribution,
  parseDistribution,
} from "../scenario/distribution.ts";

/** A setting that differs among the devices of an entry. */
export interface VariedSetting {
  readonly name: string;
  readonly distribution: Distribution<Json>;
  /** The model's own value is a text: cells of a table stay texts. */
  readonly isText: boolean;
}

const forms = distributionForms<Json>(
  z.number(),
  z.number().min(0, { error: ({ input }) => `expected 0 or more, got ${showValue(input)}` }),
  z.json(),
);

/** What the bare word stands for. */
const UNIT: Distribution<Json> = { kind: "uniform", low: 0, high: 1 };

/**
 * The settings of an entry that are distributions: a mapping at the top level with the key of one, unless the model's own
 * value is a mapping too, which is then what such a setting looks like; and the word `uniform`, unless the model's own
 * value is something else than a number.
 *
 * @param defaults the model's own values
 * @param place of the settings, as messages show it
 */
export function variedSettings(
  settings: JsonObject,
  defaults: JsonObject,
  place: string,
): { readonly varied: readonly VariedSetting[]; readonly problems: readonly Problem[] } {
  const varied: VariedSetting[] = [];
  const problems: Problem[] = [];
  for (const [name, written] of Object.entries(settings)) {
    const own = Object.hasOwn(defaults, name) ? defaults[name] : undefined;
    const isText = typeof own === "string";
    if (written === "uniform" && (own === undefined || typeof own === "number")) {
      varied.push({ name, distribution: UNIT, isText });
      continue;
    }
    if (!isJsonObject(written) || isJsonObject(own)) continue;
    if (!isDistribution(written)) {
      const message = own === undefined ? undefined : misspelt(written);
      if (message !== undefined) problems.push({ place: `${place}.${name}`, message });
      continue;
    }
    const parsed = parseDistribution(written, forms);
    if ("distribution" in parsed) varied.push({ name, distribution: parsed.distribution, isText });
    else {
      problems.push(
        ...parsed.issues.map(({ path, message }) => ({
          place: `${place}.${formatPath([name, ...path])}`,
          message,
        })),
      );
    }
  }
  return { varied, problems };
}

/** Where the model has a single value, a mapping that nearly is a distribution is meant as one. */
function misspelt(written: JsonObject): string | undefined {
  for (const key of Object.keys(written)) {
    const near = nearest(key, DISTRIBUTION_KEYS);
    if (near !== undefined) return `unknown key "${key}"; did you mean ${near}?`;
  }
  return undefined;
}
