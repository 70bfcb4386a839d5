import type { JsonObject } from "../../src/model/model.ts";
import type { Template } from "./template.ts";
import { readTemplate } from "./template.ts";

/** A template, and the texts that it was read with. */
interface Kept {
  readonly template: Template;
  readonly texts: readonly string[];
}

/** Fleets have a few kinds of devices; one that is forgotten is read again. */
const MOST_KEPT = 64;
const KEPT = new Map<string, Kept>();

/** What good settings say, read once in a process for all devices that have the same: it never changes. */
export function templateOf(settings: JsonObject, file: (name: string) => string): Template {
  const key = JSON.stringify(settings);
  const kept = KEPT.get(key);
  // Texts of one process are the same objects, so comparing them is cheap.
  if (kept?.template.files.every((name, index) => file(name) === kept.texts[index]) === true) {
    return kept.template;
  }
  const { template } = readTemplate(settings, file);
  const [oldest] = KEPT.keys();
  if (oldest !== undefined && KEPT.size >= MOST_KEPT) KEPT.delete(oldest);
  KEPT.set(key, { template, texts: template.files.map((name) => file(name)) });
  return template;
}
