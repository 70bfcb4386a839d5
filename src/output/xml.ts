/** An element of an XML document. Texts and values are as they are: writing escapes them. */
export interface XmlElement {
  readonly name: string;
  /** Those that are undefined are left out. */
  readonly attributes?: Readonly<Record<string, string | number | undefined>>;
  /** A text, or elements. */
  readonly content?: string | readonly XmlElement[];
}

/** What no XML 1.0 document may hold, not even escaped. Source: XML 1.0, section 2.2, production 2. */
const NO_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

const escaped = (text: string, special: RegExp): string =>
  text
    .replaceAll(NO_CHARACTER, "\uFFFD")
    .replaceAll(special, (character) => ENTITIES[character] ?? character);

/** Any text as character data; a carriage return would be read back as a line feed. Never throws. */
export const xmlText = (text: string): string => escaped(text, /[&<>\r]/g);

/** Any text as an attribute's value between `"`; tabs and line ends would be read back as blanks. Never throws. */
export const xmlValue = (text: string): string => escaped(text, /[&<>"\t\n\r]/g);

function lines({ name, attributes = {}, content = [] }: XmlElement, indent: string): string {
  const values = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${xmlValue(String(value))}"`);
  const start = `${indent}<${name}${values.join("")}`;
  if (content.length === 0) return `${start}/>\n`;
  if (typeof content === "string") return `${start}>${xmlText(content)}</${name}>\n`;
  const inside = content.map((child) => lines(child, `${indent}  `)).join("");
  return `${start}>\n${inside}${indent}</${name}>\n`;
}

/** A whole document in UTF-8; ends with a newline. What XML cannot hold is replaced by U+FFFD. */
export const xmlDocument = (root: XmlElement): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${lines(root, "")}`;
