import fc from "fast-check";
import { expect, test } from "vitest";

import { xmlDocument, xmlText, xmlValue } from "../../../src/output/xml.ts";

/** What a reader makes of references. Source: XML 1.0, sections 4.1 and 4.6. */
const read = (text: string): string =>
  text.replaceAll(/&(?:#(\d+)|(\w+));/g, (all, code: string | undefined, name = "") =>
    code === undefined
      ? ({ amp: "&", lt: "<", gt: ">", quot: '"' }[String(name)] ?? all)
      : String.fromCodePoint(Number(code)),
  );

/** Any text, with what is special in XML, or not allowed there, far more often than by chance. */
const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom(...Array.from("&<>\"']\t\n\r\0\u001B\uFFFE\uFFFF\uDC00\uD800x")),
  }),
);
/** Source: XML 1.0, section 2.2, what a document may hold: a tab, line ends, and no other control. */
const isAllowed = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
};
const storable = (text: string): string =>
  Array.from(text, (character) => (isAllowed(character) ? character : "\uFFFD")).join("");

test("reading a text or a value undoes escaping it, but for what XML cannot hold", () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(read(xmlText(text))).toBe(storable(text));
      expect(read(xmlValue(text))).toBe(storable(text));
    }),
  );
});

test("escaped texts and values hold nothing that ends them, or that a reader changes", () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(xmlText(text)).not.toMatch(/[<>\r]|&(?!#13;|amp;|lt;|gt;)/);
      expect(xmlValue(text)).not.toMatch(/[<>"\t\n\r]|&(?!#9;|#10;|#13;|amp;|lt;|gt;|quot;)/);
    }),
  );
});

test("a document has an element a line, texts as they are, and no attribute without a value", () => {
  const document = xmlDocument({
    name: "a",
    content: [
      { name: "b", attributes: { x: 1, y: undefined, z: '"' } },
      { name: "c", content: "1\n 2" },
    ],
  });
  expect(document).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<a>\n  <b x="1" z="&quot;"/>\n  <c>1\n 2</c>\n</a>\n',
  );
});
