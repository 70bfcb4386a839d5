import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { GENERATORS } from "../../../../devices/template/generators.ts";
import { model } from "../../../../devices/template/index.ts";
import type { JsonObject } from "../../../../src/model/model.ts";

const page = readFileSync("docs/devices.md", "utf8");
const section = page.slice(page.indexOf("## Without code"), page.indexOf("## Your own module"));
const blocks = [...section.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = ""]) => text);

describe("the page on devices without code", () => {
  test.each(blocks.map((text) => [text]))("has good settings in %s", (text) => {
    const read: { readonly fleet?: readonly { readonly settings: JsonObject }[] } & JsonObject =
      parse(text);
    const settings = read.fleet === undefined ? [read] : read.fleet.map((entry) => entry.settings);
    for (const each of settings) expect(model.checkSettings(each)).toEqual([]);
  });

  test("has a row for each generator, and no other", () => {
    const rows = [...section.matchAll(/^\| `(\w+): [^|]*\|/gm)].map(([, name]) => name);
    expect(new Set(rows)).toEqual(new Set(Object.keys(GENERATORS)));
  });
});
